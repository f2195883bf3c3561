/** Workers on a canvas of their own: glides to new positions as often as the movement can be seen, then rests. */

import { reduced } from "../motion";
import type { Workers } from "../workers";
import type { Dots, Look } from "./dots";
import { Dots2d } from "./dots_2d";
import { DotsGl } from "./dots_gl";
import type { Palette } from "./style";

const GLIDE = 1000;
/** A glide is drawn in steps of about this many pixels: slower movement needs fewer drawings. */
const STEP = 0.5;

export class DotLayer {
  private dots: Dots;
  private look: Look | null = null;
  private glideFrom = -Infinity;
  private drawing = 0;

  /** `replaced` is called after another canvas took the place of the one before: it has to get its size again. */
  constructor(private readonly workers: Workers, private readonly colour: Palette, private readonly replaced: () => void) {
    this.dots = this.makeDots();
  }

  get canvas(): HTMLCanvasElement {
    return this.dots.canvas;
  }

  get usesGl(): boolean {
    return this.dots instanceof DotsGl;
  }

  /** Draw so from now on; null draws nobody. */
  show(look: Look | null): void {
    this.look = look;
    this.draw(1);
  }

  /** New positions arrived. */
  moved(): void {
    this.dots.load(this.workers);
    this.glideFrom = performance.now();
    if (!this.drawing) this.animate();
  }

  private makeDots(): Dots {
    try {
      return new DotsGl(document.createElement("canvas"), this.colour, () => this.draw(1), () => this.fallBack());
    } catch {
      return new Dots2d(document.createElement("canvas"), this.colour);
    }
  }

  /** The graphics card is gone for good: the same dots without it. */
  private fallBack(): void {
    if (!this.usesGl) return;
    const old = this.dots.canvas;
    this.dots = new Dots2d(document.createElement("canvas"), this.colour);
    old.replaceWith(this.dots.canvas);
    this.dots.load(this.workers);
    this.replaced();
  }

  private animate(): void {
    const now = performance.now(), still = reduced() || !this.usesGl || !this.look || this.look.stale;
    const t = still ? 1 : Math.min(1, (now - this.glideFrom) / GLIDE);
    this.draw(t);
    this.drawing = 0;
    if (t >= 1) return;
    const pixels = this.workers.longestStep * (this.look?.to.scale ?? 0), steps = Math.min(60, Math.max(1, pixels / STEP));
    this.drawing = 1;
    const wait = Math.min(GLIDE / steps, GLIDE - (now - this.glideFrom));
    if (wait < 17) requestAnimationFrame(() => this.animate());
    else setTimeout(() => requestAnimationFrame(() => this.animate()), wait);
  }

  private draw(t: number): void {
    if (this.look) this.dots.draw(this.look, t);
    else this.dots.clear();
  }
}
