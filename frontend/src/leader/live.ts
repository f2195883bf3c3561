/** The live state behind a page: one connection that outlives the pages, its board, workers and clock, and the pause. */

import { ServerClock } from "../clock";
import type { Frame } from "../frames";
import { Subscription } from "../socket";
import { Streams } from "../streams";
import type { Board } from "../types";
import type { View } from "../view";
import { Workers } from "../workers";
import { pageWords } from "./page";

/** A connection that no page needs any more is kept for this long, in ms. */
const KEEP = 30_000;

export type LiveListener = {
  /** Something that a drawing rests on has changed. */
  changed(): void;
  /** New positions are there. */
  moved(): void;
};

export class Live {
  readonly clock = new ServerClock();
  readonly streams = new Streams();
  readonly workers = new Workers();
  refusal = "";
  /** Instant (epoch ms) since which live changes are held back, or null. */
  paused: number | null = null;
  private region: string | null = null;
  private subscription: Subscription | null = null;
  private newest: Board | null = null;
  private shown: Board | null = null;
  private leaving: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly listener: LiveListener) {}

  /** Follow a region; null: nothing on the page is live, and after a while the connection is closed. */
  watch(region: string | null, positions: boolean): void {
    if (this.leaving !== null) clearTimeout(this.leaving);
    this.leaving = null;
    if (region === null) this.leaving = setTimeout(() => this.leave(), KEEP);
    else this.follow(region, positions);
  }

  /** What panels may look at, as it stood when the pause began; null before the first board of the region. */
  view(at: number): View | null {
    const board = this.shown;
    if (!board) return null;
    if (this.paused === null) this.streams.update(board.sources, this.clock, at);
    return { board, words: pageWords(), clock: this.clock, streams: this.streams, at, now: this.clock.now(at), zone: board.meta.zone_minutes };
  }

  pause(hold: boolean): void {
    this.paused = hold ? this.clock.known ? this.clock.now(performance.now()) : Date.now() : null;
    if (!hold) {
      this.shown = this.newest;
      if (this.workers.n) this.listener.moved();
    }
    this.listener.changed();
  }

  private follow(region: string, positions: boolean): void {
    if (this.region !== region) this.forget();
    this.region = region;
    if (this.subscription) return this.subscription.watch(region, positions);
    this.subscription = new Subscription(region, {
      board: (board) => this.onBoard(board),
      frame: (frame) => this.onFrame(frame),
      time: (time) => this.clock.set(time, performance.now(), this.newest?.meta.speed ?? 1),
      refused: (error) => this.onRefused(error),
      connected: () => this.listener.changed(),
    }, positions);
  }

  private forget(): void {
    this.newest = this.shown = null;
    this.paused = null;
    this.refusal = "";
    this.workers.clear();
  }

  private leave(): void {
    this.subscription?.close();
    this.subscription = null;
    this.region = null;
    this.forget();
  }

  private onBoard(board: Board): void {
    if (this.clock.speed !== board.meta.speed) this.clock.set(board.meta.time, performance.now(), board.meta.speed);
    this.newest = board;
    this.refusal = "";
    if (this.paused !== null && this.shown) return;
    this.shown = board;
    this.listener.changed();
  }

  private onFrame(frame: Frame): boolean {
    if (!this.workers.apply(frame)) return false;
    if (this.paused === null) this.listener.moved();
    return true;
  }

  private onRefused(error: string): void {
    this.refusal = error;
    this.listener.changed();
  }
}
