import { element, make, mark, show, style, write, writeSegments } from "../dom";
import { fit, fitName } from "../fit";
import { count, large, percent, reached, target } from "../formats/numbers";
import { dataTime, monthName } from "../formats/times";
import { heightInU, isShown, sizeKey, widthInU } from "../screen";
import type { Stock } from "../types";
import type { Panel, View } from "../view";
import { setState } from "./frame";
import { drawParts, parts, type Part } from "./parts";

const FIXED = 400, ROW = 34, TASKS = 3;

function partOf(view: View, key: string, value: number): Part {
  const [digits, unit] = large(value, view.words.lang);
  const name = view.words.has(`stock.part.${key}`) ? view.words.say(`stock.part.${key}`) : key;
  return { name, value, words: unit ? `${digits} ${unit}` : digits };
}

function drawWhole(view: View, key: "persons" | "houses", stock: Stock): void {
  const whole = stock[key], place = element(`stock-${key}-value`).closest(".stock-whole") as HTMLElement;
  show(place, whole !== null);
  if (!whole) return;
  const [digits, unit] = large(whole.value, view.words.lang);
  write(element(`stock-${key}-value`), digits);
  write(element(`stock-${key}-unit`), `${unit}${view.words.lang === "en" ? ` ${view.words.say("unit.records")}` : view.words.say("unit.records")}`);
  const shown = parts(whole.parts.map((part) => partOf(view, part.key, part.value)), (value) => partOf(view, "other", value));
  drawParts(element(`stock-${key}-parts`), element(`stock-${key}-legend`), shown);
}

function accuracyRow(view: View, row: { name: Stock["tasks"][0]["name"]; n: number; d: number }, share: number, low: number): HTMLElement {
  const rate = row.d ? row.n / row.d : low, x = (value: number) => `${(3 + Math.min(1, Math.max(0, (value - low) / (1 - low))) * 94).toFixed(1)}%`;
  const dot = make("span", "axis-dot"), goal = make("span", "axis-median"), name = fitName(view.words.name(row.name), 150);
  dot.style.left = x(rate);
  goal.style.left = x(share);
  const label = make("span", "accuracy-name", name.text), value = make("b", "accuracy-value", `${percent(row, 1)}%`);
  label.style.fontSize = `calc(${name.size} * var(--u))`;
  const made = make("div", "accuracy-row", label, make("span", "rank-axis", make("span", "axis-line"), goal, dot), value);
  mark(made, "missed", row.d > 0 && !reached(row, share) ? "yes" : "no");
  return made;
}

function drawAccuracy(view: View, accuracy: NonNullable<Stock["accuracy"]>, fits: number): void {
  const { words } = view, rate = `${percent(accuracy, 1)}%`;
  writeSegments(element("stock-accuracy-note"), words.segments("stock.accuracy.total", { rate, target: target(accuracy.target) }));
  const rates = accuracy.rows.filter((row) => row.d > 0).map((row) => row.n / row.d);
  const low = Math.max(0, Math.floor(Math.min(accuracy.target - 0.02, ...rates) * 50 - 0.5) / 50);
  const sorted = [...accuracy.rows].sort((a, b) => (b.d ? b.n / b.d : 0) - (a.d ? a.n / a.d : 0)).slice(0, fits);
  element("stock-accuracy-body").replaceChildren(...sorted.map((row) => accuracyRow(view, row, accuracy.target, low)));
}

/** A metric brings its key only; the common ones have words. */
function taskName({ words }: View, { key, name }: Stock["tasks"][0]): string {
  return words.has(`stock.task.${key}`) ? words.say(`stock.task.${key}`) : words.name(name);
}

function taskRow(view: View, task: Stock["tasks"][0], width: number): HTMLElement {
  const bar = make("i", ""), name = fit(taskName(view, task), width * 0.27, [20, 18.5, 17]);
  bar.style.width = `${Math.min(100, task.d ? (task.n / task.d) * 100 : 0)}%`;
  const label = make("span", "task-name", name.text);
  label.style.fontSize = `calc(${name.size} * var(--u))`;
  return make("div", "task-row", label, make("span", "task-bar", bar), make("span", "task-count", `${count(task.n)} / ${count(task.d)}`),
    make("b", "task-rate", task.d ? `${percent(task, 1)}%` : "—"));
}

function fill(view: View, stock: Stock): void {
  const { words } = view, width = widthInU(element("stock")) - 36;
  drawWhole(view, "persons", stock);
  drawWhole(view, "houses", stock);
  const tasks = stock.tasks.slice(0, TASKS), room = heightInU(element("stock")) - FIXED - (tasks.length ? 44 + tasks.length * 38 : 0);
  show(element("stock-accuracy-body").parentElement as HTMLElement, stock.accuracy !== null);
  if (stock.accuracy) drawAccuracy(view, stock.accuracy, Math.max(1, Math.floor(room / ROW)));
  show(element("stock-tasks-body").parentElement as HTMLElement, tasks.length > 0);
  write(element("stock-tasks-note"), words.say("stock.tasks.note", { month: monthName(view.now, view.zone, words.lang) }));
  style(element("stock-tasks-body"), "--rows", String(tasks.length));
  element("stock-tasks-body").replaceChildren(...tasks.map((task) => taskRow(view, task, width)));
}

let drawn: unknown, drawnSize = "";

export const drawStock: Panel = (view) => {
  const panel = element("stock");
  if (!isShown(panel)) return;
  const { stock } = view.board, { health } = view.streams.lane("stock"), { words } = view;
  const updated = stock ? words.say("stock.updated", { time: dataTime(stock.updated, view.now - 3600_000, view.zone, words.lang) }) : "";
  write(element("stock-note"), updated);
  const stale = stock !== null && health !== "ok";
  setState("stock", stock === null ? "empty" : health === "lost" ? "lost" : health === "delayed" ? "delayed" : "normal", stale ? updated : "");
  const size = sizeKey(panel);
  if (drawn === stock && drawnSize === size) return;
  show(element("stock-figures"), stock !== null);
  show(element("stock-trends"), stock === null);
  if (stock) fill(view, stock);
  drawn = stock;
  drawnSize = size;
};
