/** The wall's Plotly figures: this side pushes small series, the functions below lay them into the figures that Python built. */

import tokens from "../../layouts/tokens.json";
import { element } from "./dom";
import { count } from "./formats/numbers";
import { isShown, unit } from "./screen";
import type { Board, RateTile } from "./types";

/** A chart is drawn anew at most this often, in ms. */
const EVERY = 4000;

type Figure = { data: Record<string, unknown>[]; layout: Record<string, unknown> };
type Daily = { days: string[]; counts: number[]; off: boolean[]; size: number };
type Hours = { counts: number[]; size: number };
type Rate = { days: string[]; rates: (number | null)[]; target: number };
type Trends = { on_time: Rate; satisfaction: Rate; size: number };
type Clientside = { set_props(id: string, props: Record<string, unknown>): void } & Record<string, unknown>;

declare global {
  interface Window { dash_clientside?: Clientside }
}

const dark = tokens.color.dark;
const neutral = tokens.color.series_neutral_dark;

function sized(figure: Figure, size: number, bottom: number, top: number, right = 0): Record<string, unknown> {
  const font = { ...(figure.layout.font as object), size: 20 * size };
  return { ...figure.layout, font, margin: { l: 0, r: right * size, t: top * size, b: bottom * size } };
}

/** Days off darker, today outlined, labels on the highest day and on today. */
function daily({ days, counts, off, size }: Daily, figure: Figure): Figure {
  const today = days.length - 1, highest = counts.indexOf(Math.max(...counts));
  const fill = counts.map((_, i) => (i === today ? dark.bg1.value : off[i] ? neutral[3]! : neutral[1]!));
  const line = { width: counts.map((_, i) => (i === today ? 2 * size : 0)), color: dark.t1.value };
  const text = counts.map((n, i) => (i === today || i === highest ? count(n) : ""));
  const ticks = [0, 6, 13, 20, 27].filter((i) => i < today - 1).concat(today);
  const xaxis = { ...(figure.layout.xaxis as object), tickvals: ticks.map((i) => days[i]) };
  const trace = { ...figure.data[0], x: days, y: counts, text, marker: { color: fill, line } };
  return { data: [trace], layout: { ...sized(figure, size, 32, 28), xaxis } };
}

function hours({ counts, size }: Hours, figure: Figure): Figure {
  const highest = counts.indexOf(Math.max(...counts));
  const trace = { ...figure.data[0], y: counts, text: counts.map((n, i) => (i === highest && n ? count(n) : "")), marker: { color: neutral[1], line: { width: 0 } } };
  return { data: [trace], layout: sized(figure, size, 32, 26) };
}

function trend({ days, rates, target }: Rate, size: number, figure: Figure): Figure {
  const width = (n: number) => ({ ...(figure.data[n]!.line as object), width: (n ? 1.4 : 2.4) * size });
  const data = [{ ...figure.data[0], x: days, y: rates, line: width(0) }, { ...figure.data[1], x: days, y: days.map(() => target), line: width(1) }];
  return { data, layout: sized(figure, size, 34, 10, 84) };
}

/** Called by Dash with the pushed series and the figure as it is. */
export const clientside = {
  daily: (series: Daily | null, figure: Figure) => (series ? daily(series, figure) : figure),
  hours: (series: Hours | null, figure: Figure) => (series ? hours(series, figure) : figure),
  on_time: (series: Trends | null, figure: Figure) => (series ? trend(series.on_time, series.size, figure) : figure),
  satisfaction: (series: Trends | null, figure: Figure) => (series ? trend(series.satisfaction, series.size, figure) : figure),
};

function rateOf({ spark, target }: RateTile, dayName: (day: number) => string): Rate {
  const rates = spark.map(([, n, d]) => (d ? (n / d) * 100 : null));
  return { days: spark.map(([day]) => dayName(day)), rates, target: target * 100 };
}

/** Pushes a series when its part of the board or the screen changed, at most every few seconds. */
export class Charts {
  private last = -Infinity;
  private drawn: unknown[] = [];

  constructor(private readonly dayUnit: string) {}

  update(board: Board, at: number): void {
    const size = unit(), wide = isShown(element("events")), trends = isShown(element("stock-trends"));
    const basis = [board.events.daily, board.events.hours, board.tiles.on_time, size, wide, trends];
    if (!wide || at - this.last < EVERY || basis.every((part, i) => part === this.drawn[i])) return;
    const push = window.dash_clientside?.set_props;
    if (!push) return;
    this.last = at;
    this.drawn = basis;
    this.push(push, board, size, trends);
  }

  private push(push: Clientside["set_props"], { events, tiles }: Board, size: number, trends: boolean): void {
    const off = new Set(events.holidays);
    const days = events.daily.map(([day]) => `${day % 100}${this.dayUnit}`), counts = events.daily.map(([, n]) => n);
    push("daily-series", { data: { days, counts, off: events.daily.map(([day]) => off.has(day)), size } });
    push("hours-series", { data: { counts: events.hours, size } });
    const dayName = (day: number) => `${Math.floor((day % 10000) / 100)}/${day % 100}`;
    const both = { on_time: rateOf(tiles.on_time, dayName), satisfaction: rateOf(tiles.satisfaction, dayName), size };
    if (trends) push("trend-series", { data: both });
  }
}
