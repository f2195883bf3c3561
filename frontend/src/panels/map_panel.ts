/** Title, legend and note of the map; the legend counts the same snapshot as the tile. */

import { element, mark, write } from "../dom";
import { count, MISSING, percent } from "../formats/numbers";
import { clock, duration } from "../formats/times";
import { type CityMap, writeNote } from "../map/map";
import type { View } from "../view";
import { dataTimeOf, markOf, type PanelState, setState, stateOf } from "./frame";

export type MapFault = { code: string; at: number } | null;

function writeLegend(view: View, unknown: boolean): void {
  const { workers, overdue } = view.board.tiles, counted = (n: number | null) => (unknown ? MISSING : count(n));
  write(element("legend-moving"), counted(workers.moving));
  const share = { n: workers.moving ?? 0, d: workers.online ?? 0 };
  write(element("legend-moving-share"), unknown || !share.d ? "" : `${percent(share, 1)}%`);
  write(element("legend-still"), counted(workers.still));
  write(element("legend-silent"), counted(workers.silent));
  write(element("legend-overdue"), count(overdue.value));
  write(element("legend-soon"), count(view.board.overdue.soon_total));
}

/** Loading while fewer workers were seen than are on duty and the stream is young; off hours when nobody is. */
function note(view: View, state: PanelState, fault: MapFault): void {
  const { words } = view, { workers } = view.board.tiles, { map } = view.board;
  if (fault) {
    const numbers = words.say("map.error.numbers", { online: count(workers.online), moving: count(workers.moving) });
    return writeNote("crit", words.say("map.error"), `${words.say("map.error.note")}  ${numbers}  ${words.say("state.code", { code: fault.code, time: clock(fault.at, view.zone) })}`);
  }
  if (state === "lost") return writeNote("warn", words.say("map.stale", { time: dataTimeOf(view, "positions") }), words.say("map.stale.note"));
  if (map.workers === 0 && workers.total === 0) return writeNote("plain", "", words.say("map.no_workers"));
  if (map.off_hours) return writeNote("plain", "", words.say("map.off_hours"));
  if (map.seen < map.workers * 0.5) return writeNote("plain", "", words.say("map.loading", { n: count(map.seen), total: count(map.workers) }));
  noteOfDots(view, state);
}

/** Dots that are older than they look; the head says so where the whole stream is late, but not while it says that it is back. */
function noteOfDots({ words, streams }: View, state: PanelState): void {
  const { dots } = streams, told = state !== "normal" && !streams.lane("positions").recovering;
  if (told || (!dots.behind && !dots.recovering)) return writeNote("", "");
  writeNote("plain", "", dots.behind ? words.say("map.behind", { age: duration(dots.behind, words.lang) }) : words.say("map.caught_up"));
}

export function drawMapPanel(view: View, city: CityMap, fault: MapFault, polygons: number | null): void {
  const { board, words } = view, quiet = board.map.off_hours || board.tiles.workers.total === 0;
  const state = fault ? "error" : stateOf(view, "positions", true, quiet), lost = state === "lost";
  write(element("map-title"), words.say(lost ? "map.title.stale" : "map.title"));
  setState("map", state, state === "delayed" ? markOf(view, "positions", state) : "");
  mark(element("map"), "gl", city.usesGl ? "yes" : "no");
  writeLegend(view, lost);
  note(view, state, fault);
  if (polygons === 0 && !fault) writeNote("plain", "", words.say("map.empty"));
  city.update(view, lost, board.map.off_hours && !lost);
  const { workers, overdue } = board.tiles;
  const spoken = { name: words.name(board.meta.name), online: count(workers.online), moving: count(workers.moving), overdue: count(overdue.value), soon: count(board.overdue.soon_total) };
  const label = words.say("map.aria", spoken), body = element("map-body");
  if (body.getAttribute("aria-label") !== label) body.setAttribute("aria-label", label);
}
