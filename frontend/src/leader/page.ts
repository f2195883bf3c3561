/** The page of the drill-down around everything alive: its root element, and the way to another address. */

import type { Lang } from "../formats/numbers";
import { Words } from "../i18n";

const vocabularies = new Map<Lang, Words>();

/** The root of a drill-down page, or null on other pages. */
export function leaderRoot(): HTMLElement | null {
  return document.getElementById("leader");
}

/** The document has the language and the name of the page; Dash gives all pages the same. */
export function nameDocument(root: HTMLElement): void {
  const { lang = "zh-CN" } = root.dataset, html = document.documentElement;
  const brand = [...(root.querySelector(".brand")?.children ?? [])].map((part) => part.textContent?.trim());
  const title = [root.querySelector("h1")?.textContent?.trim(), brand.join(" ")].filter(Boolean).join(" · ");
  if (html.lang !== lang) html.lang = lang;
  if (title && document.title !== title) document.title = title;
}

export function pageWords(): Words {
  const lang: Lang = leaderRoot()?.dataset.lang === "en" ? "en" : "zh-CN";
  let words = vocabularies.get(lang);
  if (!words) vocabularies.set(lang, (words = new Words(lang)));
  return words;
}

/** A path of this site as `layouts/address.py` writes it; whatever else is no address to go to. */
export function isOwnPath(href: unknown): href is string {
  return typeof href === "string" && /^\/(?![/\\])/.test(href);
}

/** Show another address the way Dash's own links do: no reload, and the back button comes back. ``stay``: do not scroll. */
export function navigate(href: string, stay = false): void {
  if (!isOwnPath(href)) return;
  history.pushState({}, "", href);
  dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  if (!stay) scrollTo(0, 0);
}

/** Whether a click on a link asks for this window (no new tab, no download). */
export function isPlain(event: MouseEvent): boolean {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}

/** The JSON of a slot's `data-options`; an empty record where it cannot be read. */
export function optionsOf<T extends object>(slot: HTMLElement): Partial<T> {
  try {
    const found: unknown = JSON.parse(slot.dataset.options ?? "{}");
    return typeof found === "object" && found !== null ? (found as Partial<T>) : {};
  } catch {
    return {};
  }
}
