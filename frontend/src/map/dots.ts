/** What both ways of drawing workers share: which are drawn, in which order, how. */

import { MOVING, NEVER_SEEN, SILENT, STILL } from "../frames";
import type { Workers } from "../workers";
import type { Projection } from "./projection";

/** Painted in this order: what moves lies on top. */
export const ORDER = [STILL, SILENT, MOVING] as const;

/** Numbers per worker: from x, from y, x, y in metres, tail's end as a unit vector (0, 0 without tail). */
export const STRIDE = 6;

export type Look = {
  to: Projection;
  /** Device pixels. */
  dot: number; tail: number;
  /** Last positions of a lost stream: grey, without movement. */
  stale: boolean;
};

export type Dots = {
  /** New positions; the glide starts over. */
  load(workers: Workers): void;
  /** Draw at `t` between the last two places (0..1). */
  draw(look: Look, t: number): void;
  clear(): void;
  readonly canvas: HTMLCanvasElement;
};

/** Instances grouped by state in painting order, in one buffer that grows and is kept. */
export class Instances {
  data = new Float32Array(0);
  /** Start of each group of `ORDER`, and the end. */
  starts = [0, 0, 0, 0];

  load(workers: Workers): void {
    const { n, state, x } = workers, counts = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) if (x[i] !== NEVER_SEEN) counts[state[i]!]!++;
    const [still, silent, moving] = ORDER.map((kind) => counts[kind]!) as [number, number, number];
    this.starts = [0, still, still + silent, still + silent + moving];
    if (this.data.length < n * STRIDE) this.data = new Float32Array(n * STRIDE);
    this.fill(workers);
  }

  private fill({ n, state, x, y, fromX, fromY, backX, backY }: Workers): void {
    const next = [0, this.starts[2]!, this.starts[0]!, this.starts[1]!], { data } = this;
    for (let i = 0; i < n; i++) {
      const kind = state[i]!;
      if (kind === 0 || x[i] === NEVER_SEEN) continue;
      const at = next[kind]!++ * STRIDE, tail = kind === MOVING;
      data[at] = fromX[i]! === NEVER_SEEN ? x[i]! : fromX[i]!;
      data[at + 1] = fromY[i]! === NEVER_SEEN ? y[i]! : fromY[i]!;
      data[at + 2] = x[i]!;
      data[at + 3] = y[i]!;
      data[at + 4] = tail ? backX[i]! : 0;
      data[at + 5] = tail ? backY[i]! : 0;
    }
  }
}
