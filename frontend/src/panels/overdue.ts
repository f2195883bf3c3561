import { element, make, mark, show, style, write, writeSegments } from "../dom";
import { fit, widthOf } from "../fit";
import { count } from "../formats/numbers";
import { countdown, dataTime } from "../formats/times";
import { icon } from "../icons";
import { heightInU, isShown, widthInU } from "../screen";
import type { DueRow } from "../types";
import type { Panel, View } from "../view";
import { dataTimeOf, markOf, message, setState, stateOf } from "./frame";

const ROW = 54, HEADS = 88, SLOTS = 6, SOON_AT_LEAST = 2, AROUND_TEXT = 69, TAG_PADDING = 22;
/** A row under a reader's eye does not jump: the order changes at most once a minute, in ms. */
const RESORT = 60_000;

type Row = { root: HTMLElement; tag: HTMLElement; title: HTMLElement; place: HTMLElement; word: HTMLElement; time: HTMLElement };
type List = { body: string; kind: "late" | "left"; rows: Row[]; order: string[]; sorted: number };

const late: List = { body: "overdue-body", kind: "late", rows: [], order: [], sorted: -Infinity };
const soon: List = { body: "overdue-soon", kind: "left", rows: [], order: [], sorted: -Infinity };

function makeRow(view: View, kind: List["kind"]): Row {
  const tag = make("span", "tag", view.words.say("overdue.tag")), title = make("span", "due-title"), place = make("div", "due-place");
  const word = make("span", "due-word", view.words.say(`overdue.${kind}`)), time = make("b", "due-time");
  const text = make("div", "due-text", make("div", "due-line", tag, title), place);
  return { root: make("div", `due-row due-${kind}`, icon(kind === "late" ? "triangle" : "diamond"), text, make("span", "due-when", word, time)), tag, title, place, word, time };
}

/** The rows to show: kept in their order while they are still there, topped up at the end, sorted anew once a minute. */
function ordered(list: List, data: DueRow[], n: number, at: number): DueRow[] {
  const byId = new Map(data.map((row) => [row.id, row]));
  const kept = at - list.sorted < RESORT ? list.order.flatMap((id) => byId.get(id) ?? []).slice(0, n) : [];
  if (kept.length === 0) list.sorted = at;
  const ids = new Set(kept.map((row) => row.id));
  const shown = [...kept, ...data.filter((row) => !ids.has(row.id))].slice(0, n);
  list.order = shown.map((row) => row.id);
  return shown;
}

function writeRow(view: View, row: Row, data: DueRow, kind: List["kind"], width: number): void {
  const left = countdown(Math.max(0, kind === "late" ? view.now - data.deadline : data.deadline - view.now), view.words.lang);
  const when = widthOf(view.words.say(`overdue.${kind}`), 20, 700) + widthOf(left, 24, 700), room = width - AROUND_TEXT - when;
  const tagRoom = data.supervised ? widthOf(view.words.say("overdue.tag"), 17, 700) + TAG_PADDING : 0;
  const title = fit(data.title, room - tagRoom, [20, 18.5, 17]);
  show(row.tag, data.supervised);
  write(row.title, title.text);
  style(row.title, "font-size", `calc(${title.size} * var(--u))`);
  const where = [view.words.name(data.place), data.unit].filter(Boolean).join(" · ");
  write(row.place, fit(widthOf(where, 17) > room ? bare(where) : where, room, [18, 17]).text);
  write(row.time, left);
  mark(row.root, "id", data.id);
}

/** English places without their levels. */
function bare(place: string): string {
  return place.replace(/ (District|County|City|Subdistrict|Township|Town|Street)\b/g, "");
}

function drawList(view: View, list: List, data: DueRow[], n: number): void {
  const body = element(list.body), shown = ordered(list, data, n, view.at), width = widthInU(body);
  if (list.rows.length !== shown.length) {
    while (list.rows.length < shown.length) list.rows.push(makeRow(view, list.kind));
    list.rows.length = shown.length;
    body.replaceChildren(...list.rows.map((row) => row.root));
  }
  shown.forEach((row, i) => writeRow(view, list.rows[i]!, row, list.kind, width));
}

/** How many rows each list gets: the overdue ones first, but what is due soon keeps two lines. */
function slots(view: View): [number, number] {
  const { rows, soon: next } = view.board.overdue;
  const fits = Math.min(SLOTS, Math.floor((heightInU(element("overdue")) - HEADS) / ROW));
  const forSoon = Math.min(next.length, Math.max(SOON_AT_LEAST, fits - rows.length));
  const first = Math.min(rows.length, fits - Math.max(forSoon, rows.length ? 0 : 2));
  return [first, Math.min(forSoon, rows.length ? fits - first : fits - 2)];
}

function drawNone(list: List, ...lines: string[]): void {
  const body = element(list.body);
  list.rows = [];
  const signature = lines.join("|");
  if (body.dataset.none !== signature || !body.querySelector(".message")) body.replaceChildren(message("small-message", ...lines));
  body.dataset.none = signature;
}

function lastClosed(view: View): string {
  const time = view.board.tiles.overdue.last_closed;
  return time === null ? "" : view.words.say("overdue.last", { time: dataTime(time, view.now, view.zone, view.words.lang) });
}

function writeHead(view: View): void {
  const { total } = view.board.overdue, state = stateOf(view, "cases", true, total === 0);
  writeSegments(element("overdue-title"), [{ text: view.words.say("overdue.title"), style: "" }, ...(total ? [{ text: ` ${count(total)}`, style: "mark" as const }] : [])]);
  const frozen = state === "lost" ? view.words.say("overdue.frozen", { time: dataTimeOf(view, "cases") }) : markOf(view, "cases", state);
  setState("overdue", state, state === "empty" ? "" : frozen);
}

export const drawOverdue: Panel = (view) => {
  if (!isShown(element("overdue"))) return;
  const { rows, soon: next, soon_total } = view.board.overdue, [first, second] = slots(view);
  writeHead(view);
  write(element("soon-total"), count(soon_total));
  if (rows.length) drawList(view, late, rows, first);
  else drawNone(late, view.words.say("overdue.none"), lastClosed(view));
  if (next.length) drawList(view, soon, next, second);
  else drawNone(soon, view.words.say("overdue.soon.none"));
};
