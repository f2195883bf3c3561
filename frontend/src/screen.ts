/** The screen in `u`: 1u is the viewport's height / 1080. */

export function unit(): number {
  return innerHeight / 1080;
}

/** Inner width of an element in u. */
export function widthInU(target: HTMLElement): number {
  return target.clientWidth / unit();
}

export function heightInU(target: HTMLElement): number {
  return target.clientHeight / unit();
}

export function isShown(target: HTMLElement): boolean {
  return target.offsetParent !== null || target.getClientRects().length > 0;
}
