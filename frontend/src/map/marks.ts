/** Case marks and labels on the top canvas: triangle overdue, diamond due soon, ring supervised, square open. */

import type { CaseKind, MapBoard } from "../types";
import { halo } from "./letters";
import type { Projection } from "./projection";
import { FONT, type LevelStyle, type Palette } from "./style";

type Pen = CanvasRenderingContext2D;
export type Spot = { x: number; y: number; kind: CaseKind; n: number };

const SEVERITY: Record<CaseKind, number> = { open: 0, soon: 1, overdue: 2, supervised: 3 };

/** Cases closer together than `apart` pixels are one spot: the most severe is drawn, with how many there are. */
export function spots(cases: MapBoard["cases"], to: Projection, apart: number): Spot[] {
  const cells = new Map<string, Spot>();
  for (const [mx, my, kind] of Object.values(cases)) {
    const x = to.x(mx), y = to.y(my), key = `${Math.round(x / apart)},${Math.round(y / apart)}`;
    const known = cells.get(key);
    if (!known) cells.set(key, { x, y, kind, n: 1 });
    else if (SEVERITY[kind] > SEVERITY[known.kind]) cells.set(key, { x, y, kind, n: known.n + 1 });
    else known.n++;
  }
  return [...cells.values()].sort((a, b) => SEVERITY[a.kind] - SEVERITY[b.kind]);
}

function triangle(pen: Pen, x: number, y: number, r: number, colour: Palette): void {
  pen.beginPath();
  pen.moveTo(x, y - r);
  pen.lineTo(x + r * 0.95, y + r * 0.72);
  pen.lineTo(x - r * 0.95, y + r * 0.72);
  pen.closePath();
  pen.fillStyle = colour.crit;
  pen.strokeStyle = colour.land;
  pen.lineWidth = r * 0.2;
  pen.fill();
  pen.stroke();
}

function diamond(pen: Pen, x: number, y: number, r: number, colour: Palette): void {
  pen.beginPath();
  pen.moveTo(x, y - r);
  pen.lineTo(x + r, y);
  pen.lineTo(x, y + r);
  pen.lineTo(x - r, y);
  pen.closePath();
  pen.moveTo(x, y - r * 0.45);
  pen.lineTo(x, y);
  pen.lineTo(x + r * 0.3, y + r * 0.2);
  pen.fillStyle = colour.land;
  pen.strokeStyle = colour.warn;
  pen.lineWidth = r * 0.3;
  pen.fill();
  pen.stroke();
}

function ring(pen: Pen, x: number, y: number, r: number, colour: Palette): void {
  pen.beginPath();
  pen.arc(x, y, r * 1.9, 0, 2 * Math.PI);
  pen.strokeStyle = colour.dub;
  pen.lineWidth = r * 0.3;
  pen.stroke();
  triangle(pen, x, y, r, colour);
}

function square(pen: Pen, x: number, y: number, r: number, colour: Palette): void {
  pen.fillStyle = colour.t2;
  pen.fillRect(x - r * 0.45, y - r * 0.45, r * 0.9, r * 0.9);
}

/** All spots, most severe last; `u` is device pixels for one u, `size` the share of the level's mark sizes. */
export function drawMarks(pen: Pen, all: Spot[], style: LevelStyle, u: number, size: number, colour: Palette): void {
  const big = style.triangle * u * size, small = style.diamond * u * size;
  for (const { x, y, kind } of all) {
    if (kind === "open") square(pen, x, y, small, colour);
    else if (kind === "soon") diamond(pen, x, y, small, colour);
    else if (kind === "overdue") triangle(pen, x, y, big, colour);
    else ring(pen, x, y, big, colour);
  }
}

/** How many cases lie in a spot, beside its mark: right of it, else left of it, nowhere where both lie on a name or on another number. */
export function drawNumbers(pen: Pen, all: Spot[], style: LevelStyle, u: number, size: number, names: Box[], colour: Palette): void {
  const big = style.triangle * u * size, high = 17 * u, taken = [...names];
  pen.font = `700 ${high}px ${FONT}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  for (const { x, y, kind, n } of [...all].reverse()) {
    if (n < 2) continue;
    const words = `×${n}`, wide = pen.measureText(words).width, away = big * (kind === "supervised" ? 2.1 : 1.1);
    const box = free([x + away, x - away - wide].map((left): Box => [left, y - high / 2, left + wide, y + high / 2]), taken);
    if (!box) continue;
    taken.push(box);
    halo(pen, words, box[0], y, u, colour.t1, colour.land);
  }
}

/** The first of some boxes that crosses none of those taken. */
export function free(boxes: Box[], taken: Box[]): Box | undefined {
  return boxes.find((box) => !taken.some((other) => crosses(box, other)));
}

/** West, north, east, south in pixels. */
export type Box = [number, number, number, number];

export function crosses(a: Box, b: Box): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}
