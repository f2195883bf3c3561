/** Names of regions with the number of workers online; where two would lie on each other the smaller place gives way. */

import type { MapRegion } from "../types";
import { fit } from "../fit";
import { halo } from "./letters";
import { type Box, crosses } from "./marks";
import type { Projection } from "./projection";
import { FONT, type LevelStyle, type Palette } from "./style";

/** A name is at most this share of the map wide. */
const WIDEST = 0.26;

type Pen = CanvasRenderingContext2D;
export type Label = { name: string; count: string; x: number; y: number; weight: number };

/** On a map a street's name needs no level: 南关街道 → 南关. */
export function labelName(region: MapRegion, english: boolean): string {
  if (english && region.name_en) return region.name_en.replace(/ (District|County|Street|Subdistrict|Township|Town)$/, "");
  return region.level === "street" && region.name.length > 3 ? region.name.replace(/街道(办事处)?$/, "") : region.name;
}

export function labelsOf(regions: MapRegion[], scope: string, to: Projection, english: boolean, count: (code: string) => string, weight: (code: string) => number): Label[] {
  const children = regions.filter((region) => region.parent === scope && region.label);
  const own = children.length ? children : regions.filter((region) => region.code === scope && region.label);
  return own.map((region) => ({
    name: labelName(region, english), count: count(region.code), x: to.x(region.label![0]), y: to.y(region.label![1]), weight: weight(region.code),
  }));
}

/** Draws the names; the boxes they take. */
export function drawLabels(pen: Pen, labels: Label[], style: LevelStyle, u: number, to: Projection, colour: Palette): Box[] {
  const size = style.label * u, taken: Box[] = [];
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  for (const label of [...labels].sort((a, b) => b.weight - a.weight)) {
    for (const withCount of label.count ? [true, false] : [false]) {
      if (place(pen, label, withCount, size, u, to, taken, colour)) break;
    }
  }
  return taken;
}

function place(pen: Pen, { name: whole, count, x, y }: Label, withCount: boolean, size: number, u: number, to: Projection, taken: Box[], colour: Palette): boolean {
  const bold = `700 ${size}px ${FONT}`, plain = `400 ${size * 0.95}px ${FONT}`;
  const { text: name } = fit(whole, (to.width * WIDEST) / u, [size / u], 700);
  pen.font = bold;
  const width = pen.measureText(name).width;
  pen.font = plain;
  const half = Math.max(width, withCount ? pen.measureText(count).width : 0) / 2;
  const cx = Math.min(Math.max(x, half + 3 * u), to.width - half - 3 * u);
  const box: Box = [cx - half, y - size * 0.95, cx + half, y + (withCount ? size * 1.25 : size * 0.25)];
  if (taken.some((other) => crosses(box, other))) return false;
  taken.push(box);
  if (withCount) halo(pen, count, cx, y + size * 1.08, u, colour.t2, colour.land);
  pen.font = bold;
  halo(pen, name, cx, y, u, colour.t1, colour.land);
  return true;
}
