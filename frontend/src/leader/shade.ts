/** Choropleth: classes of an indicator, the fills from light to dark, and how limits are written. */

import { MISSING } from "../formats/numbers";
import { LIGHT } from "../map/style";

export type Shade = { key: string; values: Record<string, number | null>; breaks?: number[]; unit?: string; label?: string; decimals?: number };

const CLASSES = 5;

/** A mix of two #RRGGBB colours: `share` 0 is the first. */
export function mix(from: string, to: string, share: number): string {
  const part = (hex: string, at: number) => parseInt(hex.slice(at, at + 2), 16);
  const blend = (at: number) => Math.round(part(from, at) + (part(to, at) - part(from, at)) * share).toString(16).padStart(2, "0");
  return `#${blend(1)}${blend(3)}${blend(5)}`;
}

/** Land towards the blue of the palette, kept so light that dots, marks and names read on the darkest. */
export const RAMP = [0.03, 0.11, 0.19, 0.27, 0.35].map((share) => mix(LIGHT.land, LIGHT.move, share));

/** Inner limits of the classes, ascending: those given, or quantiles without repetition. */
export function limitsOf({ values, breaks }: Shade): number[] {
  const sorted = Object.values(values).filter((value): value is number => typeof value === "number").sort((a, b) => a - b);
  const lowest = sorted[0] ?? 0, highest = sorted[sorted.length - 1] ?? 0;
  const wanted = breaks?.length ? breaks : Array.from({ length: CLASSES - 1 }, (_, i) => sorted[Math.floor((sorted.length * (i + 1)) / CLASSES)] ?? 0);
  const inner = [...new Set(wanted)].filter((limit) => limit > lowest && limit <= highest).sort((a, b) => a - b);
  return inner.slice(0, RAMP.length - 1);
}

/** Number of the class of a value: how many limits it reaches. */
export function classOf(value: number, limits: number[]): number {
  return limits.filter((limit) => value >= limit).length;
}

/** The fills used for so many classes, spread over the whole ramp. */
export function fillsFor(classes: number): string[] {
  if (classes < 2) return [RAMP[2]!];
  return Array.from({ length: classes }, (_, i) => RAMP[Math.round((i * (RAMP.length - 1)) / (classes - 1))]!);
}

export function figure(value: number | null | undefined, shade: Shade): string {
  if (value === null || value === undefined) return MISSING;
  const decimals = shade.decimals ?? (Object.values(shade.values).every((one) => one === null || Number.isInteger(one)) ? 0 : 2);
  const [whole, part] = Math.abs(value).toFixed(decimals).split(".") as [string, string?];
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : "");
  return value < 0 && Number(value.toFixed(decimals)) !== 0 ? `\u2212${text}` : text;
}

/** Words of each class: "< 90.00", "90.00 – 95.00", "≥ 95.00". */
export function classWords(limits: number[], shade: Shade): string[] {
  const written = limits.map((limit) => figure(limit, shade));
  if (!written.length) return Object.values(shade.values).some((value) => value !== null) ? [figure(Object.values(shade.values).find((value) => value !== null), shade)] : [];
  return [`< ${written[0]!}`, ...written.slice(1).map((limit, i) => `${written[i]!} – ${limit}`), `≥ ${written[written.length - 1]!}`];
}

/** A region's figure with its unit. */
export function valueText(shade: Shade, code: string): string {
  const value = shade.values[code] ?? null, text = figure(value, shade);
  if (value === null || !shade.unit) return text;
  return /^[%°]/.test(shade.unit) ? `${text}${shade.unit}` : `${text} ${shade.unit}`;
}
