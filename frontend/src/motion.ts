/** Whether things may move: the person's wish for less motion turns every animation into an instant change. */

const wish = typeof matchMedia === "function" ? matchMedia("(prefers-reduced-motion: reduce)") : null;

export function reduced(): boolean {
  return wish?.matches ?? false;
}
