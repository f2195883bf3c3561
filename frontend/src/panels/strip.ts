import { element, make, mark, write, writeSegments } from "../dom";
import { widthOf } from "../fit";
import { count } from "../formats/numbers";
import { clock, dataTime, duration, minute } from "../formats/times";
import { icon, setIcon } from "../icons";
import { widthInU } from "../screen";
import { lastHeard, type SourceHealth } from "../streams";
import type { Panel, View } from "../view";

const ICONS = { ok: "circle", delayed: "diamond", lost: "cross" } as const;
/** What is lost comes first; the rest stays in its order. */
const ORDER = ["positions", "cases", "indicators", "stock"];
/** Sources that are older than this by nature say when, not how long ago, in seconds. */
const SLOW = 3600, GAP = 26, ICON = 26;
/** A machine whose clock is further off says so, in seconds. */
const CLOCK_TOLERANCE = 2;

type Entry = { root: HTMLElement; sign: SVGElement; label: HTMLElement; value: HTMLElement };
const entries = new Map<string, Entry>();
const rest = make("span", "strip-rest");

/** Seconds by which this machine's clock is ahead of the server's wall clock; set when an answer carries its date. */
export const machineClock = { offset: 0 };

function words(view: View, health: SourceHealth): string {
  const { source, age } = health, heard = lastHeard(source);
  if (heard === null) return view.words.say("strip.never");
  if (health.health === "lost") return view.words.say("strip.lost", { age: duration(age, view.words.lang) });
  if (health.health === "delayed" && !health.recovering) return view.words.say("strip.delayed", { age: duration(age, view.words.lang) });
  if (source.name === "indicators") return view.words.say("strip.every", { time: minute(heard, view.zone), n: Math.round(source.ok / 60) });
  if (source.ok >= SLOW) return dataTime(heard, view.now - SLOW * 1000, view.zone, view.words.lang);
  return view.words.say("strip.ago", { age: duration(age, view.words.lang) });
}

function entryOf(name: string): Entry {
  let entry = entries.get(name);
  if (!entry) {
    const sign = icon("circle"), label = make("span", "strip-label"), value = make("span", "strip-value");
    entries.set(name, (entry = { root: make("span", "strip-source", sign, label, value), sign, label, value }));
  }
  return entry;
}

function writeEntry(view: View, health: SourceHealth): number {
  const entry = entryOf(health.source.name), label = view.words.name(health.source.label), value = words(view, health);
  setIcon(entry.sign, ICONS[health.health]);
  mark(entry.root, "health", health.health);
  write(entry.label, label);
  write(entry.value, value);
  return ICON + widthOf(label, 18, health.health === "lost" ? 700 : 400) + widthOf(value, 20, health.health === "lost" ? 700 : 400) + GAP;
}

/** Everything that is late, then as many of the rest as there is room for, then their number. */
function layOut(view: View, sorted: SourceHealth[], room: number): void {
  const place = element("strip-sources"), shown: HTMLElement[] = [];
  let used = 0, hidden = 0;
  for (const health of sorted) {
    const width = writeEntry(view, health);
    if (hidden || used + width > room) hidden++;
    else shown.push(entryOf(health.source.name).root);
    used += hidden ? 0 : width;
  }
  write(rest, hidden ? view.words.say("strip.fresh", { n: count(hidden) }) : "");
  const wanted = hidden ? [...shown, rest] : shown;
  if (wanted.length !== place.children.length || wanted.some((node, i) => place.children[i] !== node)) place.replaceChildren(...wanted);
}

function rank({ health, source }: SourceHealth): number {
  const own = ORDER.indexOf(source.name);
  return (health === "lost" ? 0 : 100) + (own < 0 ? ORDER.length : own);
}

export const drawStrip: Panel = (view) => {
  const sorted = view.streams.all.filter(({ source, age }) => age !== Infinity || source.error || ORDER.includes(source.name)).sort((a, b) => rank(a) - rank(b));
  const off = Math.round(Math.abs(machineClock.offset)), wrong = off > CLOCK_TOLERANCE;
  const asOf = view.words.segments("strip.as_of", { time: clock(view.board.meta.time, view.zone) });
  const right = wrong ? [{ text: "diamond", style: "icon" as const }, { text: view.words.say("strip.machine", { n: count(off) }), style: "" as const }] : asOf;
  writeSegments(element("strip-as-of"), right);
  mark(element("strip-as-of"), "tone", wrong ? "warn" : "");
  const text = right.map((segment) => (segment.style === "icon" ? "" : segment.text)).join("");
  const total = widthInU(element("strip")), title = widthOf(view.words.say("strip.title"), 18);
  layOut(view, sorted, total - widthOf(text, 20) - title - GAP * 3 - 140);
};
