/** The fills of a choropleth; regions without a value are hatched. */

import { type Pen, trace } from "../map/base";
import type { Projection } from "../map/projection";
import { LIGHT } from "../map/style";
import type { MapRegion } from "../types";
import { classOf, fillsFor, limitsOf, type Shade } from "./shade";

const HATCH = 7;

/** A tile of slanted lines; `ratio` is device pixels of a CSS pixel. */
function hatch(pen: Pen, ratio: number): CanvasPattern | string {
  const tile = document.createElement("canvas"), size = Math.round(HATCH * ratio), draw = tile.getContext("2d");
  tile.width = tile.height = size;
  if (!draw) return LIGHT.land2;
  draw.strokeStyle = LIGHT.line2;
  draw.lineWidth = ratio;
  draw.beginPath();
  for (const shift of [-size, 0, size]) { draw.moveTo(shift, size); draw.lineTo(shift + size, 0); }
  draw.stroke();
  return pen.createPattern(tile, "repeat") ?? LIGHT.land2;
}

function fill(pen: Pen, regions: MapRegion[], to: Projection, style: string | CanvasPattern): void {
  if (!regions.length) return;
  pen.beginPath();
  for (const region of regions) for (const ring of region.rings) trace(pen, to, ring, true);
  pen.fillStyle = style;
  pen.fill("evenodd");
}

export function fillShade(pen: Pen, regions: MapRegion[], shade: Shade, to: Projection, ratio: number): void {
  const limits = limitsOf(shade), fills = fillsFor(limits.length + 1), without: MapRegion[] = [];
  const classes: MapRegion[][] = fills.map(() => []);
  for (const region of regions) {
    const value = shade.values[region.code];
    if (value === undefined || value === null) without.push(region);
    else classes[classOf(value, limits)]?.push(region);
  }
  classes.forEach((members, i) => fill(pen, members, to, fills[i]!));
  fill(pen, without, to, hatch(pen, ratio));
}
