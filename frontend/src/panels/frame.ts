/** State of a panel: normal, delayed, lost, empty, error; the mark in its head and what its body says instead of data. */

import { element, make, mark, show, style, write, writeSegments } from "../dom";
import { widthOf } from "../fit";
import { dataTime, duration } from "../formats/times";
import { icon } from "../icons";
import { widthInU } from "../screen";
import { lastHeard, type Lane } from "../streams";
import type { View } from "../view";

export type PanelState = "normal" | "delayed" | "lost" | "empty" | "error";

/** State by lane: lost and delayed come from the stream, emptiness from the data. */
export function stateOf(view: View, lane: Lane, hasData: boolean, empty = false): PanelState {
  const { health, error } = view.streams.lane(lane);
  if (!hasData && error) return "error";
  if (health === "lost") return "lost";
  if (empty) return "empty";
  return health === "delayed" ? "delayed" : "normal";
}

/** Words of the amber mark in a panel's or tile's head; "" while all is well. */
export function markOf(view: View, lane: Lane, state: PanelState): string {
  const { age, recovering } = view.streams.lane(lane);
  if (state === "error") return view.words.say("state.error");
  if (state === "lost") return view.words.say("state.stale");
  if (state !== "delayed") return "";
  return recovering ? view.words.say("state.recovered") : view.words.say("state.delayed", { age: duration(age, view.words.lang) });
}

/** The last data time of a lane as words; "—" when nothing was ever received. */
export function dataTimeOf(view: View, lane: Lane): string {
  const { source } = view.streams.lane(lane);
  const time = source && lastHeard(source);
  return time ? dataTime(time, view.now, view.zone, view.words.lang) : "—";
}

/** Set the state of a panel and the mark that takes the place of its note. */
export function setState(panel: string, state: PanelState, words: string): void {
  mark(element(panel), "state", state);
  const place = element(`${panel}-state`), note = document.getElementById(`${panel}-note`);
  show(place, words !== "");
  if (note && !note.classList.contains("map-note")) show(note, words === "");
  if (words) writeSegments(place, [{ text: state === "error" ? "cross" : "diamond", style: "icon" }, { text: words, style: "" }]);
  else if (note && note.classList.contains("panel-note")) fitNote(panel, note);
}

const TITLE = 22, NOTE_SIZES = [19, 18, 17], AROUND = 36 + 14;

/** A note that does not fit beside its title at the smallest size is left out. */
function fitNote(panel: string, note: HTMLElement): void {
  const room = widthInU(element(panel)) - AROUND - widthOf(element(`${panel}-title`).textContent ?? "", TITLE, 700);
  const size = NOTE_SIZES.find((candidate) => widthOf(note.textContent ?? "", candidate) <= room);
  show(note, size !== undefined);
  if (size) style(note, "font-size", `calc(${size} * var(--u))`);
}

/** A sentence in the place of a body. */
export function message(className: string, ...lines: string[]): HTMLElement {
  return make("div", `message ${className}`, ...lines.filter(Boolean).map((line, i) => make(i === 0 ? "b" : "span", "", line)));
}

export { icon, write };
