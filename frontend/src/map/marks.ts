/** Case marks and labels on the top canvas: triangle overdue, diamond due soon, ring supervised, square open. */

import type { CaseKind, MapBoard } from "../types";
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
  for (const { x, y, kind, n } of all) {
    if (kind === "open") square(pen, x, y, small, colour);
    else if (kind === "soon") diamond(pen, x, y, small, colour);
    else if (kind === "overdue") triangle(pen, x, y, big, colour);
    else ring(pen, x, y, big, colour);
    if (n > 1) times(pen, n, x + (kind === "supervised" ? big * 2.1 : big * 1.1), y, u, colour);
  }
}

function times(pen: Pen, n: number, x: number, y: number, u: number, colour: Palette): void {
  pen.font = `700 ${17 * u}px ${FONT}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  halo(pen, `×${n}`, x, y, u, colour.t1, colour.land);
}

/** Text with a halo of the land, so that it reads over dots. */
export function halo(pen: Pen, text: string, x: number, y: number, u: number, colour: string, behind: string): void {
  pen.lineJoin = "round";
  pen.lineWidth = 5 * u;
  pen.strokeStyle = behind;
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}
