/** Imported map layers as the API gives them, fetched once for each region and version of base data. */

import type { Name } from "../types";

export type LayerKind = "points" | "lines" | "polygons";
export type LayerEntry = { name: string; label: Name; kind: LayerKind; count: number; has_height: boolean };
export type Area = { name: string; label: [number, number] | null; rings: number[][]; height?: number | null };
export type LayerData = {
  name: string; label: Name; kind: LayerKind; region: string; version: number; count: number; shown: number; form: "all" | "cells" | "largest";
  points?: number[]; names?: string[];
  /** Points counted in squares of `size` metres: x, y of the middle and the number, again and again. */
  cells?: { size: number; counts: number[] };
  lines?: { name: string; line: number[] }[];
  areas?: Area[];
};

const KEPT = 40;
const answers = new Map<string, Promise<unknown>>();

/** JSON of an address of the API, kept while few; rejects with a code such as "E-404". A failure is not kept. */
export function fetchKept<T>(address: string): Promise<T> {
  const known = answers.get(address);
  if (known) return known as Promise<T>;
  const asked = fetch(address).then((answer) => {
    if (!answer.ok) throw new Error(`E-${answer.status}`);
    return answer.json() as Promise<T>;
  });
  asked.catch(() => answers.delete(address));
  if (answers.size >= KEPT) answers.delete(answers.keys().next().value!);
  answers.set(address, asked);
  return asked;
}

export function layerList(region: string): Promise<LayerEntry[]> {
  return fetchKept(`/api/v1/layers?region=${encodeURIComponent(region)}`);
}

export function layerData(region: string, name: string): Promise<LayerData> {
  return fetchKept(`/api/v1/layers/${encodeURIComponent(name)}?region=${encodeURIComponent(region)}`);
}
