/**
 * Charts and grids below the first screen are made once that stands and the page has nothing else to do, one at a time, or as soon as they
 * come near: they take as much of the main thread as all else together. Their room is kept meanwhile, so nothing moves when they come.
 *
 * The renderer takes components out of the window each time it draws one: a wrapper in their place is enough.
 */

const MARK = "data-later";
/** A map or a chart that does not come holds up the next for so long, in ms; a page that never rests does for `RESTLESS`. */
const PATIENCE = 3_000, RESTLESS = 250, AGAIN = 30;
const LOADING = ".lmap-stage[data-state=loading]", DRAWN = ".main-svg, .ag-row, .ag-overlay";

type Props = Record<string, unknown> & { id?: unknown; className?: string; style?: object };
type Component = (props: Props) => unknown;
type React = {
  createElement(type: unknown, props: object): unknown;
  useEffect(act: () => (() => void) | undefined, on: unknown[]): void;
  useRef<T>(held: T): { current: T };
  useState<T>(first: T): [T, (next: T) => void];
};
type Library = Record<string, unknown>;

/** What waits to be made, in the order of the page. `bring` makes it; whoever goes before that is forgotten. */
export class Waiting {
  private readonly acts = new Map<Element, () => void>();
  private readonly near = new IntersectionObserver((seen) => { for (const { target, isIntersecting } of seen) if (isIntersecting) this.bring(target); }, { rootMargin: "120px 0px" });
  private resting = false;
  /** Whether what comes first is still being made, and since when. */
  private making: () => boolean = () => document.querySelector(LOADING) !== null;
  private since = performance.now();

  add(place: Element, act: () => void): () => void {
    this.acts.set(place, act);
    this.near.observe(place);
    this.rest();
    return () => this.forget(place);
  }

  all(): void {
    for (const place of [...this.acts.keys()]) this.bring(place);
  }

  bring(place: Element): void {
    const act = this.acts.get(place);
    this.forget(place);
    act?.();
  }

  private forget(place: Element): void {
    this.acts.delete(place);
    this.near.unobserve(place);
  }

  private rest(): void {
    if (this.resting || !this.acts.size) return;
    this.resting = true;
    requestIdleCallback(() => {
      this.resting = false;
      if (this.making() && performance.now() - this.since < PATIENCE) setTimeout(() => this.rest(), AGAIN);
      else this.next();
    }, { timeout: RESTLESS });
  }

  /** The next one that has room on the page; one that has none, as a grid on a phone, waits until it gets some. */
  private next(): void {
    const place = [...this.acts.keys()].find((one) => one.getClientRects().length > 0), around = place?.parentElement;
    if (!place || !around) return;
    this.bring(place);
    this.since = performance.now();
    this.making = () => around.isConnected && !around.querySelector(DRAWN);
    this.rest();
  }
}

/** An id as Dash writes it into the document: the keys of a pattern in the order of the alphabet. */
export function written(id: unknown): string | undefined {
  if (typeof id !== "object" || id === null) return id === undefined ? undefined : String(id);
  return JSON.stringify(Object.fromEntries(Object.entries(id).sort(([one], [other]) => (one < other ? -1 : 1))));
}

function later(made: unknown, waiting: Waiting): Component {
  const { createElement, useEffect, useRef, useState } = (window as unknown as { React: React }).React;
  return (props) => {
    const [due, setDue] = useState(false), place = useRef<Element | null>(null);
    useEffect(() => (due || !place.current ? undefined : waiting.add(place.current, () => setDue(true))), [due]);
    const { id, className, style } = props;
    return due ? createElement(made, props) : createElement("div", { ref: place, id: written(id), className, style, [MARK]: "" });
  };
}

function wrap(library: string, component: string, waiting: Waiting): void {
  const named = window as unknown as Record<string, Library | undefined>, known = named[library];
  if (known?.[component]) named[library] = { ...known, [component]: later(known[component], waiting) };
}

/** Once Dash's own scripts are there, before the renderer has anything to draw. */
export function makeLater(): void {
  const waiting = new Waiting();
  wrap("dash_core_components", "Graph", waiting);
  wrap("dash_ag_grid", "AgGrid", waiting);
  addEventListener("beforeprint", () => waiting.all());
}
