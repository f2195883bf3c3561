/** The base map on its own canvas: drawn once per map and size, never per update. */

import type { MapData, MapRegion } from "../types";
import type { Projection } from "./projection";
import type { LevelStyle, Palette } from "./style";

export type Pen = CanvasRenderingContext2D;

export function trace(pen: Pen, to: Projection, line: number[], close: boolean): void {
  for (let i = 0; i < line.length; i += 2) {
    if (i === 0) pen.moveTo(to.x(line[i]!), to.y(line[i + 1]!));
    else pen.lineTo(to.x(line[i]!), to.y(line[i + 1]!));
  }
  if (close) pen.closePath();
}

export function outlines(pen: Pen, to: Projection, regions: MapRegion[]): void {
  pen.beginPath();
  for (const region of regions) for (const ring of region.rings) trace(pen, to, ring, true);
}

function lines(pen: Pen, to: Projection, all: number[][] | undefined, colour: string, width: number): void {
  if (!all?.length) return;
  pen.beginPath();
  for (const line of all) trace(pen, to, line, false);
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke();
}

/** Land, streets as hairlines, districts, the selected region's outline, roads, water; `fill` colours the land. `u` is device pixels for one u. */
export function drawBase(pen: Pen, map: MapData, to: Projection, scope: string, style: LevelStyle, u: number, colour: Palette, fill?: (pen: Pen) => void): void {
  pen.clearRect(0, 0, to.width, to.height);
  pen.lineJoin = pen.lineCap = "round";
  const children = map.regions.filter((region) => region.parent === scope), codes = new Set(children.map((region) => region.code));
  const grandchildren = map.regions.filter((region) => region.parent !== null && codes.has(region.parent));
  const own = map.regions.filter((region) => region.code === scope), land = own.some((region) => region.rings.length) ? own : children;
  outlines(pen, to, land);
  pen.fillStyle = colour.land;
  pen.fill("evenodd");
  fill?.(pen);
  stroke(pen, to, grandchildren, colour.line, style.grandchild * u, style.dashed ? u : 0);
  stroke(pen, to, children, colour.line2, style.child * u, style.dashed ? u : 0);
  stroke(pen, to, land, colour.line2, style.outline * u, 0);
  lines(pen, to, map.lines?.roads, colour.road, 1.6 * u);
  lines(pen, to, map.lines?.water, colour.water, 5 * u);
}

function stroke(pen: Pen, to: Projection, regions: MapRegion[], colour: string, width: number, dash: number): void {
  outlines(pen, to, regions);
  pen.setLineDash(dash ? [4 * dash, 3 * dash] : []);
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke();
  pen.setLineDash([]);
}
