/** Which figures a lost source takes with it, in words. */

import type { Lane, SourceHealth } from "../streams";
import type { View } from "../view";

/** What a lost source takes with it; that all else is fine only where no other source is lost. */
export function affected(view: Pick<View, "streams" | "words">, { source }: SourceHealth, others: number): string {
  const whole = view.streams.lane(source.lane as Lane).health === "lost", part = source.lane === "positions" ? "banner.partial_positions" : "banner.partial";
  const key = [source.name, ...(whole ? [source.lane] : [])].map((name) => `banner.${name}`).find((name) => view.words.has(name)) ?? part;
  const rest = `${key}.rest`, fine = !others && view.words.has(rest) ? [view.words.say(rest)] : [];
  return [view.words.say(key), ...fine].join(view.words.lang === "en" ? " " : "");
}
