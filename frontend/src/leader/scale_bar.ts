/** Lengths that people read at a glance: 1, 2 or 5 times a power of ten. */

import type { Words } from "../i18n";

/** The longest nice length of at most `limit` metres. */
export function niceLength(limit: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, limit)));
  return [5, 2, 1].map((step) => step * power).find((length) => length <= limit) ?? 1;
}

export function lengthWords(metres: number, words: Words): string {
  return metres >= 1000 ? words.say("live.track.kilometres", { n: metres / 1000 }) : words.say("live.track.metres", { n: metres });
}
