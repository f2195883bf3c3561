/** Workers without WebGL: stamps in an image, so that ten thousands stay cheap; no gliding. */

import type { Workers } from "../workers";
import { type Dots, Instances, type Look, STRIDE } from "./dots";
import type { Palette } from "./style";

/** A colour as one little-endian RGBA word. */
function word(hex: string, alpha = 255): number {
  const n = parseInt(hex.slice(1), 16);
  return ((alpha << 24) | ((n & 255) << 16) | (n & 0xff00) | (n >> 16)) >>> 0;
}

type Kind = { colour: number; size: number; cross: boolean };

function kindsOf(colour: Palette): Kind[] {
  return [
    { colour: word(colour.still), size: 0.82, cross: false },
    { colour: word(colour.off), size: 1.25, cross: true },
    { colour: word(colour.move), size: 1, cross: false },
  ];
}

/** Offsets (x, y pairs) of a disc or a cross of radius `r` pixels. */
export function stamp(r: number, cross: boolean): Int16Array {
  const found: number[] = [], reach = Math.max(0, Math.ceil(r));
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      const inside = cross ? Math.abs(Math.abs(x) - Math.abs(y)) <= r * 0.3 && Math.abs(x) <= r * 0.85 : x * x + y * y <= r * r + 0.3;
      if (inside) found.push(x, y);
    }
  }
  return Int16Array.from(found);
}

export class Dots2d implements Dots {
  private readonly instances = new Instances();
  private readonly pen: CanvasRenderingContext2D;
  private image: ImageData | null = null;
  private pixels = new Uint32Array(0);

  private readonly kinds: Kind[];
  private readonly stale: number;

  constructor(readonly canvas: HTMLCanvasElement, colour: Palette) {
    this.kinds = kindsOf(colour);
    this.stale = word(colour.still, 97);
    const pen = canvas.getContext("2d");
    if (!pen) throw new Error("no 2D canvas");
    this.pen = pen;
  }

  load(workers: Workers): void {
    this.instances.load(workers);
  }

  draw(look: Look): void {
    const { width, height } = this.canvas;
    if (!this.image || this.image.width !== width || this.image.height !== height) {
      this.image = this.pen.createImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    } else this.pixels.fill(0);
    this.kinds.forEach((kind, i) => this.stampKind(look, kind, this.instances.starts[i]!, this.instances.starts[i + 1]!));
    this.pen.putImageData(this.image, 0, 0);
  }

  clear(): void {
    this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  private stampKind(look: Look, kind: Kind, first: number, end: number): void {
    const { data } = this.instances, shape = stamp(look.dot * kind.size, kind.cross), colour = look.stale ? this.stale : kind.colour;
    for (let i = first; i < end; i++) {
      const at = i * STRIDE, x = Math.round(look.to.x(data[at + 2]!)), y = Math.round(look.to.y(data[at + 3]!));
      for (let k = 0; k < shape.length; k += 2) this.put(x + shape[k]!, y + shape[k + 1]!, colour);
      const tail = look.stale ? 0 : look.tail, bx = data[at + 4]!, by = data[at + 5]!;
      if (bx !== 0 || by !== 0) for (let s = 0; s < tail; s += 0.7) this.put(Math.round(x + bx * s), Math.round(y - by * s), colour);
    }
  }

  private put(x: number, y: number, colour: number): void {
    if (x >= 0 && y >= 0 && x < this.canvas.width && y < this.canvas.height) this.pixels[y * this.canvas.width + x] = colour;
  }
}
