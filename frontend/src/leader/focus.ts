/** Who walks the pages by keyboard keeps the place: the renderer draws a page anew, and what had the focus is gone. */

const CHOICES = "a, button, summary, input, select, [aria-current]";

type Place = { element: HTMLElement; key: string; number: number; page: string };

let last: Place | null = null;

/** What an element is called within its part of the page; there may be several of a name. */
function keyOf(element: Element): string {
  const part = element.closest("section, nav, form, header, table")?.classList[0] ?? "";
  return `${part} ${element.getAttribute("name") ?? element.textContent}`;
}

function alike(root: Element, key: string): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(CHOICES)].filter((element) => keyOf(element) === key);
}

function onFocus({ target }: FocusEvent): void {
  const root = document.getElementById("leader");
  if (!(target instanceof HTMLElement) || !root?.contains(target)) return;
  last = null;
  if (!target.matches(CHOICES)) return;
  const key = keyOf(target);
  last = { element: target, key, number: alike(root, key).indexOf(target), page: root.dataset.page ?? "" };
}

/** Leaving an element that stays on the page is meant; one that is taken away is looked for on the next page. */
function onBlur({ target }: FocusEvent): void {
  queueMicrotask(() => {
    if (last && last.element === target && last.element.isConnected) last = null;
  });
}

export function keepFocus(): void {
  document.addEventListener("focusin", onFocus);
  document.addEventListener("focusout", onBlur);
}

/** Focus what had it before a page was drawn anew: the same choice, the menu it lies in, or the text of another page. */
export function restoreFocus(root: HTMLElement): void {
  if (!last || last.element.isConnected || document.activeElement !== document.body) return;
  const found = alike(root, last.key), same = found[last.number] ?? found[0];
  const target = same?.closest("details:not([open])")?.querySelector<HTMLElement>("summary") ?? same;
  const next = target ?? (root.dataset.page === last.page ? null : root.querySelector<HTMLElement>("main"));
  if (!next) return;
  if (next.tabIndex < 0) next.tabIndex = -1; // a choice that is in force now is no link any more
  next.focus({ preventScroll: true });
}
