/** The wall's Plotly figures: Python builds them without data, here the board's numbers are laid into them. */

import tokens from "../../layouts/tokens.json";
import { element } from "./dom";
import { count } from "./formats/numbers";
import { isShown, unit } from "./screen";
import type { Board, Events, RateTile } from "./types";

/** A chart is drawn anew at most this often, in ms. */
const EVERY = 4000;

type Figure = { data: Record<string, unknown>[]; layout: Record<string, unknown> };
type Figures = Record<string, Figure>;
type Clientside = { set_props(id: string, props: Record<string, unknown>): void } & Record<string, unknown>;

declare global {
  interface Window { dash_clientside?: Clientside }
}

const dark = tokens.color.dark;
const neutral = tokens.color.series_neutral_dark;

/** Room beside a chart, and how many bars from its end a number may still reach over it. */
const SIDE = 14, NEAR = 2;

function sized(figure: Figure, size: number, bottom: number, top: number, right = SIDE, left = SIDE): Record<string, unknown> {
  const font = { ...(figure.layout.font as object), size: 20 * size };
  return { ...figure.layout, font, margin: { l: left * size, r: right * size, t: top * size, b: bottom * size } };
}

/** What a number above an outermost bar needs beside the chart. */
function beside(text: string): number {
  return Math.max(SIDE, 6.4 * text.length - 12);
}

/** From nothing to the highest bar: the labels have room above, in the margin. */
function upTo(figure: Figure, counts: number[]): object {
  return { ...(figure.layout.yaxis as object), range: [0, Math.max(1, ...counts)], autorange: false };
}

function label(size: number): { size: number; color: string } {
  return { size: 20 * size, color: dark.t1.value };
}

/** Days off darker, today outlined, labels on the highest day and on today. */
function daily(figure: Figure, { daily: rows, holidays }: Events, dayUnit: string, size: number): Figure {
  const off = new Set(holidays), today = rows.length - 1, counts = rows.map(([, n]) => n), highest = counts.indexOf(Math.max(...counts));
  const days = rows.map(([day]) => `${day % 100}${dayUnit}`);
  const fill = rows.map(([day], i) => (i === today ? dark.bg1.value : off.has(day) ? neutral[3]! : neutral[1]!));
  const line = { width: counts.map((_, i) => (i === today ? 2 * size : 0)), color: dark.t1.value };
  const text = counts.map((n, i) => (i === today || i === highest ? count(n) : ""));
  const ticks = [0, 6, 13, 20, 27].filter((i) => i < today - 1).concat(today);
  const xaxis = { ...(figure.layout.xaxis as object), tickvals: ticks.map((i) => days[i]) };
  const trace = { ...figure.data[0], x: days, y: counts, text, textfont: label(size), marker: { color: fill, line } };
  return { data: [trace], layout: { ...sized(figure, size, 32, 28, beside(text[today] ?? "")), xaxis, yaxis: upTo(figure, counts) } };
}

function hours(figure: Figure, counts: number[], size: number): Figure {
  const highest = counts.indexOf(Math.max(...counts)), text = counts.map((n, i) => (i === highest && n ? count(n) : ""));
  const trace = { ...figure.data[0], y: counts, text, textfont: label(size), marker: { color: neutral[1], line: { width: 0 } } };
  const left = Math.max(SIDE, ...text.slice(0, NEAR).map(beside)), right = Math.max(SIDE, ...text.slice(-NEAR).map(beside));
  return { data: [trace], layout: { ...sized(figure, size, 32, 26, right, left), yaxis: upTo(figure, counts) } };
}

function trend(figure: Figure, { spark, target }: RateTile, size: number): Figure {
  const days = spark.map(([day]) => `${Math.floor((day % 10000) / 100)}/${day % 100}`);
  const width = (n: number) => ({ ...(figure.data[n]!.line as object), width: (n ? 1.4 : 2.4) * size });
  const rates = spark.map(([, n, d]) => (d ? (n / d) * 100 : null));
  const data = [{ ...figure.data[0], x: days, y: rates, line: width(0) }, { ...figure.data[1], x: days, y: days.map(() => target * 100), line: width(1) }];
  return { data, layout: sized(figure, size, 34, 14, 92, 30) };
}

let built: Figures | null = null;

/** Dash hands over the figures without data that Python built. */
export const clientside = {
  figures(handed: Figures): boolean {
    built = handed;
    return true;
  },
};

const CONFIG = { staticPlot: true, displayModeBar: false, responsive: true };

/**
 * Puts a graph into its place when its panel is first on screen (the chart library is loaded only then), and replaces its arrays when
 * its part of the board or the screen changed, at most every few seconds.
 */
export class Charts {
  private last = -Infinity;
  private drawn: unknown[] = [];
  private readonly placed = new Set<string>();

  constructor(private readonly dayUnit: string) {}

  update({ events, tiles }: Board, at: number): void {
    const size = unit(), wide = isShown(element("events")), trends = wide && isShown(element("stock-trends"));
    const basis = [events, tiles.on_time, tiles.satisfaction, size, wide, trends, built];
    if (!wide || !built || at - this.last < EVERY || basis.every((part, i) => part === this.drawn[i])) return;
    this.last = at;
    this.drawn = basis;
    this.show("daily-graph", daily(built["daily-graph"]!, events, this.dayUnit, size));
    this.show("hours-graph", hours(built["hours-graph"]!, events.hours, size));
    if (!trends) return;
    this.show("on-time-graph", trend(built["on-time-graph"]!, tiles.on_time, size));
    this.show("satisfaction-graph", trend(built["satisfaction-graph"]!, tiles.satisfaction, size));
  }

  private show(id: string, figure: Figure): void {
    const { set_props: push } = window.dash_clientside!;
    if (this.placed.has(id)) return push(id, { figure });
    this.placed.add(id);
    const props = { id, figure, config: CONFIG, responsive: true, className: "wall-graph-inner" };
    push(`${id}-slot`, { children: { namespace: "dash_core_components", type: "Graph", props } });
  }
}
