/** The server's present, carried on between messages by the machine's monotonic timer. */

/** Messages that lag less than this behind the carried clock do not turn it back, in ms. */
const TOLERANCE = 2000;

export class ServerClock {
  private time = 0;
  private at = 0;
  private heard = 0;
  speed = 1;

  /** A message of the server said that it is `time` (epoch ms); `at` is `performance.now()`. */
  set(time: number, at: number, speed = this.speed): void {
    this.heard = at;
    const lag = this.now(at) - time;
    if (this.known && speed === this.speed && lag >= 0 && lag < TOLERANCE * speed) return;
    this.time = time;
    this.at = at;
    this.speed = speed;
  }

  get known(): boolean {
    return this.time > 0;
  }

  /** Epoch ms of the data directory's clock. */
  now(at: number): number {
    return this.time + (at - this.at) * this.speed;
  }

  /** Seconds since an instant as a person in front of the wall feels them, also when the clock runs faster. */
  age(instant: number, at: number): number {
    return Math.max(0, (this.now(at) - instant) / 1000 / Math.max(1, this.speed));
  }

  /** Seconds since the server was last heard of. */
  silence(at: number): number {
    return (at - this.heard) / 1000;
  }
}
