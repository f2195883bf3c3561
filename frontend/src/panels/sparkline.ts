/** Small lines inside tiles: solid actual, thin grey reference, dashed target, dot at the end. */

import { attribute } from "../dom";
import { svg } from "../svg";

const WIDTH = 100, HEIGHT = 44, PAD = 6, MOST = 72;

export type Point = [number, number];
export type Spark = { points: Point[]; reference?: Point[]; target?: number | null; span?: [number, number] };

type Parts = { target: SVGElement; reference: SVGElement; line: SVGElement; dot: SVGElement };
const drawn = new WeakMap<HTMLElement, Parts>();

function partsOf(place: HTMLElement): Parts {
  let parts = drawn.get(place);
  if (!parts) {
    const line = (name: string) => svg("path", { class: `spark-${name}`, fill: "none", "vector-effect": "non-scaling-stroke" });
    parts = { target: line("target"), reference: line("reference"), line: line("line"), dot: line("dot") };
    const root = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    root.append(parts.target, parts.reference, parts.line, parts.dot);
    place.replaceChildren(root);
    drawn.set(place, parts);
  }
  return parts;
}

function thinned(points: Point[]): Point[] {
  const every = Math.ceil(points.length / MOST);
  return points.filter((_, i) => i % every === 0 || i === points.length - 1);
}

/** Draw, or nothing when there are under two points. The vertical axis spans the data and the target. */
export function drawSpark(place: HTMLElement, { points, reference = [], target = null, span }: Spark): void {
  const parts = partsOf(place);
  const shown = thinned(points), behind = thinned(reference);
  const values = [...shown, ...behind].map((p) => p[1]).concat(target === null ? [] : [target]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [first, last] = span ?? [shown[0]?.[0] ?? 0, shown[shown.length - 1]?.[0] ?? 1];
  const x = (t: number) => PAD + ((t - first) / (last - first || 1)) * (WIDTH - 2 * PAD);
  const y = (v: number) => HEIGHT - PAD - ((v - low) / (high - low || 1)) * (HEIGHT - 2 * PAD);
  const path = (line: Point[]) => line.map(([t, v], i) => `${i ? "L" : "M"}${x(t).toFixed(1)} ${y(v).toFixed(1)}`).join("");
  const enough = shown.length > 1, end = shown[shown.length - 1];
  attribute(parts.line, "d", enough ? path(shown) : "");
  attribute(parts.reference, "d", behind.length > 1 ? path(behind) : "");
  attribute(parts.target, "d", enough && target !== null ? `M0 ${y(target).toFixed(1)}H${WIDTH}` : "");
  attribute(parts.dot, "d", enough && end ? `M${x(end[0]).toFixed(1)} ${y(end[1]).toFixed(1)}h.01` : "");
}
