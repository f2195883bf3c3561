/**
 * Sizes on the screen, in `u` (1u is the viewport's height / 1080). Asking the browser forces a layout, so each element is asked once
 * and again only after it has changed its size; drawing between such changes never waits for a layout.
 */

type Size = { width: number; height: number };

const sizes = new Map<Element, Size>();
let changed: () => void = () => undefined;
const observer = typeof ResizeObserver === "function" ? new ResizeObserver((entries) => forget(entries)) : null;

function forget(entries: ResizeObserverEntry[]): void {
  for (const { target } of entries) {
    const before = sizes.get(target);
    if (before && before.width === target.clientWidth && before.height === target.clientHeight) continue;
    sizes.delete(target);
    changed();
  }
}

function sizeOf(target: HTMLElement): Size {
  let size = sizes.get(target);
  if (!size) {
    size = { width: target.clientWidth, height: target.clientHeight };
    sizes.set(target, size);
    observer?.observe(target);
  }
  return size;
}

/** Calls `redraw` after an element that was asked for has another size. */
export function onSizeChange(redraw: () => void): void {
  changed = redraw;
}

export function unit(): number {
  return innerHeight / 1080;
}

/** Inner width of an element in u, padding included. */
export function widthInU(target: HTMLElement): number {
  return sizeOf(target).width / unit();
}

export function heightInU(target: HTMLElement): number {
  return sizeOf(target).height / unit();
}

/** Inner size of an element in pixels as one word, to compare with an earlier one. */
export function sizeKey(target: HTMLElement): string {
  const { width, height } = sizeOf(target);
  return `${width}x${height}`;
}

/** Whether a panel is on this screen at all: wide panels are not laid out on narrow walls. */
export function isShown(target: HTMLElement): boolean {
  return sizeOf(target).width > 0;
}
