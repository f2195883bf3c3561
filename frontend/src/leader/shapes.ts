/** Where a point lies among the regions of a map, in metres of the plane. */

import type { MapRegion } from "../types";

export type Box = [number, number, number, number];
export type Shape = { region: MapRegion; box: Box };

/** West, south, east, north of flat rings; an empty box lies nowhere. */
export function boxOf(rings: number[][]): Box {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const x = ring[i]!, y = ring[i + 1]!;
      if (x < box[0]) box[0] = x;
      if (y < box[1]) box[1] = y;
      if (x > box[2]) box[2] = x;
      if (y > box[3]) box[3] = y;
    }
  }
  return box;
}

/** Even-odd rule over all rings: holes are outside. */
export function contains(rings: number[][], x: number, y: number): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const ay = ring[i + 1]!, by = ring[j + 1]!;
      if (ay > y !== by > y && x < ((ring[j]! - ring[i]!) * (y - ay)) / (by - ay) + ring[i]!) inside = !inside;
    }
  }
  return inside;
}

/** The regions directly under a scope that have a border. */
export function childrenOf(regions: MapRegion[], scope: string): Shape[] {
  return regions.filter((region) => region.parent === scope && region.rings.length).map((region) => ({ region, box: boxOf(region.rings) }));
}

export function regionAt(shapes: Shape[], x: number, y: number): MapRegion | null {
  const found = shapes.find(({ region, box: [west, south, east, north] }) => x >= west && x <= east && y >= south && y <= north && contains(region.rings, x, y));
  return found?.region ?? null;
}
