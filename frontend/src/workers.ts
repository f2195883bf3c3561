import { type Delta, type Frame, type Keyframe, NEVER_SEEN } from "./frames";

/** A longer step between two fixes is redrawn at its end, never animated, in metres. */
export const JUMP = 500;

/** Radians counter-clockwise from east of a heading on the wire. */
function angle(heading: number): number {
  return ((heading - 1) / 255) * 2 * Math.PI;
}

/** Every worker's last two places (metres of the plane), state and direction, by slot. */
export class Workers {
  n = 0;
  slab = 0;
  version = 0;
  time = 0;
  x: Int32Array = new Int32Array(0);
  y: Int32Array = new Int32Array(0);
  fromX: Int32Array = new Int32Array(0);
  fromY: Int32Array = new Int32Array(0);
  state: Uint8Array = new Uint8Array(0);
  /** Where each came from, as a unit vector; 0, 0 when unknown. */
  backX = new Float32Array(0);
  backY = new Float32Array(0);
  /** The longest animated step of the last frame, in metres. */
  longestStep = 0;

  /** False when a delta builds on another slab: the caller subscribes again. */
  apply(frame: Frame): boolean {
    const { header } = frame;
    if (frame.delta && (header.from !== this.slab || header.n !== this.n)) return false;
    if (frame.key) this.reset(frame.key, header.n);
    else this.advance(frame.delta);
    this.slab = header.slab;
    this.version = header.version;
    this.time = header.time;
    return true;
  }

  clear(): void {
    this.n = 0;
    this.slab = 0;
  }

  private reset(key: Keyframe, n: number): void {
    this.n = n;
    this.x = key.x;
    this.y = key.y;
    this.fromX = key.x.slice();
    this.fromY = key.y.slice();
    this.state = key.state;
    this.backX = Float32Array.from(key.heading, (h) => (h === 0 ? 0 : -Math.cos(angle(h))));
    this.backY = Float32Array.from(key.heading, (h) => (h === 0 ? 0 : -Math.sin(angle(h))));
    this.longestStep = 0;
  }

  private advance(delta: Delta): void {
    this.fromX.set(this.x);
    this.fromY.set(this.y);
    this.longestStep = 0;
    this.step(delta);
    this.jump(delta);
    for (let i = 0; i < delta.changeSlots.length; i++) this.state[delta.changeSlots[i]!] = delta.changeStates[i]!;
  }

  private step({ bitmap, dx, dy }: Delta): void {
    let at = 0, longest = 0;
    for (let byte = 0; byte < bitmap.length; byte++) {
      for (let bits = bitmap[byte]!; bits; bits &= bits - 1) {
        const slot = byte * 8 + (31 - Math.clz32(bits & -bits));
        const stepX = dx[at]!, stepY = dy[at]!;
        at++;
        this.x[slot]! += stepX;
        this.y[slot]! += stepY;
        const length = Math.sqrt(stepX * stepX + stepY * stepY);
        if (length > 0) {
          this.backX[slot] = -stepX / length;
          this.backY[slot] = -stepY / length;
        }
        if (length > longest) longest = length;
      }
    }
    this.longestStep = longest;
  }

  private jump({ jumpSlots, jumpX, jumpY }: Delta): void {
    for (let i = 0; i < jumpSlots.length; i++) {
      const slot = jumpSlots[i]!, x = jumpX[i]!, y = jumpY[i]!;
      const east = x - this.x[slot]!, north = y - this.y[slot]!;
      const length = this.x[slot] === NEVER_SEEN ? Infinity : Math.hypot(east, north);
      this.x[slot] = x;
      this.y[slot] = y;
      if (length > JUMP) this.place(slot);
      else if (length > 0) {
        this.backX[slot] = -east / length;
        this.backY[slot] = -north / length;
        this.longestStep = Math.max(this.longestStep, length);
      }
    }
  }

  private place(slot: number): void {
    this.fromX[slot] = this.x[slot]!;
    this.fromY[slot] = this.y[slot]!;
    this.backX[slot] = this.backY[slot] = 0;
  }
}
