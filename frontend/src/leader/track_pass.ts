/** A track on a canvas: the path with arrows, gaps dotted, stops as numbered circles, the person at an instant. */

import { type Pen, trace } from "../map/base";
import { halo } from "../map/letters";
import type { Projection } from "../map/projection";
import { FONT, LIGHT } from "../map/style";
import type { MapRegion } from "../types";
import { mix } from "./shade";
import { type Cell, lastBefore, type Leg, type Stop, stopRadius } from "./track";

export type Points = [number, number][];

/** Apart from each other along the path, in CSS pixels. */
const ARROWS = 130;

/** Cells that were visited are tinted; those that were not have a dashed outline. Names come from the record. */
export function drawCells(pen: Pen, regions: MapRegion[], cells: Cell[], to: Projection, ratio: number): void {
  const byCode = new Map(cells.map((cell) => [cell.code, cell]));
  for (const region of regions) {
    const cell = byCode.get(region.code);
    if (!cell) continue;
    pen.beginPath();
    for (const ring of region.rings) trace(pen, to, ring, true);
    if (cell.visited) {
      pen.fillStyle = mix(LIGHT.land, LIGHT.move, 0.1);
      pen.fill("evenodd");
      pen.strokeStyle = LIGHT.line2;
      pen.lineWidth = ratio;
      pen.stroke();
    } else {
      pen.setLineDash([6 * ratio, 4 * ratio]);
      pen.strokeStyle = LIGHT.warn;
      pen.lineWidth = 1.6 * ratio;
      pen.stroke();
      pen.setLineDash([]);
    }
    pen.font = `400 ${12 * ratio}px ${FONT}`;
    pen.textAlign = "center";
    if (region.label && regions.length < 40) halo(pen, cell.name, to.x(region.label[0]), to.y(region.label[1]), ratio * 0.7, cell.visited ? LIGHT.t2 : LIGHT.warn, LIGHT.land);
  }
}

function line(pen: Pen, points: Points, between: Leg[], kind: Leg, end: number): void {
  pen.beginPath();
  for (let i = 0; i < end; i++) {
    if (between[i] !== kind) continue;
    if (i === 0 || between[i - 1] !== kind) pen.moveTo(...points[i]!);
    pen.lineTo(...points[i + 1]!);
  }
  pen.stroke();
}

/** Up to fix `end`: walked parts solid, gaps dotted; nothing where nothing is collected. */
export function drawPath(pen: Pen, points: Points, between: Leg[], end: number, colour: string, ratio: number): void {
  pen.lineJoin = pen.lineCap = "round";
  pen.strokeStyle = colour;
  pen.lineWidth = 2.8 * ratio;
  line(pen, points, between, "walked", end);
  pen.setLineDash([0.1, 6 * ratio]);
  pen.strokeStyle = LIGHT.t2;
  line(pen, points, between, "gap", end);
  pen.setLineDash([]);
}

/** Arrows along the walked path, evenly spaced on the screen. */
export function drawArrows(pen: Pen, points: Points, between: Leg[], end: number, ratio: number): void {
  let since = ARROWS * 0.5 * ratio;
  for (let i = 0; i < end; i++) {
    const [ax, ay] = points[i]!, [bx, by] = points[i + 1]!, length = Math.hypot(bx - ax, by - ay);
    if (between[i] !== "walked" || length === 0) continue;
    since += length;
    if (since < ARROWS * ratio || length < 2 * ratio) continue;
    since = 0;
    arrow(pen, (ax + bx) / 2, (ay + by) / 2, Math.atan2(by - ay, bx - ax), 6 * ratio);
  }
}

function arrow(pen: Pen, x: number, y: number, angle: number, size: number): void {
  const corner = (turn: number, reach: number): [number, number] => [x + Math.cos(angle + turn) * reach, y + Math.sin(angle + turn) * reach];
  pen.beginPath();
  pen.moveTo(...corner(0, size));
  pen.lineTo(...corner(2.4, size));
  pen.lineTo(...corner(-2.4, size));
  pen.closePath();
  pen.fillStyle = LIGHT.move;
  pen.strokeStyle = LIGHT.bg1;
  pen.lineWidth = size * 0.25;
  pen.stroke();
  pen.fill();
}

/** `size` is the share of the usual radius. */
export function drawStops(pen: Pen, stops: Stop[], points: Points, chosen: number | null, ratio: number, size: number): void {
  stops.forEach((stop, i) => {
    const [x, y] = points[i]!, r = Math.max(9, stopRadius(stop) * size) * ratio, on = stop.number === chosen;
    pen.beginPath();
    pen.arc(x, y, r, 0, 2 * Math.PI);
    pen.fillStyle = on ? LIGHT.t1 : LIGHT.bg1;
    pen.strokeStyle = LIGHT.t1;
    pen.lineWidth = 2 * ratio;
    pen.fill();
    pen.stroke();
    pen.font = `700 ${13 * ratio}px ${FONT}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillStyle = on ? LIGHT.bg1 : LIGHT.t1;
    pen.fillText(String(stop.number), x, y + ratio * 0.5);
  });
  pen.textBaseline = "alphabetic";
}

export function drawPerson(pen: Pen, [x, y]: [number, number], words: string, ratio: number): void {
  pen.beginPath();
  pen.arc(x, y, 6.5 * ratio, 0, 2 * Math.PI);
  pen.fillStyle = LIGHT.move;
  pen.strokeStyle = LIGHT.bg1;
  pen.lineWidth = 2 * ratio;
  pen.fill();
  pen.stroke();
  pen.font = `700 ${13 * ratio}px ${FONT}`;
  pen.textAlign = "left";
  halo(pen, words, x + 11 * ratio, y + 4 * ratio, ratio * 0.8, LIGHT.move, LIGHT.land);
}

/** Fixes at or before an instant, as the number of whole legs. */
export function legsUntil(time: number[], at: number): number {
  return Math.max(0, lastBefore(time, at));
}
