/** How the map looks at each level, in u, from the design tokens. */

import tokens from "../../../layouts/tokens.json";

/** Names of the colours a map is drawn with; each is #RRGGBB. */
export type Palette = Record<
  "land" | "land2" | "line" | "line2" | "water" | "road" | "t1" | "t2" | "t3" | "move" | "still" | "off" | "warn" | "crit" | "dub" | "sel" | "bg1", string>;

function palette(theme: Record<keyof Palette, { value: string }>): Palette {
  const { land, land2, line, line2, water, road, t1, t2, t3, move, still, off, warn, crit, dub, sel, bg1 } = theme;
  const named = { land, land2, line, line2, water, road, t1, t2, t3, move, still, off, warn, crit, dub, sel, bg1 };
  return Object.fromEntries(Object.entries(named).map(([name, colour]) => [name, colour.value])) as Palette;
}

export const DARK = palette(tokens.color.dark);
export const LIGHT = palette(tokens.color.light);
export const FONT = tokens.font.ui.map((name) => (name === "sans-serif" ? name : `"${name}"`)).join(", ");

export type LevelStyle = { dot: number; tail: number; triangle: number; diamond: number; label: number; child: number; grandchild: number; outline: number; dashed: boolean };

const { city, district, street, grid, small_map: small } = tokens.map;
const LEVELS: Record<string, LevelStyle> = {
  city: { dot: city.dot_r_u, tail: city.tail_u, triangle: city.triangle_u, diamond: city.diamond_u, label: city.label_u, child: 1.8, grandchild: 1, outline: 1.8, dashed: false },
  district: { dot: district.dot_r_u, tail: district.tail_u, triangle: district.triangle_u, diamond: 5.9, label: district.label_u, child: 1.2, grandchild: 0.7, outline: 2.2, dashed: false },
  street: { dot: street.dot_r_u, tail: street.tail_u, triangle: street.triangle_u, diamond: 8.6, label: street.label_u, child: 1.2, grandchild: 0.8, outline: 2.2, dashed: true },
};
const GRID: LevelStyle = { dot: grid.dot_r_u, tail: street.tail_u, triangle: street.triangle_u, diamond: 8.6, label: grid.label_u, child: 1.2, grandchild: 0.8, outline: 2.6, dashed: true };

/** Above this many workers dots shrink and lose their tails: density is the message. */
export const MANY = 10_000;
const SMALLEST = 0.6;

export function levelStyle(level: string): LevelStyle {
  return LEVELS[level] ?? (["community", "grid", "microgrid"].includes(level) ? GRID : LEVELS.city!);
}

/** Radius and tail in u for `n` workers on a map `width` u wide. */
export function dotSize(level: LevelStyle, n: number, width: number): { dot: number; tail: number } {
  if (n > MANY) return { dot: Math.max(SMALLEST, level.dot * 0.7 * Math.sqrt(MANY / n)), tail: 0 };
  return width < tokens.map.small_map_below_u ? { dot: small.dot_r_u, tail: small.tail_u } : { dot: level.dot, tail: level.tail };
}

/** Share of the level's mark sizes on a map `width` u wide. */
export function markSize(width: number): number {
  return width < tokens.map.small_map_below_u ? small.case_scale : 1;
}
