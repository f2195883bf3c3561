import { element, make, style, write } from "../dom";
import { fit, widthOf } from "../fit";
import { count } from "../formats/numbers";
import { clock, dataTime } from "../formats/times";
import { restart } from "../motion";
import { heightInU, isShown, sizeKey, widthInU } from "../screen";
import type { Step } from "../types";
import type { Panel, View } from "../view";
import { dataTimeOf, markOf, message, setState, stateOf } from "./frame";

const ROW = 43, MOST = 5, STAGES = 5, FLOOD = 12, HEAD = 46;
const QUIET = 10 * 60_000;
/** Width in u of time, step word and stage bar before the title. */
const BEFORE_TITLE = { "zh-CN": 292, en: 322 }, STEP_ROOM = { "zh-CN": 75, en: 105 };

type Row = { root: HTMLElement; time: HTMLElement; step: HTMLElement; bar: HTMLElement; title: HTMLElement; place: HTMLElement };

let rows: Row[] = [];
let newest = 0;
let drawn: unknown = null, drawnSize = "";
const more = make("div", "ticker-more");

function makeRow(): Row {
  const bar = make("span", "stage-bar-small", ...Array.from({ length: STAGES }, () => make("i", "")));
  const row = { time: make("span", "ticker-time"), step: make("b", "ticker-step"), bar, title: make("span", "ticker-title"), place: make("span", "ticker-place") };
  return { root: make("div", "ticker-row", row.time, row.step, bar, make("span", "ticker-text", row.title, row.place)), ...row };
}

/** Only the street: the district stands on the map. */
function street(place: string): string {
  const parts = place.trim().split(/\s+/);
  return /^[\x20-\x7e]*$/.test(place) ? place : parts[parts.length - 1]!;
}

function writeRow(view: View, row: Row, data: Step, width: number): void {
  const { words } = view, step = words.say(`step.${data.type}`);
  write(row.time, clock(data.time, view.zone));
  const word = fit(step, STEP_ROOM[words.lang], [20, 18, 17], 700);
  write(row.step, word.text);
  style(row.step, "font-size", `calc(${word.size} * var(--u))`);
  Array.from(row.bar.children).forEach((part, i) => part.classList.toggle("reached", i < data.stage));
  const room = width - BEFORE_TITLE[words.lang];
  const place = street(words.name(data.place)), own = fit(data.title, room, [20, 18.5, 17]);
  const left = room - widthOf(own.text, own.size) - 8;
  write(row.title, own.text);
  style(row.title, "font-size", `calc(${own.size} * var(--u))`);
  const beside = fit(place, left, [18, 17]);
  write(row.place, beside.text === place || left > 100 ? beside.text : "");
}

/** The list comes in from above by the blank top of a row, so that no text is ever cut; the tint of a new row fades. */
function animate(fresh: number): void {
  if (fresh === 0) return;
  restart(element("ticker-body"), "enter");
  for (const row of rows.slice(0, fresh)) restart(row.root, "tint");
}

function fill(view: View, body: HTMLElement, data: Step[]): void {
  const n = Math.min(MOST, data.length, Math.floor((heightInU(element("ticker")) - HEAD - 6) / ROW));
  const fresh = newest === 0 ? 0 : data.filter((row) => row.seq > newest).length;
  if (rows.length !== n) {
    rows = Array.from({ length: n }, (_, i) => rows[i] ?? makeRow());
    body.replaceChildren(...rows.map((row) => row.root), more);
  }
  const width = widthInU(body);
  rows.forEach((row, i) => writeRow(view, row, data[i]!, width));
  write(more, fresh > FLOOD ? view.words.say("ticker.more", { n: count(fresh - n) }) : "");
  animate(fresh);
  newest = Math.max(newest, ...data.map((row) => row.seq));
}

function none(view: View, body: HTMLElement, last: Step | undefined): void {
  rows = [];
  const since = last ? view.words.say("ticker.none.last", { time: dataTime(last.time, view.now, view.zone, view.words.lang) }) : "";
  if (body.dataset.none !== since || !body.querySelector(".message")) body.replaceChildren(message("small-message", view.words.say("ticker.none"), since));
  body.dataset.none = since;
}

export const drawTicker: Panel = (view) => {
  if (!isShown(element("ticker"))) return;
  const { rows: data } = view.board.ticker, body = element("ticker-body"), last = data[0];
  const quiet = !last || (view.now - last.time) / Math.max(1, view.clock.speed) > QUIET;
  const state = stateOf(view, "cases", true, quiet);
  const frozen = state === "lost" ? view.words.say("ticker.frozen", { time: dataTimeOf(view, "cases") }) : markOf(view, "cases", state);
  setState("ticker", state, state === "empty" ? "" : frozen);
  if (state === "empty") return none(view, body, last);
  if (data.length === 0 || (drawn === data && drawnSize === sizeKey(body) && rows.length)) return;
  if (rows.length === 0) body.replaceChildren();
  fill(view, body, data);
  drawn = data;
  drawnSize = sizeKey(body);
};
