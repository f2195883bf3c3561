/** AG Grid's script: every page names it, those that show a grid load it (`callbacks/application.py`). */

import { foresee, run } from "../scripts";

const CHUNK = "/_dash-component-suites/dash_ag_grid/async-community.js";
const SHOWN = new Set(["/region", "/ranking"]);

let coming: Promise<void> | null = null;

function address(): string | null {
  return document.querySelector<HTMLScriptElement>("#grid-script")?.src ?? null;
}

/** Load it once; what could not be had is tried again with the next call. */
export function bringGrid(): Promise<void> {
  const src = address();
  if (!src) return Promise.reject(new Error("E-NET"));
  coming ??= run(src).catch((problem: unknown) => { coming = null; throw problem; });
  return coming;
}

export function foreseeGrid(path: string): void {
  const src = address();
  if (src && SHOWN.has(path)) [src, CHUNK].forEach(foresee);
}
