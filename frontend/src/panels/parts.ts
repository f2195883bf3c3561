/** A whole and its parts: one bar of neutral greys and its legend. */

import { make, style, write } from "../dom";

export type Part = { name: string; value: number; words: string; share?: string };

const MOST = 4;

/** At most four parts; the smallest go into one that is named `other`. */
export function parts(all: Part[], other: (value: number) => Part): Part[] {
  const sorted = all.filter((part) => part.value > 0).sort((a, b) => b.value - a.value);
  if (sorted.length <= MOST) return sorted;
  return [...sorted.slice(0, MOST - 1), other(sorted.slice(MOST - 1).reduce((sum, part) => sum + part.value, 0))];
}

/** Bar segments grow in proportion; elements are made anew only when the number of parts changes. */
export function drawParts(bar: HTMLElement, legend: HTMLElement, shown: Part[]): void {
  if (bar.children.length !== shown.length) {
    bar.replaceChildren(...shown.map((_, i) => make("span", `part part-${i + 1}`)));
    legend.replaceChildren(...shown.map((_, i) => entry(i)));
  }
  shown.forEach((part, i) => {
    style(bar.children[i] as HTMLElement, "flex-grow", String(part.value));
    const [, name, value, share] = Array.from(legend.children[i]!.children) as HTMLElement[];
    write(name!, part.name);
    write(value!, part.words);
    write(share!, part.share ?? "");
  });
}

function entry(i: number): HTMLElement {
  return make("span", "part-entry", make("i", `part part-${i + 1}`), make("span", "part-name"), make("b", "part-value"), make("span", "part-share"));
}
