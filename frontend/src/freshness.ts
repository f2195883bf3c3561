/** How fresh a stream is: thresholds with hysteresis, so that a state does not chatter at its limit. */

export type Health = "ok" | "delayed" | "lost";
export type Limits = { ok: number; lost: number };
export type Freshness = { health: Health; age: number; recovering: boolean };

/** After a delay the mark stays until the stream has been inside its limit for this long, in seconds. */
export const HOLD = 60;

export function healthOf(age: number, limits: Limits): Health {
  if (age > limits.lost) return "lost";
  return age > limits.ok ? "delayed" : "ok";
}

/** What is older than this on the screen does not go unsaid, in seconds; and for how long it must be younger until nothing is said. */
export const BEHIND = 2, CAUGHT_UP = 5;

/** Seconds to be told, 0 while there is nothing to say; `recovering` while it has just caught up. */
export type Told = { behind: number; recovering: boolean };

/** How far a picture is behind, in words that do not come and go with every picture. */
export class Lateness {
  private late = -Infinity;

  /** `age` of what is shown and `now`, in seconds of a monotonic clock. */
  update(age: number, now: number): Told {
    if (age > BEHIND) this.late = now;
    return { behind: age > BEHIND ? age : 0, recovering: age <= BEHIND && now - this.late < CAUGHT_UP };
  }
}

/** One stream's state over time. Worse states are entered at the limit; a lost stream that delivers is delayed, then ok after `HOLD`. */
export class StreamHealth {
  private health: Health = "ok";
  private insideSince: number | null = null;
  private started = false;

  /** `age` and `now` in seconds of a monotonic clock; `null` age: nothing was ever received. */
  update(age: number | null, limits: Limits, now: number): Freshness {
    const current = age === null ? "lost" : healthOf(age, limits);
    if (!this.started) this.health = current;
    else if (current === "ok" && this.health !== "ok") this.recover(now);
    else this.enter(current);
    this.started = true;
    return { health: this.health, age: age ?? Infinity, recovering: this.insideSince !== null };
  }

  private enter(current: Health): void {
    this.insideSince = null;
    this.health = current;
  }

  private recover(now: number): void {
    this.insideSince ??= now;
    this.health = now - this.insideSince >= HOLD ? "ok" : "delayed";
    if (this.health === "ok") this.insideSince = null;
  }
}
