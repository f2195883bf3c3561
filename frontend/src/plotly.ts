/**
 * Plotly for the figures that are drawn here: bars, lines and heat maps, a third of Dash's own bundle and half a second less of every first
 * page. Dash takes what stands under its name, also a promise of it, and else the address that it is told.
 */

import { foresee, run } from "./scripts";

/** The address with a digest of the file, set by `scripts/build_frontend.py`: it may be kept for ever. */
declare const PLOTLY: string;

/** Pages on which figures stand at first sight: there it comes beside Dash's own scripts and the page's answer. Most walls have none. */
const AT_ONCE = new Set(["/score", "/case", "/worker", "/report"]);
/** Where they lie further down they are fetched beforehand, what Dash would ask for when the first is drawn too. */
const SOON = new Set(["/region"]), GRAPH = "/_dash-component-suites/dash/dcc/async-graph.js";

type Named = { Plotly?: unknown };

/** Load the bundle once; until it is there its name holds a promise. Where it cannot be had, Dash's own way is free again. */
function bring(): void {
  const named = window as Named;
  if (named.Plotly) return;
  const coming = run(PLOTLY);
  coming.catch(() => { if (named.Plotly === coming) delete named.Plotly; });
  named.Plotly = coming;
}

export function preparePlotly(path: string): void {
  Object.defineProperty(window, "_dashPlotlyJSURL", { get: () => PLOTLY, set: () => undefined, configurable: true });
  if (AT_ONCE.has(path)) bring();
  if (SOON.has(path)) [PLOTLY, GRAPH].forEach(foresee);
}
