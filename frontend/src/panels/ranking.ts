import { element, make, mark, show, style, write } from "../dom";
import { fit, fitName, widthOf } from "../fit";
import { count, score } from "../formats/numbers";
import { duration, minute, monthName } from "../formats/times";
import { icon, setIcon } from "../icons";
import { heightInU, sizeKey, widthInU } from "../screen";
import type { RankRow } from "../types";
import type { Panel, View } from "../view";
import { markOf, message, type PanelState, setState, stateOf } from "./frame";

const ENDS = 6, TALLEST = 47, LOWEST = 42, NOTE = 36, DROP = 5, AROUND_NAME = 307;
/** From so many overdue cases on, the axis gives its room to their column. */
const MANY = 1000;
/** A computation this much later than announced is delayed; later than `STOPPED` it has stopped, in ms. */
const LATE = 2 * 60_000, STOPPED = 20 * 60_000;

type Row = {
  root: HTMLElement; rank: HTMLElement; arrow: SVGElement; change: HTMLElement; name: HTMLElement; parent: HTMLElement;
  median: HTMLElement; dot: HTMLElement; score: HTMLElement; overdue: HTMLElement;
};

const rows = new Map<string, Row>();
const middle = make("div", "rank-middle");
let drawn: unknown = null, drawnSize = "";

function makeRow(): Row {
  const span = (name: string, ...children: Node[]) => make("span", name, ...children);
  const row = {
    rank: span("rank-rank"), arrow: icon("same"), change: span("change"), name: span("name"), parent: span("parent"),
    median: span("axis-median"), dot: span("axis-dot"), score: span("rank-score"), overdue: span("count"),
  };
  const root = make("div", "rank-row", row.rank, span("rank-change", row.arrow, row.change), span("rank-name", row.name, row.parent),
    span("rank-axis", span("axis-line"), row.median, row.dot), row.score, span("rank-overdue", icon("triangle"), row.overdue));
  return { root, ...row };
}

/** Position of a score on the common axis in percent. */
function axis(all: RankRow[]): (value: number) => number {
  const low = Math.min(90, Math.floor(Math.min(...all.map((row) => row.score)) / 10) * 10);
  return (value) => 7 + Math.min(1, Math.max(0, (value - low) / (100 - low))) * 86;
}

/** A place beside a street needs no level: 高新区 → 高新. */
function short(view: View, name: string): string {
  return view.words.lang === "en" ? name.replace(/ (District|County)$/, "") : name.length > 2 ? name.replace(/[区县市]$/, "") : name;
}

function writeName(view: View, row: Row, data: RankRow, room: number): void {
  const own = fitName(view.words.name(data.name), room);
  write(row.name, own.text);
  style(row.name, "font-size", `calc(${own.size} * var(--u))`);
  const beside = short(view, view.words.name(data.parent));
  const left = room - widthOf(own.text, own.size) - 8;
  write(row.parent, widthOf(beside, 17) <= left ? beside : "");
}

function writeRow(view: View, row: Row, data: RankRow, room: number, x: (value: number) => number): void {
  write(row.rank, String(data.rank));
  setIcon(row.arrow, data.change ? (data.change > 0 ? "up" : "down") : "same");
  write(row.change, data.change ? count(Math.abs(data.change)) : "—");
  mark(row.root, "drop", data.change !== null && data.change <= -DROP ? "yes" : "no");
  writeName(view, row, data, room);
  const { median } = view.board.ranking;
  style(row.median, "left", median === null ? "-100%" : `${x(median).toFixed(1)}%`);
  style(row.dot, "left", `${x(data.score).toFixed(1)}%`);
  write(row.score, score(data.score));
  write(row.overdue, count(data.overdue));
  mark(row.root, "overdue", data.overdue > 0 ? "yes" : "no");
  mark(row.root, "small", data.small ? "yes" : "no");
}

function rowOf(code: string, body: HTMLElement): Row {
  let row = rows.get(code);
  if (!row) {
    rows.set(code, (row = makeRow()));
    body.append(row.root);
  }
  return row;
}

/** Both ends of the list and the gap between them; the rows slide to their new places by a transition. */
function place(view: View, body: HTMLElement): void {
  const all = view.board.ranking.rows, height = heightInU(body) + 8 - NOTE;
  const ends = Math.max(1, Math.min(ENDS, Math.floor(height / LOWEST / 2)));
  const whole = all.length <= ends * 2, tall = Math.min(TALLEST, Math.floor(height / (ends * 2)));
  style(body, "--row", `calc(${tall} * var(--u))`);
  mark(element("ranking"), "many", all.some((row) => row.overdue >= MANY) ? "yes" : "no");
  const shown = whole ? all : [...all.slice(0, ends), ...all.slice(-ends)];
  const x = axis(all), room = widthInU(body) - AROUND_NAME;
  const codes = new Set(shown.map((row) => row.code));
  for (const [code, row] of rows) if (!codes.has(code)) rows.delete(code) && row.root.remove();
  shown.forEach((data, i) => {
    const row = rowOf(data.code, body), top = i * tall + (!whole && i >= ends ? NOTE : 0);
    writeRow(view, row, data, room, x);
    style(row.root, "transform", `translateY(calc(${top} * var(--u)))`);
  });
  writeMiddle(view, body, whole ? null : [ends + 1, all.length - ends], ends * tall);
}

function writeMiddle(view: View, body: HTMLElement, gap: [number, number] | null, top: number): void {
  const words = gap ? view.words.say("ranking.middle", { from: gap[0], to: gap[1], n: gap[1] - gap[0] + 1 }) : "";
  if (middle.parentElement !== body) body.append(middle);
  const fitted = fit(words, widthInU(body), [20, 18.5, 17]);
  write(middle, fitted.text);
  style(middle, "font-size", `calc(${fitted.size} * var(--u))`);
  style(middle, "transform", `translateY(calc(${top} * var(--u)))`);
  show(middle, gap !== null);
}

/** The ranking's own clock: it is computed every few minutes, and being late is its delay. */
function stateNow(view: View): PanelState {
  const { rows: all, next } = view.board.ranking, late = (view.now - next) / Math.max(1, view.clock.speed);
  const state = stateOf(view, "cases", true, all.length === 0);
  if (state === "lost" || late > STOPPED) return "lost";
  return state === "normal" && late > LATE ? "delayed" : state;
}

function writeHead(view: View, state: PanelState): void {
  const { ranking } = view.board, { words } = view, time = minute(ranking.computed, view.zone);
  const level = words.has(`level.${ranking.level}`) ? words.say(`level.${ranking.level}`) : ranking.level;
  write(element("ranking-title"), words.say(ranking.level === "street" ? "ranking.title" : "ranking.title.level", { level }));
  write(element("ranking-level"), level);
  write(element("ranking-note"), words.say("ranking.note", { month: monthName(ranking.computed, view.zone, words.lang), time }));
  write(element("ranking-median"), ranking.median === null ? "" : words.say("ranking.median", { n: ranking.median.toFixed(1) }));
  setState("ranking", state, state === "normal" || state === "empty" ? "" : state === "error" ? markOf(view, "cases", state) : time);
  writeFoot(view, state);
}

/** Under the list: what is wrong with it, else what its signs mean and who is not in it. */
function writeFoot(view: View, state: PanelState): void {
  const { ranking } = view.board, { words } = view, foot = element("ranking-foot"), room = widthInU(element("ranking")) - 36;
  const age = duration((view.now - ranking.computed) / 1000, words.lang);
  const wrong = state === "lost" ? words.say("ranking.stale") : state === "delayed" && view.now > ranking.next + LATE ? words.say("ranking.late", { age }) : "";
  const small = ranking.rows.some((row) => row.small) ? words.say("ranking.small") : "";
  const below = ranking.rows.length && ranking.below.length ? words.say("ranking.below", { n: count(ranking.below.length) }) : "";
  const both = [small, below].filter(Boolean).join("  ");
  mark(foot, "tone", wrong ? "warn" : "");
  write(foot, wrong || (widthOf(both, 18) <= room ? both : fit(below || small, room, [18, 17]).text));
}

function writeEmpty(view: View, body: HTMLElement): void {
  const { below } = view.board.ranking;
  rows.clear();
  body.replaceChildren(message("", view.words.say("ranking.empty"), below.length ? view.words.say("ranking.few", { n: count(below.length) }) : ""));
}

export const drawRanking: Panel = (view) => {
  const body = element("ranking-body"), state = stateNow(view), { rows: all } = view.board.ranking;
  writeHead(view, state);
  const size = sizeKey(body);
  if (drawn === view.board.ranking && drawnSize === size) return;
  if (all.length === 0) writeEmpty(view, body);
  else {
    if (rows.size === 0) body.replaceChildren();
    place(view, body);
  }
  drawn = view.board.ranking;
  drawnSize = size;
};
