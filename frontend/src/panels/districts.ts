import { element, make, mark, style, write, writeSegments } from "../dom";
import { fit, fitName } from "../fit";
import { count, MISSING, score } from "../formats/numbers";
import { monthName } from "../formats/times";
import { icon, setIcon } from "../icons";
import { heightInU, isShown, sizeKey, widthInU } from "../screen";
import type { DistrictRow } from "../types";
import { type Panel, scopeName, type View } from "../view";
import { markOf, message, setState, stateOf } from "./frame";

const DROP = 5, TALLEST = 58, AROUND_NAME = 410, AROUND_NAME_MANY = 424;
/** From so many workers on, moving ones are left to the map: both numbers would not fit. */
const MANY = 10_000;

type Row = { root: HTMLElement; cells: Record<string, HTMLElement>; arrow: SVGElement };

let rows: Row[] = [];
let drawn: unknown = null, drawnSize = "", drawnStale = false;

function makeRow(className = ""): Row {
  const cells: Record<string, HTMLElement> = {}, arrow = icon("same");
  for (const key of ["rank", "change", "name", "score", "working", "open", "overdue"]) cells[key] = make("span", `dist-${key}`);
  const change = make("span", "");
  cells.change!.append(arrow, change);
  const root = make("div", `dist-row ${className}`, ...Object.values(cells));
  return { root, cells: { ...cells, change }, arrow };
}

function working(row: { moving: number | null; online: number | null }, stale: boolean, many: boolean): { text: string; style: "" | "mark" }[] {
  const [moving, online] = stale ? [MISSING, MISSING] : [count(row.moving), count(row.online)];
  return many ? [{ text: online, style: "" }] : [{ text: moving, style: "mark" }, { text: ` / ${online}`, style: "" }];
}

function writeRow(view: View, row: Row, data: DistrictRow, room: number, stale: boolean, many: boolean): void {
  const { cells } = row;
  write(cells.rank!, data.rank === null ? MISSING : String(data.rank));
  setIcon(row.arrow, data.change ? (data.change > 0 ? "up" : "down") : "same");
  write(cells.change!, data.change ? count(Math.abs(data.change)) : MISSING);
  mark(row.root, "drop", data.change !== null && data.change <= -DROP ? "yes" : "no");
  const name = fitName(view.words.name(data.name), room);
  write(cells.name!, name.text);
  style(cells.name!, "font-size", `calc(${name.size} * var(--u))`);
  write(cells.score!, score(data.score));
  writeSegments(cells.working!, working(data, stale, many));
  writeCases(row, data);
}

function writeCases(row: Row, data: { open: number; overdue: number }): void {
  write(row.cells.open!, count(data.open));
  write(row.cells.overdue!, count(data.overdue));
  mark(row.root, "overdue", data.overdue > 0 ? "yes" : "no");
}

function fill(view: View, body: HTMLElement, stale: boolean): void {
  const { rows: data, total } = view.board.districts, many = (total.online ?? 0) >= MANY;
  mark(element("districts"), "many", many ? "yes" : "no");
  write(element("districts-column-working"), view.words.say(many ? "districts.online" : "districts.working"));
  const height = Math.min(TALLEST, Math.floor(heightInU(body) / (data.length + 1))), fits = Math.floor(heightInU(body) / Math.max(34, height)) - 1;
  const shown = data.slice(0, fits);
  if (rows.length !== shown.length + 1) {
    rows = [...shown.map(() => makeRow()), makeRow("dist-total")];
    body.replaceChildren(...rows.map((row) => row.root));
  }
  style(body, "--row", `calc(${Math.max(34, height)} * var(--u))`);
  const room = widthInU(body) - (many ? AROUND_NAME_MANY : AROUND_NAME), last = rows[rows.length - 1]!;
  shown.forEach((row, i) => writeRow(view, rows[i]!, row, room, stale, many));
  const whole = fit(scopeName(view), room, [20, 18.5, 17], 700);
  write(last.cells.name!, whole.text);
  style(last.cells.name!, "font-size", `calc(${whole.size} * var(--u))`);
  write(last.cells.change!, "");
  writeSegments(last.cells.working!, working(total, stale, many));
  writeCases(last, total);
}

export const drawDistricts: Panel = (view) => {
  if (!isShown(element("districts"))) return;
  const { districts } = view.board, { words } = view, body = element("districts-body");
  const level = words.has(`level.${districts.level}`) ? words.say(`level.${districts.level}`) : districts.level;
  write(element("districts-title"), words.say("districts.title", { level }));
  write(element("districts-column-name"), level);
  write(element("districts-note"), words.say("districts.note", { month: monthName(view.now, view.zone, words.lang) }));
  const state = stateOf(view, "cases", true, districts.rows.length === 0), stale = view.streams.lane("positions").health === "lost";
  setState("districts", state, state === "empty" ? "" : markOf(view, "cases", state));
  const size = sizeKey(body);
  if (drawn === districts && drawnSize === size && drawnStale === stale) return;
  if (districts.rows.length === 0) {
    rows = [];
    body.replaceChildren(message("", words.say("districts.empty")));
  } else fill(view, body, stale);
  drawn = districts;
  drawnSize = size;
  drawnStale = stale;
};
