/** The few symbols of the design, as inline SVG in the current colour. Shape and word carry a status, colour speeds it up. */

import { svg } from "./svg";

const stroke = { fill: "none", stroke: "currentColor", "stroke-width": 2.2 };
const DRAWINGS: Record<string, () => SVGElement[]> = {
  up: () => [svg("path", { d: "M10 5 17 16H3Z", fill: "currentColor" })],
  down: () => [svg("path", { d: "M10 16 3 5h14Z", fill: "currentColor" })],
  same: () => [],
  check: () => [svg("path", { d: "M4 11l4 4 8-9", ...stroke })],
  cross: () => [svg("path", { d: "M4 4l12 12M16 4 4 16", ...stroke, "stroke-width": 2.8 })],
  circle: () => [svg("circle", { cx: 10, cy: 10, r: 6, ...stroke })],
  triangle: () => [
    svg("path", { d: "M10 2 19 18H1Z", fill: "currentColor" }),
    svg("path", { d: "M10 7.5v5.4M10 14.4v2.2", fill: "none", stroke: "var(--bg1)", "stroke-width": 2.4 }),
  ],
  diamond: () => [svg("path", { d: "M10 1.8 18.2 10 10 18.2 1.8 10Z", ...stroke }), svg("path", { d: "M10 6v4.4l2.6 1.8", ...stroke, "stroke-width": 1.8 })],
  disc: () => [svg("circle", { cx: 10, cy: 10, r: 5, fill: "currentColor" })],
};

/** A symbol; it inherits colour and, by 1em, size. */
export function icon(name: string): SVGElement {
  const made = svg("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" });
  setIcon(made, name);
  return made;
}

export function setIcon(target: SVGElement, name: string): void {
  if (target.dataset.icon === name) return;
  target.dataset.icon = name;
  target.setAttribute("class", `icon icon-${name}`);
  target.replaceChildren(...(DRAWINGS[name]?.() ?? []));
}
