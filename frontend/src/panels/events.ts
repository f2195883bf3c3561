import { element, make, mark, show, write } from "../dom";
import { fit, fitName, widthOf } from "../fit";
import { count, growth, percent } from "../formats/numbers";
import { dayOfMonth, local, minute } from "../formats/times";
import { icon, setIcon } from "../icons";
import { heightInU, isShown, sizeKey, widthInU } from "../screen";
import type { Events } from "../types";
import type { Panel, View } from "../view";
import { markOf, setState, stateOf } from "./frame";
import { drawParts, parts, type Part } from "./parts";

/** A category that grows by this many percent breaks a stated rule. */
const RISE = 10;
const CATEGORIES = 7, ROW = 36, FIXED = 640, NAME_ROOM = 146;

type Term = { key: string; sign: string; value: number };

/** carried + accepted (+ reopened) = closed (+ voided) + open; terms that are nothing are left out. */
function terms({ equation: e }: Events): Term[] {
  const all: Term[] = [
    { key: "carried", sign: "", value: e.carried }, { key: "accepted", sign: "+", value: e.accepted }, { key: "reopened", sign: "+", value: e.reopened },
    { key: "closed", sign: "=", value: e.closed }, { key: "voided", sign: "+", value: e.voided }, { key: "open", sign: "+", value: e.open },
  ];
  return all.filter(({ key, value }) => value !== 0 || !["reopened", "voided"].includes(key));
}

const TERM_SIZES = [50, 44, 38, 32, 26], SIGN = 34;

function drawEquation(view: View, events: Events): void {
  const place = element("events-equation"), shown = terms(events), room = widthInU(place);
  const labels = shown.map(({ key }) => view.words.say(`events.${key}`));
  const need = (size: number) => shown.reduce((sum, { value }, i) => sum + Math.max(widthOf(count(value), size, 700), widthOf(labels[i]!, 17)) + SIGN, 0);
  const size = TERM_SIZES.find((candidate) => need(candidate) <= room) ?? TERM_SIZES[TERM_SIZES.length - 1]!;
  const shape = shown.map(({ key }) => key).join();
  if (place.dataset.shape !== shape) {
    place.dataset.shape = shape;
    place.replaceChildren(...shown.flatMap(({ key, sign }, i) => [
      ...(sign ? [make("span", "equation-sign", sign)] : []), make("span", `equation-term term-${key}`, make("span", "", labels[i]!), make("b", "")),
    ]));
  }
  place.style.setProperty("--term", `calc(${size} * var(--u))`);
  place.querySelectorAll("b").forEach((target, i) => write(target, count(shown[i]!.value)));
}

type Bar = { root: HTMLElement; name: HTMLElement; bar: HTMLElement; value: HTMLElement; share: HTMLElement; arrow: SVGElement; change: HTMLElement };
let bars: Bar[] = [];

function makeBar(): Bar {
  const span = (name: string, ...children: Node[]) => make("span", name, ...children);
  const bar = { name: span("bar-name"), bar: make("i", ""), value: make("b", "bar-value"), share: span("bar-share"), arrow: icon("same"), change: span("") };
  const root = make("div", "bar-row", bar.name, span("bar-line", bar.bar), bar.value, bar.share, span("bar-change", bar.arrow, bar.change));
  return { root, ...bar };
}

type Category = Events["categories"][0];

function grouped(view: View, all: Category[], most: number): Category[] {
  const sorted = [...all].sort((a, b) => b.n - a.n);
  if (sorted.length <= most) return sorted;
  const rest = sorted.slice(most - 1), known = rest.every((row) => row.before !== null);
  const sum = (of: (row: Category) => number | null) => rest.reduce((total, row) => total + (of(row) ?? 0), 0);
  const other = {
    code: "", name: { zh: view.words.say("events.other") }, n: sum((row) => row.n),
    until: known ? sum((row) => row.until) : null, before: known ? sum((row) => row.before) : null,
  };
  return [...sorted.slice(0, most - 1), other];
}

function writeBar(view: View, bar: Bar, row: Category, most: number, total: number): void {
  const name = fitName(view.words.name(row.name), NAME_ROOM), change = growth(row.until ?? row.n, row.before);
  write(bar.name, name.text);
  bar.name.style.fontSize = `calc(${name.size} * var(--u))`;
  bar.bar.style.width = `${most ? (row.n / most) * 100 : 0}%`;
  write(bar.value, count(row.n));
  write(bar.share, `${percent({ n: row.n, d: total }, 1)}%`);
  setIcon(bar.arrow, change ? (change.direction > 0 ? "up" : change.direction < 0 ? "down" : "same") : "same");
  write(bar.change, change ? `${change.text}%` : "—");
  mark(bar.root, "rise", change && change.direction > 0 && Number(change.text) >= RISE ? "yes" : "no");
}

function drawCategories(view: View, events: Events): void {
  const fits = Math.max(3, Math.min(CATEGORIES, Math.floor((heightInU(element("events")) - FIXED) / ROW)));
  const shown = grouped(view, events.categories, fits), total = events.categories.reduce((sum, row) => sum + row.n, 0);
  if (bars.length !== shown.length) {
    bars = shown.map(makeBar);
    element("events-categories-body").replaceChildren(...bars.map((bar) => bar.root));
  }
  const most = Math.max(0, ...shown.map((row) => row.n));
  shown.forEach((row, i) => writeBar(view, bars[i]!, row, most, total));
}

function drawChannels(view: View, events: Events): void {
  const place = element("events-channels-body"), total = events.channels.reduce((sum, row) => sum + row.n, 0);
  if (!place.firstChild) place.append(make("div", "parts-bar"), make("div", "parts-legend channels-legend"));
  const part = (name: string, value: number): Part => ({ name, value, words: count(value), share: `${percent({ n: value, d: total }, 1)}%` });
  const named = events.channels.map(({ key, n }) => part(view.words.has(`channel.${key}`) ? view.words.say(`channel.${key}`) : fit(key, 150, [18]).text, n));
  drawParts(place.children[0] as HTMLElement, place.children[1] as HTMLElement, parts(named, (value) => part(view.words.say("channel.other"), value)));
}

function writeHead(view: View): void {
  const { words, zone } = view, now = view.board.meta.time, first = now - (local(now, zone).getUTCDate() - 1) * 86_400_000;
  const range = { from: dayOfMonth(first, zone, words.lang), to: `${dayOfMonth(now, zone, words.lang)} ${minute(now, zone)}` };
  write(element("events-note"), words.say("events.range", range));
  write(element("events-daily-note"), words.say("events.daily.note", { time: minute(now, zone) }));
}

let drawn: unknown, drawnSize = "";

export const drawEvents: Panel = (view) => {
  const panel = element("events");
  if (!isShown(panel)) return;
  writeHead(view);
  const { events } = view.board, nothing = events.equation.accepted === 0 && events.equation.carried === 0;
  const state = stateOf(view, "cases", true, nothing);
  setState("events", state, state === "empty" ? view.words.say("events.none") : markOf(view, "cases", state));
  const size = sizeKey(panel);
  if (drawn === events && drawnSize === size) return;
  drawEquation(view, events);
  drawCategories(view, events);
  show(element("events-channels-body"), events.channels.length > 0);
  drawChannels(view, events);
  drawn = events;
  drawnSize = size;
};
