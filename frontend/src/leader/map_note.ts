/** What the map says instead of, or about, its dots: one line, most important first. */

import { make, mark, show, write } from "../dom";
import { count } from "../formats/numbers";
import { clock } from "../formats/times";
import type { View } from "../view";
import { pageWords } from "./page";

/** Loading is said only when it takes longer than this, in ms. */
const PATIENCE = 300;

export class MapNote {
  readonly root = make("div", "lmap-note");
  private base = "";
  private broken = false;
  private waiting: ReturnType<typeof setTimeout> | null = null;

  constructor() {
    this.root.setAttribute("role", "status");
    this.root.hidden = true;
  }

  /** The polygons are on their way. */
  loading(): void {
    this.settle();
    this.waiting = setTimeout(() => { this.base = pageWords().say("live.map.loading"); this.say(this.base, "plain"); }, PATIENCE);
  }

  loaded(words: string, broken = false): void {
    this.settle();
    this.base = words;
    this.broken = broken;
    this.say(words, broken ? "crit" : "plain");
  }

  update(live: boolean, view: View | null, refusal: string, lost: boolean): void {
    const words = pageWords();
    if (this.base) return this.say(this.base, this.broken ? "crit" : "plain");
    if (!live) return this.say(words.say("live.map.plain"), "plain");
    if (refusal) return this.say(words.say("live.map.not_live"), "warn");
    if (!view) return this.say("", "plain");
    const { map, tiles } = view.board;
    if (lost) return this.say(words.say("map.stale", { time: lastPosition(view) }), "warn");
    if (map.off_hours) return this.say(words.say("map.off_hours"), "plain");
    if (map.workers > 0 && map.seen < map.workers * 0.5) return this.say(words.say("map.loading", { n: count(map.seen), total: count(map.workers) }), "plain");
    if (tiles.workers.total === 0) return this.say(words.say("map.no_workers"), "plain");
    this.say("", "plain");
  }

  private say(text: string, tone: "plain" | "warn" | "crit"): void {
    write(this.root, text);
    mark(this.root, "tone", tone);
    show(this.root, text !== "");
  }

  private settle(): void {
    if (this.waiting !== null) clearTimeout(this.waiting);
    this.waiting = null;
    this.base = "";
    this.broken = false;
  }
}

function lastPosition(view: View): string {
  const time = view.streams.lane("positions").source?.event_time ?? view.board.meta.time;
  return clock(time, view.zone);
}
