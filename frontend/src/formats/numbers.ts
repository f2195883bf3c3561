/** Numbers as people read them. Fractions stay fractions until the last step and are rounded half up once. */

import type { Fraction } from "../types";

export const MISSING = "—";
export type Lang = "zh-CN" | "en";

/** 8214 → "8,214"; a true minus sign; "—" for what is not known. */
export function count(n: number | null | undefined): string {
  if (n === null || n === undefined || !Number.isFinite(n)) return MISSING;
  const digits = Math.abs(Math.round(n)).toString().replace(/\B(?=(\d{3})+$)/g, ",");
  return n < 0 ? `\u2212${digits}` : digits;
}

/** n·scale / d rounded half up, exactly: remainders of integers, no binary fractions. */
function quotient(n: bigint, d: bigint): bigint {
  const whole = n / d;
  return (n % d) * 2n >= d ? whole + 1n : whole;
}

function decimal(units: bigint, decimals: number): string {
  const digits = units.toString().padStart(decimals + 1, "0");
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** Percent without its sign: (8111, 8216) → "98.72". Never "100.00" while anything is outside, "—" over nothing. */
export function percent({ n, d }: Fraction, decimals: number): string {
  if (!d) return MISSING;
  const scale = 100n * 10n ** BigInt(decimals);
  const units = quotient(BigInt(Math.round(n)) * scale, BigInt(Math.round(d)));
  return decimal(n < d && units >= scale ? scale - 1n : units, decimals);
}

export type Change = { direction: -1 | 0 | 1; text: string };

/** Difference of two rates in percentage points, two decimals, rounded once; `null` when one of them is over nothing. */
export function points(now: Fraction, then: Fraction): Change | null {
  if (!now.d || !then.d) return null;
  const difference = BigInt(now.n) * BigInt(then.d) - BigInt(then.n) * BigInt(now.d);
  const size = difference < 0n ? -difference : difference;
  const units = quotient(size * 10000n, BigInt(now.d) * BigInt(then.d));
  return { direction: units === 0n ? 0 : difference < 0n ? -1 : 1, text: decimal(units, 2) };
}

/** Growth against an earlier count in percent, one decimal; `null` when there was nothing before. */
export function growth(now: number, before: number | null): Change | null {
  if (!before) return null;
  const text = percent({ n: Math.abs(now - before), d: before }, 1);
  return { direction: Math.sign(now - before) as Change["direction"], text };
}

/** A score always has two decimals. */
export function score(value: number | null | undefined): string {
  if (value === null || value === undefined) return MISSING;
  return (Math.round(value * 100 + 1e-7) / 100).toFixed(2);
}

/** Large stocks: 2147000 → ["214.7", "万"], in English ["2.147", "M"]; small ones keep their commas. */
export function large(n: number | null | undefined, lang: Lang): [string, string] {
  if (n === null || n === undefined) return [MISSING, ""];
  if (lang === "en") return n >= 1e6 ? [decimal(quotient(BigInt(n), 1000n), 3), "M"] : [count(n), ""];
  if (n >= 1e8) return [decimal(quotient(BigInt(n), 1_000_000n), 2), "亿"];
  return n >= 1e4 ? [decimal(quotient(BigInt(n), 1000n), 1), "万"] : [count(n), ""];
}

/** A target as a share of one: 0.98 → "98". */
export function target(share: number): string {
  return (Math.round(share * 10000) / 100).toString();
}

/** Whether a rate reaches its target, decided on the fraction, not on the rounded text. */
export function reached({ n, d }: Fraction, share: number): boolean {
  return n >= share * d - 1e-9 * d;
}
