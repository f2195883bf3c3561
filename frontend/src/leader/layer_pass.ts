/** Layers on a canvas: nets as dashed outlines with names, points as small shapes, crowds as squares by number. */

import { type Pen, trace } from "../map/base";
import { halo } from "../map/letters";
import { type Box, free } from "../map/marks";
import type { Projection } from "../map/projection";
import { FONT, LIGHT, type Palette } from "../map/style";
import { svg } from "../svg";
import type { LayerData } from "./layer_data";
import { mix } from "./shade";

type Draw = (pen: Pen, x: number, y: number, r: number) => void;
/** How a layer is told from the others: its place in the list of those that are on, never its colour alone. */
export type Sign = { dash: number[]; shape: number };

const DASHES = [[7, 3], [2, 3], [10, 3, 2, 3], [4, 2, 1, 2, 1, 2]];
const LABEL = 12, POINT = 3.2, NAME_AT = 34;

const square: Draw = (pen, x, y, r) => pen.rect(x - r, y - r, 2 * r, 2 * r);
const plus: Draw = (pen, x, y, r) => { pen.moveTo(x - r, y); pen.lineTo(x + r, y); pen.moveTo(x, y - r); pen.lineTo(x, y + r); };
const house: Draw = (pen, x, y, r) => { pen.moveTo(x - r, y + r); pen.lineTo(x - r, y - r * 0.2); pen.lineTo(x, y - r * 1.3); pen.lineTo(x + r, y - r * 0.2); pen.lineTo(x + r, y + r); pen.closePath(); };
const wedge: Draw = (pen, x, y, r) => { pen.moveTo(x - r, y); pen.lineTo(x + r, y - r); pen.lineTo(x + r, y + r); pen.closePath(); };
const SHAPES = [house, wedge, square, plus];
const OWN_SHAPE: Record<string, number> = { stations: 0, cameras: 1 };
const PATHS = ["M4 16V9l6-6 6 6v7Z", "M3 10l14-7v14Z", "M4 4h12v12H4Z", "M10 3v14M3 10h14"];

const BUILT = mix(LIGHT.land, LIGHT.line2, 0.45);

/** Buildings are filled, because an outline of dashes says nothing of a house. */
function isBuilt({ areas }: LayerData): boolean {
  return areas?.some(({ height }) => height) ?? false;
}

/** Signs of layers that are on together; well-known ones have their own shape, the others what is left. */
export function signsOf(names: string[]): Sign[] {
  const own = names.map((name) => OWN_SHAPE[name]), free = SHAPES.map((_, i) => i).filter((i) => !own.includes(i));
  let next = 0;
  return names.map((_, order) => ({ dash: DASHES[order % DASHES.length]!, shape: own[order] ?? free[next++ % Math.max(1, free.length)] ?? 0 }));
}

/** The sign as it stands in the legend. */
export function legendSign(layer: LayerData, sign: Sign): SVGElement {
  const { kind } = layer;
  if (isBuilt(layer)) return svg("svg", { viewBox: "0 0 20 20", class: "icon", "aria-hidden": "true" }, svg("path", { d: "M3 3h8v6h6v8H3Z", fill: BUILT, stroke: "currentColor", "stroke-width": 1.4 }));
  const drawing = kind === "points"
    ? svg("path", { d: PATHS[sign.shape]!, fill: sign.shape === 3 ? "none" : "var(--bg1)", stroke: "currentColor", "stroke-width": 2 })
    : svg("path", { d: "M0 10H28", fill: "none", stroke: "currentColor", "stroke-width": 2.4, "stroke-dasharray": sign.dash.join(" ") });
  return svg("svg", { viewBox: kind === "points" ? "0 0 20 20" : "0 0 28 20", class: kind === "points" ? "icon" : "icon icon-wide", "aria-hidden": "true" }, drawing);
}

/** `u` is device pixels of a CSS pixel. `taken` are boxes of other names, which a name of the layer keeps clear of and joins. */
export function drawLayer(pen: Pen, layer: LayerData, sign: Sign, to: Projection, u: number, colour: Palette = LIGHT, taken: Box[] = []): void {
  if (layer.cells) return drawCells(pen, layer.cells, to, colour);
  if (layer.points) return drawPoints(pen, layer, sign, to, u, colour, taken);
  if (layer.lines) return drawLines(pen, layer.lines.map(({ line }) => line), sign, to, u, colour);
  const areas = layer.areas ?? [];
  if (isBuilt(layer)) return drawBuildings(pen, areas.flatMap(({ rings }) => rings), to, u, colour);
  drawLines(pen, areas.flatMap(({ rings }) => rings), sign, to, u, colour);
  drawNames(pen, layer, to, u, colour, taken);
}

function drawLines(pen: Pen, lines: number[][], sign: Sign, to: Projection, u: number, colour: Palette): void {
  pen.beginPath();
  for (const line of lines) trace(pen, to, line, false);
  pen.setLineDash(sign.dash.map((part) => part * u));
  pen.strokeStyle = colour.t3;
  pen.lineWidth = 1.3 * u;
  pen.stroke();
  pen.setLineDash([]);
}

function drawBuildings(pen: Pen, rings: number[][], to: Projection, u: number, colour: Palette): void {
  pen.beginPath();
  for (const ring of rings) trace(pen, to, ring, true);
  pen.fillStyle = BUILT;
  pen.fill("evenodd");
  if (to.scale < 0.15 * u) return;
  pen.strokeStyle = colour.line2;
  pen.lineWidth = 0.7 * u;
  pen.stroke();
}

/** All points in view as one path: a hundred thousand stay one fill and one stroke. */
function drawPoints(pen: Pen, { points = [], names }: LayerData, sign: Sign, to: Projection, u: number, colour: Palette, taken: Box[]): void {
  const many = points.length > 4000, r = (many ? 1.5 : POINT) * u, shape = many ? square : SHAPES[sign.shape]!;
  pen.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    const x = to.x(points[i]!), y = to.y(points[i + 1]!);
    if (x > -r && y > -r && x < to.width + r && y < to.height + r) shape(pen, x, y, r);
  }
  pen.fillStyle = many ? colour.t3 : colour.bg1;
  pen.strokeStyle = colour.t2;
  pen.lineWidth = 1.2 * u;
  pen.fill();
  if (!many) pen.stroke();
  if (names && to.scale > 0.12 * u) names.forEach((name, i) => caption(pen, name, to.x(points[2 * i]!), to.y(points[2 * i + 1]!) + (POINT + LABEL) * u, to, u, colour, taken));
}

function drawCells(pen: Pen, { size, counts }: NonNullable<LayerData["cells"]>, to: Projection, colour: Palette): void {
  let most = 1;
  for (let i = 2; i < counts.length; i += 3) most = Math.max(most, counts[i]!);
  const edge = Math.max(1, size * to.scale);
  for (let i = 0; i < counts.length; i += 3) {
    pen.fillStyle = `${colour.t3}${Math.round(40 + 175 * Math.sqrt(counts[i + 2]! / most)).toString(16).padStart(2, "0")}`;
    pen.fillRect(to.x(counts[i]!) - edge / 2, to.y(counts[i + 1]!) - edge / 2, edge, edge);
  }
}

/** Names where the areas are large enough on the screen to carry them. */
function drawNames(pen: Pen, { areas = [] }: LayerData, to: Projection, u: number, colour: Palette, taken: Box[]): void {
  const inView = areas.filter(({ label }) => label && to.x(label[0]) > 0 && to.x(label[0]) < to.width && to.y(label[1]) > 0 && to.y(label[1]) < to.height);
  const room = Math.sqrt((to.width * to.height) / Math.max(1, inView.length));
  if (room < NAME_AT * 2 * u) return;
  for (const { name, label } of inView) caption(pen, name, to.x(label![0]), to.y(label![1]), to, u, colour, taken);
}

function caption(pen: Pen, text: string, x: number, y: number, to: Projection, u: number, colour: Palette, taken: Box[]): void {
  if (x < 0 || y < 0 || x > to.width || y > to.height) return;
  pen.font = `400 ${LABEL * u}px ${FONT}`;
  const half = pen.measureText(text).width / 2, box = free([[x - half, y - LABEL * u, x + half, y + LABEL * u * 0.3]], taken);
  if (!box) return;
  taken.push(box);
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  halo(pen, text, x, y, u * 0.6, colour.t3, colour.land);
}
