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
