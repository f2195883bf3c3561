/** The box beside a region that is pointed at or has the focus: the same content for both. */

import { make } from "../dom";
import { count, score } from "../formats/numbers";
import { icon } from "../icons";
import type { Words } from "../i18n";
import type { Board, MapRegion } from "../types";
import type { MapOptions } from "./map_options";
import { valueText } from "./shade";
import { contains } from "./shapes";

export type Line = { text: string; tone?: "crit" | "dub" };

/** Supervised cases drawn inside a region. */
function supervisedIn(board: Board, region: MapRegion): number {
  return Object.values(board.map.cases).filter(([x, y, kind]) => kind === "supervised" && contains(region.rings, x, y)).length;
}

function boardLines(board: Board, region: MapRegion, words: Words): Line[] {
  const row = board.districts.rows.find(({ code }) => code === region.code), online = board.map.labels[region.code], lines: Line[] = [];
  if (row && row.rank !== null) lines.push({ text: words.say("live.callout.rank", { rank: count(row.rank), of: count(board.districts.rows.length), score: score(row.score) }) });
  if (row) lines.push({ text: words.say("live.callout.workers", { online: count(row.online), moving: count(row.moving), open: count(row.open) }) });
  else if (online !== undefined) lines.push({ text: words.say("map.online", { n: count(online) }) });
  if (!row?.overdue) return lines;
  const supervised = supervisedIn(board, region);
  lines.push({ text: words.say("live.callout.overdue", { n: count(row.overdue) }), tone: "crit" });
  if (supervised) lines.push({ text: words.say("live.callout.supervised", { n: count(supervised) }), tone: "dub" });
  return lines;
}

/** What is known of a region, most important first. */
export function linesOf(region: MapRegion, options: MapOptions, board: Board | null, words: Words): Line[] {
  const lines: Line[] = [], { shade } = options, extra = options.labels[region.code];
  if (shade) {
    const value = valueText(shade, region.code);
    lines.push({ text: shade.label ? words.say("live.callout.value", { label: shade.label, value }) : value });
  }
  for (const text of shade || extra === undefined ? [] : [extra].flat()) lines.push({ text: String(text) });
  return board ? lines.concat(boardLines(board, region, words)) : lines;
}

export class Callout {
  readonly root = make("div", "lmap-callout");

  constructor() {
    this.root.hidden = true;
  }

  hide(): void {
    this.root.hidden = true;
  }

  /** Beside the box of the region (CSS pixels of the stage), where there is room. */
  show(title: string, hint: string, lines: Line[], box: [number, number, number, number], width: number, height: number): void {
    const rows = lines.map(({ text, tone }) => {
      const row = make("div", tone ? `lmap-line tone-${tone}` : "lmap-line");
      if (tone === "crit") row.append(icon("triangle"));
      row.append(text);
      return row;
    });
    this.root.replaceChildren(make("div", "lmap-callout-head", make("b", "", title), make("span", "lmap-hint", hint)), ...rows);
    this.root.hidden = false;
    this.place(box, width, height);
  }

  private place([left, top, right, bottom]: [number, number, number, number], width: number, height: number): void {
    const { offsetWidth: wide, offsetHeight: high } = this.root, gap = 10, onRight = right + gap + wide <= width;
    const x = onRight ? right + gap : left - gap - wide >= 0 ? left - gap - wide : Math.max(4, Math.min(width - wide - 4, (left + right) / 2 - wide / 2));
    const beside = onRight || left - gap - wide >= 0, below = bottom + gap + high <= height;
    const y = beside ? (top + bottom) / 2 - high / 2 : below ? bottom + gap : top - gap - high;
    this.root.style.left = `${Math.round(x)}px`;
    this.root.style.top = `${Math.round(Math.max(4, Math.min(height - high - 4, y)))}px`;
  }
}
