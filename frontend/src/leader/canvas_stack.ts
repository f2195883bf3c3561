/** Canvases on top of each other: sized to their place in device pixels, each drawn in the next frame after it was asked for. */

type Drawing = (name: string) => void;

export class CanvasStack {
  width = 0;
  height = 0;
  /** Device pixels of a CSS pixel. */
  ratio = 1;
  private readonly waiting = new Set<string>();
  private scheduled = false;

  /** `resized` is called before everything is drawn in a new size. */
  constructor(private readonly place: HTMLElement, private readonly canvases: () => Record<string, HTMLCanvasElement>, private readonly drawing: Drawing, private readonly resized: () => void) {
    new ResizeObserver(() => this.fit()).observe(place);
  }

  pen(name: string): CanvasRenderingContext2D {
    const pen = this.canvases()[name]!.getContext("2d")!;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    return pen;
  }

  /** Draw these in the next frame. */
  ask(...names: string[]): void {
    for (const name of names) this.waiting.add(name);
    if (this.scheduled || !this.width) return;
    this.scheduled = true;
    if (document.visibilityState === "hidden") setTimeout(() => this.run(), 0);
    else requestAnimationFrame(() => this.run());
  }

  /** Take the size of the place; a canvas that changes its size is empty and drawn again. */
  fit(): void {
    this.ratio = devicePixelRatio || 1;
    const width = Math.floor(this.place.clientWidth * this.ratio), height = Math.floor(this.place.clientHeight * this.ratio);
    if (width < 2 || height < 2) return;
    const all = this.canvases(), stale = Object.entries(all).filter(([, canvas]) => canvas.width !== width || canvas.height !== height);
    for (const [, canvas] of stale) Object.assign(canvas, { width, height });
    this.width = width;
    this.height = height;
    if (!stale.length) return;
    this.resized();
    this.ask(...Object.keys(all));
  }

  private run(): void {
    this.scheduled = false;
    const names = [...this.waiting];
    this.waiting.clear();
    for (const name of names) this.drawing(name);
  }
}
