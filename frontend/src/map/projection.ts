/** From metres of the plane to device pixels of a canvas: one scale, north up, everything in view. */

export type Bounds = [number, number, number, number];

export class Projection {
  readonly scale: number;
  private readonly left: number;
  private readonly top: number;

  /** `bounds` is west, south, east, north in metres; `pad` in device pixels. */
  constructor(bounds: Bounds, readonly width: number, readonly height: number, pad: number) {
    const [west, south, east, north] = bounds;
    const across = Math.max(1, east - west), up = Math.max(1, north - south);
    this.scale = Math.min((width - 2 * pad) / across, (height - 2 * pad) / up);
    this.left = (width - across * this.scale) / 2 - west * this.scale;
    this.top = (height + up * this.scale) / 2 + south * this.scale;
  }

  x(metres: number): number {
    return this.left + metres * this.scale;
  }

  y(metres: number): number {
    return this.top - metres * this.scale;
  }

  /** Clip space of WebGL as [x scale, x offset, y scale, y offset]. */
  clip(): [number, number, number, number] {
    return [(2 * this.scale) / this.width, (2 * this.left) / this.width - 1, (2 * this.scale) / this.height, 1 - (2 * this.top) / this.height];
  }
}
