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
