/**
 * Charts and grids below the first screen are made once that stands and the page has nothing else to do, one at a time, or as soon as they
 * come near: they take as much of the main thread as all else together. Their room is kept meanwhile, so nothing moves when they come.
 *
 * The renderer takes components out of the window each time it draws one: a wrapper in their place is enough.
 */

import { bringGrid } from "./grid";

const MARK = "data-later", WALL = "/wall";
/** A map or a chart that does not come holds up the next for so long, in ms; a page that never rests does for `RESTLESS`. */
const PATIENCE = 3_000, RESTLESS = 250, AGAIN = 30, RETRY = 5_000;
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
  /** The room of what was made last, and since when that or the map is waited for. */
  private last: Element | null = null;
  private since = 0;

  add(place: Element, act: () => void): () => void {
    if (!this.acts.size) this.since = performance.now();
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
      if (this.waits()) setTimeout(() => this.rest(), AGAIN);
      else this.next();
    }, { timeout: RESTLESS });
  }

  private waits(): boolean {
    const making = this.last?.isConnected && !this.last.querySelector(DRAWN);
    return (making || document.querySelector(LOADING) !== null) && performance.now() - this.since < PATIENCE;
  }

  /** The next one that has room on the page; one that has none, as a grid on a phone, waits until it gets some. */
  private next(): void {
    const place = [...this.acts.keys()].find((one) => one.getClientRects().length > 0);
    if (!place) return;
    this.last = place.parentElement;
    this.since = performance.now();
    this.bring(place);
    this.rest();
  }
}

/** An id as Dash writes it into the document: the keys of a pattern in the order of the alphabet. */
export function written(id: unknown): string | undefined {
  if (typeof id !== "object" || id === null) return id === undefined ? undefined : String(id);
  return JSON.stringify(Object.fromEntries(Object.entries(id).sort(([one], [other]) => (one < other ? -1 : 1))));
}

/** What stands under a component's name: room for it, then what `made` gives. `ready` is awaited in between, again after a failure. */
function later(made: () => unknown, waiting: Waiting, ready: () => Promise<void>): Component {
  const { createElement, useEffect, useRef, useState } = (window as unknown as { React: React }).React;
  return (props) => {
    const [due, setDue] = useState(false), [tries, setTries] = useState(0), place = useRef<Element | null>(null);
    const bring = () => void ready().then(() => setDue(true), () => setTimeout(() => setTries(tries + 1), RETRY));
    useEffect(() => (due || !place.current ? undefined : waiting.add(place.current, bring)), [due, tries]);
    const { id, className, style } = props;
    return due ? createElement(made(), props) : createElement("div", { ref: place, id: written(id), className, style, [MARK]: "" });
  };
}

/** Put the wrapper into a component's place; a library that is loaded by `load` only then takes it back first. */
function wrap(library: string, component: string, waiting: Waiting, load = () => Promise.resolve()): void {
  const named = window as unknown as Record<string, Library | undefined>;
  let made: unknown;
  const take = () => {
    const known = named[library]?.[component];
    if (known !== wrapper) made = known;
    named[library] = { ...named[library], [component]: wrapper };
  };
  const wrapper = later(() => made, waiting, () => load().then(take));
  take();
}

/** Before the renderer has anything to draw: the grid at once, charts when the script is there that brings them. Walls have their own way. */
export function makeLater(path: string): void {
  if (!("React" in window)) return; // no page of Dash
  const waiting = new Waiting();
  wrap("dash_ag_grid", "AgGrid", waiting, bringGrid);
  if (path !== WALL) document.addEventListener("DOMContentLoaded", () => wrap("dash_core_components", "Graph", waiting));
  addEventListener("beforeprint", () => waiting.all());
}
