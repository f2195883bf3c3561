/** What each KPI tile says when its data is in order. */

import { count, growth, percent, points, reached, target, type Change } from "../formats/numbers";
import { minute } from "../formats/times";
import type { Segment, Values } from "../i18n";
import type { Compare, RateTile } from "../types";
import type { View } from "../view";
import type { Spark } from "./sparkline";

export type Content = {
  value: string; known: boolean; empty: boolean; scope: Segment[]; first: Segment[]; second: Segment[]; spark: Spark | null;
  /** A stated rule is broken: the line is amber. */
  missed?: boolean; critical?: boolean;
};

const ICONS = { "-1": "down", "0": "same", "1": "up" } as const;

function compareLine(view: View, key: string, change: Change, extra: Values = {}): Segment[] {
  return view.words.segments(key, { arrow: ICONS[`${change.direction}`], n: change.text, ...extra });
}

function targetLine(view: View, met: boolean, share: number): Segment[] {
  return view.words.segments(met ? "tile.target.met" : "tile.target.missed", { target: target(share) });
}

export function workers(view: View): Content {
  const { online, on_duty, target: share, spark } = view.board.tiles.workers;
  const rate = { n: online ?? 0, d: on_duty ?? 0 }, met = reached(rate, share), duty = rate.d > 0;
  return {
    value: count(online), known: online !== null, empty: online !== null && !duty, missed: duty && !met,
    scope: view.words.segments("tile.workers.scope", { n: count(on_duty) }),
    first: view.words.segments("tile.workers.rate", { rate: duty ? `${percent(rate, 1)}%` : "—" }),
    second: duty ? targetLine(view, met, share) : view.words.segments("tile.empty.workers"),
    spark: { points: spark, target: duty ? share * rate.d : null },
  };
}

function against(view: View, key: string, value: number, before: number | null): Segment[] {
  if (before === null) return view.words.segments("tile.compare.yesterday_none");
  const difference = value - before;
  if (difference === 0) return view.words.segments("tile.compare.yesterday_same");
  const change: Change = { direction: difference < 0 ? -1 : 1, text: count(Math.abs(difference)) };
  const relative = growth(value, before);
  return compareLine(view, relative ? key : `${key}_only`, change, { percent: relative?.text ?? "" });
}

export function accepted(view: View): Content {
  const { value, closed, yesterday, spark, reference } = view.board.tiles.accepted;
  const last = reference[reference.length - 1]?.[0] ?? 1440;
  return {
    value: count(value), known: value !== null, empty: value === 0,
    scope: view.words.segments("tile.accepted.scope", { time: minute(view.board.meta.time, view.zone) }),
    first: value === 0 ? view.words.segments("tile.empty.accepted") : view.words.segments("tile.accepted.closed", { n: count(closed) }),
    second: against(view, "tile.accepted.compare", value ?? 0, yesterday),
    spark: { points: spark, reference, span: [0, Math.max(last, spark[spark.length - 1]?.[0] ?? 1)] },
  };
}

export function open(view: View): Content {
  const { value, suspended } = view.board.tiles.open;
  return {
    value: count(value), known: value !== null, empty: value === 0,
    scope: suspended ? view.words.segments("tile.open.suspended", { n: count(suspended) }) : view.words.segments("tile.open.scope"),
    first: [], second: [], spark: null,
  };
}

function compareMonth(view: View, compare: Compare | null): Segment[] {
  const change = compare && points(compare.now, compare.then);
  if (!change) return view.words.segments("tile.compare.none");
  return change.direction === 0 ? view.words.segments("tile.compare.same") : compareLine(view, "tile.compare.month", change);
}

function rate(view: View, key: "on_time" | "satisfaction", scope: Segment[]): Content {
  const tile: RateTile = view.board.tiles[key];
  const met = reached(tile, tile.target), judged = tile.d > 0;
  const days = tile.spark.filter((day) => day[2] > 0).map(([, n, d], i): [number, number] => [i, n / d]);
  return {
    value: percent(tile, 2), known: true, empty: !judged, scope, missed: judged && !met,
    first: judged ? targetLine(view, met, tile.target) : view.words.segments(`tile.empty.${key}`),
    second: judged ? compareMonth(view, tile.compare) : [],
    spark: { points: days, target: days.length ? tile.target : null },
  };
}

export function onTime(view: View): Content {
  return rate(view, "on_time", view.words.segments("tile.on_time.scope"));
}

export function satisfaction(view: View): Content {
  return rate(view, "satisfaction", view.words.segments("tile.satisfaction.scope", { n: count(view.board.tiles.satisfaction.d) }));
}

export function overdue(view: View): Content {
  const { value, supervised, open: all, yesterday, spark } = view.board.tiles.overdue;
  const share = { n: value ?? 0, d: all };
  return {
    value: count(value), known: value !== null, empty: value === 0, critical: (value ?? 0) > 0,
    scope: view.words.segments("tile.overdue.scope", { n: count(supervised) }),
    first: value === 0 ? view.words.segments("tile.empty.overdue") : view.words.segments("tile.overdue.share", { share: all ? `${percent(share, 1)}%` : "—" }),
    second: overdueChange(view, value ?? 0, yesterday),
    spark: { points: spark },
  };
}

function overdueChange(view: View, value: number, yesterday: number | null): Segment[] {
  if (yesterday === null) return view.words.segments("tile.compare.yesterday_none");
  if (value === yesterday) return view.words.segments("tile.compare.yesterday_same");
  const change: Change = { direction: value < yesterday ? -1 : 1, text: count(Math.abs(value - yesterday)) };
  return compareLine(view, "tile.overdue.compare", change);
}
