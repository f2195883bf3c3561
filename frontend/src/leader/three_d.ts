/** The way to the buildings in 3D: their code comes only when somebody asks for them. */

import type { Words } from "../i18n";
import { make } from "../dom";
import type { MapData } from "../types";
import { pageWords } from "./page";

/** What the lazily loaded script puts on the window. */
export type Buildings = { open(place: HTMLElement, address: string, map: MapData, words: Words): () => void };

declare global {
  interface Window { buildings3d?: Buildings }
}

const SCRIPT = "/assets/dist/lazy/buildings.js";
const closers = new WeakMap<HTMLElement, () => void>();
let loading: Promise<Buildings> | null = null;

function load(): Promise<Buildings> {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = SCRIPT;
    script.onload = () => (window.buildings3d ? resolve(window.buildings3d) : reject(new Error("E-3D")));
    script.onerror = () => { loading = null; reject(new Error("E-NET")); };
    document.head.append(script);
  });
  return loading;
}

export function closeBuildings(host: HTMLElement): void {
  closers.get(host)?.();
  closers.delete(host);
}

/** Show a layer with heights in 3D over a host; what cannot be shown says why. */
export async function openBuildings(host: HTMLElement, region: string, layer: string, map: MapData): Promise<void> {
  closeBuildings(host);
  const words = pageWords(), place = make("div", "lmap-tall"), back = document.createElement("button"), scene = make("div", "lmap-tall-scene");
  back.type = "button";
  back.textContent = words.say("live.map.flat");
  back.className = "lmap-button lmap-back";
  place.append(scene, back, make("span", "lmap-tall-note", words.say("live.map.tall_note")));
  host.append(place);
  const opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  let stop: () => void = () => undefined;
  const close = () => { stop(); place.remove(); };
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    closeBuildings(host);
    opener?.focus({ preventScroll: true });
  });
  back.addEventListener("click", () => closeBuildings(host));
  closers.set(host, close);
  const address = `/api/v1/layers/${encodeURIComponent(layer)}?region=${encodeURIComponent(region)}&crs=wgs84`;
  try {
    const code = await load();
    if (place.isConnected) stop = code.open(scene, address, map, words);
    back.focus();
  } catch (problem) {
    scene.textContent = `${words.say("live.map.no_buildings")} · ${(problem as Error).message}`;
  }
}
