/** Texts that time or the board change: `data-live`, `data-countdown`, `data-age`, `data-now`, `data-clock`. Text nodes only. */

import { mark, write } from "../dom";
import { count } from "../formats/numbers";
import { clock, countdown, dataTime, duration, minute } from "../formats/times";
import { icon, setIcon } from "../icons";
import { lastHeard } from "../streams";
import type { Board } from "../types";
import type { View } from "../view";

const LIVE: Record<string, (board: Board) => number | null> = {
  open: ({ tiles }) => tiles.open.value, overdue: ({ tiles }) => tiles.overdue.value, due_soon: ({ overdue }) => overdue.soon_total,
  supervised: ({ tiles }) => tiles.overdue.supervised, suspended: ({ tiles }) => tiles.open.suspended, online: ({ tiles }) => tiles.workers.online,
  moving: ({ tiles }) => tiles.workers.moving, still: ({ tiles }) => tiles.workers.still, silent: ({ tiles }) => tiles.workers.silent,
  accepted_today: ({ tiles }) => tiles.accepted.value,
};
/** Positions that are lost are not known any more; counts of cases stay. */
const OF_POSITIONS = new Set(["online", "moving", "still", "silent"]);
const SIGNS = { ok: "circle", late: "diamond", lost: "cross" } as const;

/** The text of a live number, or null where the board does not have it (the page's own number stays). */
export function liveText(key: string, view: View, lost: boolean): string | null {
  const read = LIVE[key];
  if (!read) return null;
  return lost && OF_POSITIONS.has(key) ? count(null) : count(read(view.board));
}

export type Standing = { text: string; due: "left" | "over" };

/** Time left until a deadline, or time over it; both instants in epoch ms. */
export function standing(deadline: number, now: number, lang: View["words"]["lang"]): Standing {
  return { text: countdown(Math.abs(deadline - now), lang), due: deadline > now ? "left" : "over" };
}

function each(root: ParentNode, name: string, act: (target: HTMLElement, value: string) => void): void {
  for (const target of root.querySelectorAll<HTMLElement>(`[data-${name}]`)) act(target, target.getAttribute(`data-${name}`) ?? "");
}

export type Age = { text: string; health: "ok" | "late" | "lost" };

/** What is said of a source: how long ago, delayed, lost, or never heard of. */
export function ageOf(name: string, view: View): Age | null {
  const found = view.streams.all.find(({ source }) => source.name === name);
  if (!found) return null;
  const { words, zone, now } = view, heard = lastHeard(found.source), silent = view.streams.silent;
  if (heard === null) return { text: words.say("strip.never"), health: "late" };
  if (silent || found.health === "lost") return { text: words.say("strip.lost", { age: duration(Math.max(silent, found.age), words.lang) }), health: "lost" };
  if (found.health === "delayed" && !found.recovering) return { text: words.say("strip.delayed", { age: duration(found.age, words.lang) }), health: "late" };
  if (found.source.ok >= 3600) return { text: dataTime(heard, now, zone, words.lang), health: "ok" };
  return { text: words.say("strip.ago", { age: duration(found.age, words.lang) }), health: "ok" };
}

/** A sign, the source's name, its age: elements are made once and then only written. */
function writeAge(target: HTMLElement, age: Age): void {
  let value = target.querySelector<HTMLElement>(".age-value"), sign = target.querySelector<SVGElement>(".icon");
  if (!value || !sign) {
    value = document.createElement("span");
    value.className = "age-value";
    sign = icon(SIGNS[age.health]);
    target.append(" ", value);
    target.prepend(sign);
  }
  setIcon(sign, SIGNS[age.health]);
  write(value, age.text);
  mark(target, "health", age.health);
}

/** Everything that a board and its clock change. */
export function writeLive(root: ParentNode, view: View): void {
  const lost = view.streams.lane("positions").health === "lost";
  if (root instanceof HTMLElement) mark(root, "positions", lost ? "lost" : "known");
  each(root, "live", (target, key) => {
    const text = liveText(key, view, lost);
    if (text !== null) write(target, text);
  });
  each(root, "age", (target, name) => {
    const age = ageOf(name, view);
    if (age) writeAge(target, age);
  });
  each(root, "now", (target, words) => write(target, `${words}${/[a-z]$/i.test(words) ? " " : ""} ${clock(view.board.meta.time, view.zone)}`.replace(/ {2,}/g, " ")));
}

/**
 * Everything that time alone changes; runs once a second also without a board. A pause stops the countdowns, never the clock, so that a
 * frozen page can be told from a paused one. `zone`: minutes east of Greenwich.
 */
export function writeTime(root: ParentNode, now: number, paused: number | null, zone: number, lang: View["words"]["lang"]): void {
  each(root, "countdown", (target, value) => {
    const deadline = Number(value);
    if (!value || !Number.isFinite(deadline)) return;
    const { text, due } = standing(deadline, paused ?? now, lang);
    write(target, text);
    mark(target, "due", due);
  });
  each(root, "clock", (target, form) => write(target, form === "minutes" ? minute(now, zone) : clock(now, zone)));
}
