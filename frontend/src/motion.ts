/** Movement is declared in the style sheet; here it is only started anew. */

const wish = typeof matchMedia === "function" ? matchMedia("(prefers-reduced-motion: reduce)") : null;

/** The person's wish for less motion turns every animation into an instant change. */
export function reduced(): boolean {
  return wish?.matches ?? false;
}

/** Start a named animation of an element again: the sheet has each under two names, and changing the name starts it. */
export function restart(target: HTMLElement, name: string): void {
  target.dataset[name] = target.dataset[name] === "a" ? "b" : "a";
}
