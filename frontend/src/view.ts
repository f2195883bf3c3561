import type { ServerClock } from "./clock";
import type { Words } from "./i18n";
import type { Streams } from "./streams";
import type { Board } from "./types";

/** All that a panel may look at. Panels write what differs, so showing the same view twice costs almost nothing. */
export type View = {
  board: Board; words: Words; clock: ServerClock; streams: Streams;
  /** `performance.now()` of this drawing. */
  at: number;
  /** Epoch ms of the server's clock. */
  now: number;
  /** Minutes east of Greenwich. */
  zone: number;
};

export type Panel = (view: View) => void;

/** What the scope is called: a region by its name, all that there is by its level. */
export function scopeName({ board: { meta }, words }: View): string {
  if (!meta.root) return words.name(meta.name);
  return words.say(words.has(`scope.all.${meta.level}`) ? `scope.all.${meta.level}` : "scope.all");
}
