/** A time between two ends that can be moved by hand or run at a speed. */

export const SPEEDS = [1, 60, 600] as const;

export class Playback {
  at: number;
  speed = 60;
  running = false;
  private before = 0;

  /** `from` and `to` in epoch ms; starts at the end, where the whole day is seen. */
  constructor(readonly from: number, readonly to: number, private readonly moved: () => void) {
    this.at = to;
  }

  seek(at: number): void {
    this.at = Math.min(this.to, Math.max(this.from, at));
    this.moved();
  }

  /** Run on from here, from the start when it stands at the end; or stand still. */
  toggle(): void {
    this.running = !this.running;
    if (this.running && this.at >= this.to) this.at = this.from;
    this.before = performance.now();
    this.moved();
    if (this.running) requestAnimationFrame((now) => this.run(now));
  }

  stop(): void {
    this.running = false;
  }

  /** Carry the time on by real milliseconds; stops at the end. */
  advance(elapsed: number): void {
    this.at = Math.min(this.to, this.at + elapsed * this.speed);
    if (this.at >= this.to) this.running = false;
    this.moved();
  }

  private run(now: number): void {
    if (!this.running) return;
    this.advance(Math.max(0, now - this.before));
    this.before = now;
    if (this.running) requestAnimationFrame((next) => this.run(next));
  }
}
