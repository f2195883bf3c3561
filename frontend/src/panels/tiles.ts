import { crossFade, element, make, mark, show, style, write, writeSegments } from "../dom";
import { widthOf } from "../fit";
import { count, MISSING } from "../formats/numbers";
import { clock } from "../formats/times";
import type { Segment } from "../i18n";
import { icon } from "../icons";
import { widthInU } from "../screen";
import type { Lane } from "../streams";
import type { Source } from "../types";
import type { Panel, View } from "../view";
import { dataTimeOf, markOf, type PanelState, stateOf } from "./frame";
import { drawSpark } from "./sparkline";
import * as contents from "./tile_contents";

/** Under a stream that has been lost for longer than this, the old number goes, in seconds. */
const TOO_OLD = 30 * 60;
const PADDING = 36, GAP = 14, SPARK = 48;
/** Sizes of a number, and of one that its tile has no room for, in u. */
const VALUE = 56, TIGHT = 46, UNIT_GAP = 8;

type Tile = { key: string; lane: Lane; content: (view: View) => contents.Content };
const TILES: Tile[] = [
  { key: "workers", lane: "positions", content: contents.workers },
  { key: "accepted", lane: "cases", content: contents.accepted },
  { key: "open", lane: "cases", content: contents.open },
  { key: "on_time", lane: "cases", content: contents.onTime },
  { key: "overdue", lane: "cases", content: contents.overdue },
  { key: "satisfaction", lane: "cases", content: contents.satisfaction },
];

const part = (tile: Tile, name: string): HTMLElement => element(`tile-${tile.key}-${name}`);
const spoken = (text: string): Segment[] => [{ text, style: "" }];

/** Lines of judgement; in a state that is not normal they say since when and whether the target is still judged. */
function lines(view: View, tile: Tile, state: PanelState, content: contents.Content): [Segment[], Segment[]] {
  const time = dataTimeOf(view, tile.lane);
  if (state === "error") return errorLines(view, view.streams.lane(tile.lane).source);
  if (state === "lost") return [view.words.segments("state.last_update", { time }), view.words.segments("state.not_judged")];
  const judged = ["workers", "on_time", "satisfaction"].includes(tile.key);
  if (state === "delayed" && judged) return [view.words.segments("state.data_time", { time }), view.words.segments("state.still_judged")];
  if (state === "delayed") return [view.words.segments("state.data_time", { time }), content.second];
  return [content.first, content.second];
}

function errorLines(view: View, source: Source | null): [Segment[], Segment[]] {
  const seconds = source?.retry_at ? Math.max(0, Math.ceil((source.retry_at - view.now) / 1000)) : 0;
  const what = `${clock(source?.arrived ?? view.now, view.zone)} ${source?.error ?? ""}`;
  const retry = view.words.segments(seconds ? "state.retry" : "state.retry_soon", { s: seconds, code: codeOf(source) });
  return [spoken(what.slice(0, 24)), retry];
}

export function codeOf(source: Source | null): string {
  return `E-${(source?.name ?? "source").slice(0, 3).toUpperCase()}-${source?.tries ?? 0}`;
}

function scope(view: View, tile: Tile, state: PanelState, content: contents.Content): void {
  const words = markOf(view, tile.lane, state), place = part(tile, "scope");
  mark(place, "tone", words ? (state === "error" ? "crit" : "warn") : "");
  const name = state === "error" ? "cross" : "diamond";
  writeSegments(place, words ? [{ text: name, style: "icon" }, { text: words, style: "" }] : content.scope);
}

/** Room is kept for one more digit, so that a number that grows moves nothing; a sparkline without room is left out. */
function number(tile: Tile, text: string, hasSpark: boolean): void {
  const value = part(tile, "value");
  if (value.textContent !== text) {
    const own = widthOf(text, VALUE, 700), unit = UNIT_GAP + widthOf(part(tile, "unit").textContent ?? "", 24);
    const iconRoom = tile.key === "overdue" && text !== "0" ? 52 : 0;
    const room = widthInU(element(`tile-${tile.key}`)) - PADDING;
    const tight = own + unit + iconRoom > room, kept = tight ? widthOf(text, TIGHT, 700) : hasSpark ? own : Math.min(widthOf(`${text}0`, VALUE, 700), room - unit - iconRoom);
    style(value, "min-width", `calc(${kept.toFixed(1)} * var(--u))`);
    mark(element(`tile-${tile.key}`), "tight", tight ? "yes" : "no");
    show(part(tile, "spark"), hasSpark && room - own - unit - iconRoom - GAP * 2 >= SPARK);
  }
  crossFade(value, text);
}

function draw(view: View, tile: Tile): void {
  const content = tile.content(view), root = element(`tile-${tile.key}`);
  const state = stateOf(view, tile.lane, content.known, content.empty);
  const old = state === "lost" && view.streams.lane(tile.lane).age > TOO_OLD;
  mark(root, "state", state);
  mark(root, "critical", content.critical ? "yes" : "no");
  scope(view, tile, state, content);
  const text = state === "error" || old ? MISSING : content.value;
  mark(root, "unknown", text === MISSING ? "yes" : "no");
  number(tile, text, (tile.key === "open" ? !content.empty : content.spark !== null) && text !== MISSING);
  const [first, second] = lines(view, tile, state, content);
  mark(part(tile, tile.key === "workers" ? "second" : "first"), "tone", content.missed && state === "normal" ? "warn" : "");
  if (tile.key === "open" && state !== "lost" && state !== "error") drawStages(view, tile);
  else writeLines(tile, first, second);
  if (content.spark && state !== "error") drawSpark(part(tile, "spark"), content.spark);
}

function writeLines(tile: Tile, first: Segment[], second: Segment[]): void {
  const place = part(tile, "first");
  if (place.dataset.stages) {
    delete place.dataset.stages;
    delete place.dataset.shape;
  }
  writeSegments(place, first);
  writeSegments(part(tile, "second"), second);
}

const STAGES = ["pending", "handling", "verifying"] as const;

/** Open cases by stage: a bar in proportion, and three numbers under it. */
function drawStages(view: View, tile: Tile): void {
  const place = part(tile, "first"), bar = part(tile, "spark"), open = view.board.tiles.open;
  if (!place.dataset.stages) {
    place.dataset.stages = "yes";
    place.replaceChildren(...STAGES.map((stage) => make("span", "stage", make("span", "", view.words.say(`tile.open.${stage}`)), make("b", ""))));
    writeSegments(part(tile, "second"), []);
    bar.classList.add("stage-bar");
    bar.replaceChildren(...STAGES.map((stage) => make("span", `stage-part stage-${stage}`)));
  }
  STAGES.forEach((stage, i) => {
    write(place.children[i]!.lastElementChild as HTMLElement, count(open[stage]));
    style(bar.children[i] as HTMLElement, "flex-grow", String(open[stage]));
  });
}

let prepared = false;

export const drawTiles: Panel = (view) => {
  if (!prepared) element("tile-overdue-mark").replaceChildren(icon("triangle"));
  prepared = true;
  show(element("tile-overdue-mark"), (view.board.tiles.overdue.value ?? 0) > 0);
  for (const tile of TILES) draw(view, tile);
};
