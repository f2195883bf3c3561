/** Makes long names fit: a smaller size first, then fewer characters. Measures on a canvas, so the layout is never asked. */

import { FONT } from "./map/style";

const canvas = document.createElement("canvas").getContext("2d")!;
const widths = new Map<string, number>();
const LIMIT = 4000;
const NAME_SIZES = [20, 18.5, 17];

/** Width of a text in px at font size 1 (regular or bold). */
function unitWidth(text: string, weight: 400 | 700): number {
  const key = `${weight}${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size > LIMIT) widths.clear();
    canvas.font = `${weight} 100px ${FONT}`;
    width = canvas.measureText(text).width / 100;
    widths.set(key, width);
  }
  return width;
}

/** Fonts that arrive later have other widths. */
export function forgetWidths(): void {
  widths.clear();
}

export type Fitted = { text: string; size: number };

/** The largest of `sizes` (in u, descending) at which `text` is at most `room` u wide; else the smallest with "…". */
export function fit(text: string, room: number, sizes: number[], weight: 400 | 700 = 400): Fitted {
  const width = unitWidth(text, weight);
  for (const size of sizes) if (width * size <= room) return { text, size };
  const size = sizes[sizes.length - 1]!;
  let kept = [...text];
  while (kept.length > 1 && unitWidth(`${kept.join("")}…`, weight) * size > room) kept = kept.slice(0, -1);
  return { text: `${kept.join("").trimEnd()}…`, size };
}

/** `fit`, but before cutting a name its level goes: "Gaoqiao Street" → "Gaoqiao". */
export function fitName(name: string, room: number): Fitted {
  const smallest = NAME_SIZES[NAME_SIZES.length - 1]!;
  const bare = widthOf(name, smallest) > room ? name.replace(/ (District|County|Street|Subdistrict|Township|Town)$/, "") : name;
  return fit(bare, room, NAME_SIZES);
}

/** The width of a text in u at a font size in u. */
export function widthOf(text: string, size: number, weight: 400 | 700 = 400): number {
  return unitWidth(text, weight) * size;
}
