/** From metres of the plane to device pixels of a canvas: one scale, north up. */

export type Bounds = [number, number, number, number];

/** What part is looked at: `zoom` 1 shows everything; the middle of the view lies `x`, `y` metres from the middle of the bounds. */
export type Camera = { zoom: number; x: number; y: number };

export const WHOLE: Camera = { zoom: 1, x: 0, y: 0 };

export class Projection {
  readonly scale: number;
  private readonly left: number;
  private readonly top: number;

  /** `bounds` is west, south, east, north in metres; `pad` in device pixels. */
  constructor(bounds: Bounds, readonly width: number, readonly height: number, pad: number, camera: Camera = WHOLE) {
    const [west, south, east, north] = bounds;
    const across = Math.max(1, east - west), up = Math.max(1, north - south);
    this.scale = Math.min((width - 2 * pad) / across, (height - 2 * pad) / up) * camera.zoom;
    this.left = width / 2 - ((west + east) / 2 + camera.x) * this.scale;
    this.top = height / 2 + ((south + north) / 2 + camera.y) * this.scale;
  }

  x(metres: number): number {
    return this.left + metres * this.scale;
  }

  y(metres: number): number {
    return this.top - metres * this.scale;
  }

  /** Metres of a place on the canvas. */
  east(x: number): number {
    return (x - this.left) / this.scale;
  }

  north(y: number): number {
    return (this.top - y) / this.scale;
  }

  /** Clip space of WebGL as [x scale, x offset, y scale, y offset]. */
  clip(): [number, number, number, number] {
    return [(2 * this.scale) / this.width, (2 * this.left) / this.width - 1, (2 * this.scale) / this.height, 1 - (2 * this.top) / this.height];
  }
}
