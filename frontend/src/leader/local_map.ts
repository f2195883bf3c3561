/** A small still map around one place: outlines, roads and buildings in metres of the plane, with room for what a page draws on it. */

import { make } from "../dom";
import { drawBase, type Pen, trace } from "../map/base";
import { type Bounds, Projection } from "../map/projection";
import { FONT, levelStyle, LIGHT } from "../map/style";
import type { MapData, MapRegion } from "../types";
import { CanvasStack } from "./canvas_stack";
import { fetchKept, type LayerData, layerData, layerList } from "./layer_data";
import { drawLayer, signsOf } from "./layer_pass";
import { leaderRoot } from "./page";
import { niceLength } from "./scale_bar";

const PAD = 26, UNIT = 0.85;

/** Metres of a plane for degrees WGS-84, as `dashboard/domain/plane.py` has it. */
export function metres(plane: MapData["plane"], lon: number, lat: number): [number, number] {
  const degree = (Math.PI / 180) * 6_371_008.8;
  return [(lon - plane.lon) * degree * Math.cos((plane.lat * Math.PI) / 180), (lat - plane.lat) * degree];
}

const FINE = new Set(["community", "grid", "microgrid"]);

function mapOf(region: string): Promise<MapData> {
  return fetchKept<MapData>(`/api/v1/map?region=${encodeURIComponent(region)}`);
}

/** The map of the street that a place lies in, but never of more than the reader may see. */
async function surroundings(own: MapData): Promise<MapData> {
  const bound = leaderRoot()?.dataset.region ?? "";
  let map = own;
  for (let root = map.regions[0]; root?.parent && FINE.has(root.level) && root.code !== bound; root = map.regions[0]) map = await mapOf(root.parent);
  return map;
}

export type LocalDrawing = (pen: Pen, to: Projection, ratio: number) => void;

export class LocalMap {
  readonly root = make("div", "local-map");
  map: MapData | null = null;
  /** The region that was asked for and what lies in it. */
  inside: MapRegion[] = [];
  private readonly canvases = { base: document.createElement("canvas"), over: document.createElement("canvas") };
  private readonly stack: CanvasStack;
  private bounds: Bounds | null = null;
  private buildings: LayerData | null = null;
  private to: Projection | null = null;

  /** `under` draws between land and lines, `over` on its own canvas and as often as it is asked for. */
  constructor(label: string, private readonly under: LocalDrawing, private readonly over: LocalDrawing, private readonly scaleWords: (metres: number) => string) {
    this.root.setAttribute("role", "img");
    this.root.setAttribute("aria-label", label);
    this.root.append(this.canvases.base, this.canvases.over);
    document.fonts.addEventListener("loadingdone", () => this.stack.ask("base", "over"));
    this.stack = new CanvasStack(this.root, () => this.canvases, (name) => this.draw(name), () => this.project());
  }

  /** Fetch the region's surroundings; `bounds` says what of them is shown. Rejects with a code such as "E-404". */
  async load(region: string, bounds: (map: MapData, own: MapRegion | null) => Bounds): Promise<void> {
    const near = await mapOf(region);
    this.map = await surroundings(near);
    this.inside = near.regions;
    this.bounds = bounds(this.map, this.own);
    this.stack.fit();
    this.project();
    this.stack.ask("base", "over");
    await this.loadBuildings(this.map.regions[0]?.code ?? region);
  }

  get own(): MapRegion | null {
    return this.inside[0] ?? null;
  }

  redraw(): void {
    this.stack.ask("over");
  }

  /** Device pixels of a place in degrees, and how many there are to a CSS pixel. */
  place(lon: number, lat: number): [number, number] | null {
    if (!this.map || !this.to) return null;
    const [x, y] = metres(this.map.plane, lon, lat);
    return [this.to.x(x), this.to.y(y)];
  }

  get ratio(): number {
    return this.stack.ratio;
  }

  private async loadBuildings(region: string): Promise<void> {
    const tall = (await layerList(region).catch(() => [])).find(({ has_height, count }) => has_height && count > 0);
    if (!tall) return;
    this.buildings = await layerData(region, tall.name).catch(() => null);
    this.stack.ask("base");
  }

  private project(): void {
    if (this.bounds && this.stack.width) this.to = new Projection(this.bounds, this.stack.width, this.stack.height, PAD * this.stack.ratio);
  }

  private draw(name: string): void {
    const { map, to } = this;
    if (!map || !to) return;
    const { ratio } = this.stack, pen = this.stack.pen(name);
    if (name === "over") {
      this.drawOwn(pen, to, ratio);
      return this.over(pen, to, ratio);
    }
    const root = map.regions[0]!, style = levelStyle(root.level);
    drawBase(pen, { ...map, lines: undefined }, to, root.code, style, UNIT * ratio, LIGHT, (land) => this.drawGround(land, to, map, ratio));
    this.drawScale(pen, to, ratio);
  }

  /** The own region's border, so that inside and outside can be told at a glance. */
  private drawOwn(pen: Pen, to: Projection, ratio: number): void {
    pen.beginPath();
    for (const ring of this.own?.rings ?? []) trace(pen, to, ring, true);
    pen.lineJoin = "round";
    pen.strokeStyle = LIGHT.t1;
    pen.lineWidth = 2.2 * ratio;
    pen.stroke();
  }

  private drawGround(pen: Pen, to: Projection, map: MapData, ratio: number): void {
    this.under(pen, to, ratio);
    if (this.buildings) drawLayer(pen, this.buildings, signsOf([this.buildings.name])[0]!, to, ratio);
    for (const [name, width, colour] of [["roads", 3, LIGHT.road], ["water", 5, LIGHT.water]] as const) {
      pen.beginPath();
      for (const line of map.lines?.[name] ?? []) trace(pen, to, line, false);
      pen.strokeStyle = colour;
      pen.lineWidth = width * ratio;
      pen.stroke();
    }
  }

  private drawScale(pen: Pen, to: Projection, ratio: number): void {
    const length = niceLength((110 * ratio) / to.scale), x = 14 * ratio, y = to.height - 14 * ratio, end = x + length * to.scale;
    pen.beginPath();
    pen.moveTo(x, y - 5 * ratio);
    pen.lineTo(x, y);
    pen.lineTo(end, y);
    pen.lineTo(end, y - 5 * ratio);
    pen.strokeStyle = LIGHT.t2;
    pen.lineWidth = 1.4 * ratio;
    pen.stroke();
    pen.font = `400 ${12 * ratio}px ${FONT}`;
    pen.textAlign = "left";
    pen.textBaseline = "alphabetic";
    pen.fillStyle = LIGHT.t2;
    pen.fillText(this.scaleWords(length), end + 6 * ratio, y);
  }
}
