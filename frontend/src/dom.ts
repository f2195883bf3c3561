/** Writing to the page: text nodes only, and only what has changed. */

import type { Segment } from "./i18n";
import { icon, setIcon } from "./icons";
import { restart } from "./motion";

/** The element the layout promised; a missing one is a fault of the build. */
export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the layout has no element "${id}"`);
  return found as T;
}

export function make(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

/** Set an element's only text; false when it already says so. */
export function write(target: HTMLElement, text: string): boolean {
  const first = target.firstChild;
  if (first && first === target.lastChild && first.nodeType === Node.TEXT_NODE) {
    if ((first as Text).data === text) return false;
    (first as Text).data = text;
    return true;
  }
  if (!first && text === "") return false;
  target.textContent = text;
  return true;
}

export function classOf(target: HTMLElement, name: string): void {
  if (target.className !== name) target.className = name;
}

export function show(target: HTMLElement, visible: boolean): void {
  if (target.hidden === visible) target.hidden = !visible;
}

export function mark(target: HTMLElement, key: string, value: string): void {
  if (target.dataset[key] !== value) target.dataset[key] = value;
}

/** Set a property of the element's style, if it is another one. */
export function style(target: HTMLElement | SVGElement, property: string, value: string): void {
  if (target.style.getPropertyValue(property) !== value) target.style.setProperty(property, value);
}

/** Replace a number in place: the old one fades out over the new one, so digits that stay seem to stand still. */
export function crossFade(target: HTMLElement, text: string): void {
  const before = target.textContent ?? "";
  if (!write(target, text) || before === "") return;
  mark(target, "before", before);
  restart(target, "fade");
}

function segmentNode({ text, style: kind }: Segment): Element {
  if (kind === "icon") return icon(text);
  return make(kind === "strong" ? "b" : "span", kind === "mark" ? "marked" : "", text);
}

/** Write a message of parts; elements are made anew only when the parts' kinds change. */
export function writeSegments(target: HTMLElement, segments: Segment[]): void {
  const shape = segments.map((segment) => segment.style.charAt(0) || "-").join("");
  if (target.dataset.shape === shape) {
    segments.forEach(({ text, style: kind }, i) => {
      const part = target.children[i]!;
      if (kind === "icon") setIcon(part as SVGElement, text);
      else write(part as HTMLElement, text);
    });
    return;
  }
  target.dataset.shape = shape;
  target.replaceChildren(...segments.map(segmentNode));
}

export function attribute(target: Element, name: string, value: string): void {
  if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}
