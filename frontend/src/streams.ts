/** Health of the sources and of the connection, and what panels make of it. */

import type { ServerClock } from "./clock";
import { type Freshness, type Health, Lateness, StreamHealth, type Told } from "./freshness";
import type { Source } from "./types";

/** Without a message for this long (the server sends a pulse every 5 s) the connection counts as lost, in seconds. */
export const SILENCE = 15;

export type Lane = "positions" | "cases" | "indicators" | "stock";
export type SourceHealth = Freshness & { source: Source };

const RANK: Record<Health, number> = { ok: 0, delayed: 1, lost: 2 };

/** When a source was last heard of. Cases may rightly be quiet, so an empty delivery counts for them. */
export function lastHeard(source: Source): number | null {
  if (source.lane === "positions") return source.event_time;
  const times = [source.event_time, source.arrived].filter((time): time is number => time !== null);
  return times.length ? Math.max(...times) : null;
}

export class Streams {
  private readonly states = new Map<string, StreamHealth>();
  all: SourceHealth[] = [];
  /** Seconds without any message of the server, 0 while it talks. */
  silent = 0;
  /** How far the dots are behind: the age of the frame, and how long its newest fixes had waited to be taken in. */
  dots: Told = { behind: 0, recovering: false };
  private readonly lateness = new Lateness();

  /** `frame`: what time the dots are of, epoch ms; 0 where none were drawn yet. */
  update(sources: Source[], clock: ServerClock, at: number, frame = 0): void {
    const silence = clock.silence(at);
    this.silent = silence > SILENCE ? silence : 0;
    this.all = sources.map((source) => ({ source, ...this.stateOf(source, clock, at) }));
    const waited = Math.max(0, ...sources.filter(({ lane }) => lane === "positions").map((source) => source.waited));
    if (frame) this.dots = this.lateness.update(clock.age(frame, at) + waited, at / 1000);
  }

  /**
   * Health of what a panel rests on. A lost connection loses every panel; a lane is as well as its leading source, the one of
   * its name. One that is merely configured and never delivered leads nothing: then the best of the lane counts.
   */
  lane(lane: Lane): Freshness & { error: string; source: Source | null } {
    const own = this.all.find(({ source }) => source.name === lane && lastHeard(source) !== null) ?? this.best(lane);
    const found = own ?? { health: "ok" as Health, age: 0, recovering: false, source: null };
    const health = this.silent ? "lost" : found.health;
    const age = this.silent ? Math.max(this.silent, found.age === Infinity ? 0 : found.age) : found.age;
    return { health, age, recovering: found.recovering, error: found.source?.error ?? "", source: found.source };
  }

  private best(lane: Lane): SourceHealth | undefined {
    const inLane = this.all.filter(({ source }) => source.lane === lane);
    return inLane.sort((a, b) => RANK[a.health] - RANK[b.health])[0];
  }

  private stateOf(source: Source, clock: ServerClock, at: number): Freshness {
    let state = this.states.get(source.name);
    if (!state) this.states.set(source.name, (state = new StreamHealth()));
    const heard = lastHeard(source);
    return state.update(heard === null ? null : clock.age(heard, at), source, at / 1000);
  }
}
