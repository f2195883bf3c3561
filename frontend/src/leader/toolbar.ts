/** Buttons of the map: closer, farther, all of it, layers, buildings, pause. */

import { make, mark, show, write } from "../dom";
import { clock } from "../formats/times";
import { svg } from "../svg";
import type { MapData } from "../types";
import type { View } from "../view";
import { type LayerEntry, layerList } from "./layer_data";
import { type MapOptions, layersOf, toggledLayer } from "./map_options";
import { isPlain, navigate, pageWords } from "./page";
import { closeBuildings, openBuildings } from "./three_d";

export type Acts = { zoom(factor: number): void; reset(): void; pause(): void; map(): MapData | null; layers(shown: string[]): void };

const DRAWINGS = { closer: "M10 4v12M4 10h12", farther: "M4 10h12", all: "M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4", pause: "M7 4v12M13 4v12", run: "M6 4l10 6-10 6Z", layers: "M10 3l8 4-8 4-8-4ZM2 11l8 4 8-4" } as const;
type Drawing = keyof typeof DRAWINGS;

function sign(name: Drawing): SVGElement {
  const path = svg("path", { d: DRAWINGS[name], fill: "none", stroke: "currentColor", "stroke-width": 2 });
  return svg("svg", { viewBox: "0 0 20 20", class: "icon", "aria-hidden": "true" }, path);
}

function button(name: Drawing | null, press: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `lmap-button ${name ?? ""}`.trim();
  if (name) made.append(sign(name));
  made.addEventListener("click", press);
  return made;
}

export class Toolbar {
  readonly root = make("div", "lmap-tools");
  private readonly closer: HTMLButtonElement;
  private readonly farther: HTMLButtonElement;
  private readonly all: HTMLButtonElement;
  private readonly pausing: HTMLButtonElement;
  private readonly standing = make("span", "lmap-paused");
  private readonly tall: HTMLButtonElement;
  private readonly menu = document.createElement("details");
  private readonly title = document.createElement("summary");
  private readonly list = make("ul", "lmap-layers");
  private options: MapOptions | null = null;
  private buildings: string | null = null;

  constructor(private readonly host: HTMLElement, private readonly acts: Acts) {
    this.closer = button("closer", () => acts.zoom(1.5));
    this.farther = button("farther", () => acts.zoom(1 / 1.5));
    this.all = button("all", () => acts.reset());
    this.pausing = button("pause", () => acts.pause());
    this.tall = button(null, () => void this.openTall());
    this.menu.className = "lmap-menu";
    this.title.className = "lmap-button";
    this.menu.append(this.title, this.list);
    this.root.append(this.closer, this.farther, this.all, this.menu, this.tall, this.pausing, this.standing);
    this.menu.hidden = this.tall.hidden = true;
  }

  set(options: MapOptions): void {
    const words = pageWords(), other = this.options?.region !== options.region;
    this.options = options;
    for (const [one, key] of [[this.closer, "closer"], [this.farther, "farther"], [this.all, "all"]] as const) {
      one.setAttribute("aria-label", words.say(`live.map.${key}`));
      one.title = words.say(`live.map.${key}`) + (key === "all" ? "" : ` · ${words.say("live.map.wheel")}`);
    }
    write(this.tall, "3D");
    this.tall.setAttribute("aria-label", words.say("live.map.buildings"));
    this.title.replaceChildren(sign("layers"), words.say("live.map.layers"));
    if (other) closeBuildings(this.host);
    void this.offer(options);
  }

  update(paused: number | null, view: View | null): void {
    const words = pageWords();
    mark(this.pausing, "on", paused === null ? "no" : "yes");
    const label = words.say(paused === null ? "live.pause" : "live.resume");
    if (this.pausing.getAttribute("aria-label") !== label) {
      this.pausing.setAttribute("aria-label", label);
      this.pausing.title = label;
      this.pausing.replaceChildren(sign(paused === null ? "pause" : "run"));
    }
    show(this.standing, paused !== null);
    if (paused !== null) write(this.standing, words.say("live.paused", { time: clock(paused, view?.zone ?? 480) }));
  }

  /** Which layers there are in the region, and whether one of them has heights. */
  private async offer(options: MapOptions): Promise<void> {
    const found = await layerList(options.region).catch(() => [] as LayerEntry[]);
    if (this.options !== options) return;
    this.buildings = found.find(({ has_height, count }) => has_height && count > 0)?.name ?? null;
    show(this.tall, this.buildings !== null);
    show(this.menu, found.length > 0);
    const focused = [...this.list.children].findIndex((line) => line.contains(document.activeElement));
    this.list.replaceChildren(...found.map((entry) => this.entry(entry, options)));
    this.list.children[focused]?.querySelector("a")?.focus({ preventScroll: true });
  }

  /** A switch. The map shows the layer at once, the page follows; two quick clicks count both. */
  private entry({ name, label }: LayerEntry, { layers }: MapOptions): HTMLElement {
    const link = document.createElement("a"), on = layers.includes(name);
    link.addEventListener("click", (event) => {
      if (!isPlain(event)) return;
      event.preventDefault();
      event.stopPropagation();
      const href = toggledLayer(location.search, this.options?.layers ?? [], name);
      this.acts.layers(layersOf(href));
      navigate(`${location.pathname}${href}`, true);
    });
    link.href = `${location.pathname}${toggledLayer(location.search, layers, name)}`;
    link.textContent = pageWords().name(label);
    link.setAttribute("role", "switch");
    link.setAttribute("aria-checked", String(on));
    return make("li", on ? "on" : "", link);
  }

  private async openTall(): Promise<void> {
    const map = this.acts.map();
    if (map && this.buildings && this.options) await openBuildings(this.host, this.options.region, this.buildings, map);
  }
}
