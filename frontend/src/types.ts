/** The board document as docs/board.md describes it. Instants are epoch ms; rates are fractions. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Name = { zh: string; en?: string | null };
export type Fraction = { n: number; d: number };
export type Compare = { now: Fraction; then: Fraction; day: number; then_day: number };

export type Meta = {
  region: string; name: Name; level: string; root: boolean; demo: boolean; title: Name;
  counts: [string, number][]; zone_minutes: number; time: number; seq: number; version: number; speed: number;
};

export type RateTile = Fraction & { target: number; compare: Compare | null; spark: [number, number, number][] };

export type Tiles = {
  workers: {
    online: number | null; on_duty: number | null; total: number | null; moving: number | null; still: number | null;
    silent: number | null; off: number | null; target: number; spark: [number, number][];
  };
  accepted: {
    value: number | null; closed: number | null; yesterday: number | null; spark: [number, number][]; reference: [number, number][];
  };
  open: { value: number | null; pending: number; handling: number; verifying: number; suspended: number };
  on_time: RateTile;
  overdue: {
    value: number | null; supervised: number; open: number; yesterday: number | null; spark: [number, number][];
    last_closed: number | null;
  };
  satisfaction: RateTile;
};

export type RankRow = {
  rank: number; tied: boolean; change: number | null; code: string; name: Name; parent: Name | null; score: number;
  overdue: number; due: number; small: boolean;
};

export type Ranking = {
  period: string; computed: number; next: number; level: string; model: { key: string; version: string; name: Name };
  median: number | null; rows: RankRow[]; below: { code: string; name: Name; parent: Name | null; due: number; reason: string }[];
};

export type DistrictRow = {
  code: string; name: Name; rank: number | null; change: number | null; score: number | null;
  moving: number | null; online: number | null; open: number; overdue: number;
};

export type Districts = {
  level: string; rows: DistrictRow[];
  total: { moving: number | null; online: number | null; open: number; overdue: number };
};

export type DueRow = { id: string; title: string; place: Name; unit: string | null; supervised: boolean; deadline: number };
export type Overdue = { total: number; rows: DueRow[]; soon_total: number; soon: DueRow[] };

export type Step = { seq: number; time: number; type: string; stage: number; title: string; place: Name };

export type Events = {
  equation: { carried: number; accepted: number; reopened: number; closed: number; voided: number; open: number };
  daily: [number, number][]; holidays: number[];
  categories: { code: string; name: Name; n: number; until: number | null; before: number | null }[];
  channels: { key: string; n: number }[]; hours: number[];
};

export type Stock = {
  updated: number;
  persons: { value: number; parts: { key: string; value: number }[] } | null;
  houses: { value: number; parts: { key: string; value: number }[] } | null;
  accuracy: (Fraction & { target: number; rows: { code: string; name: Name; n: number; d: number }[] }) | null;
  tasks: { key: string; name: Name; n: number; d: number }[];
};

export type CaseKind = "overdue" | "soon" | "supervised" | "open";
export type MapBoard = {
  labels: Record<string, number | null>; cases: Record<string, [number, number, CaseKind]>;
  off_hours: boolean; workers: number; seen: number;
};

export type Source = {
  name: string; lane: string; label: Name; event_time: number | null; arrived: number | null; ok: number; lost: number;
  error: string; retry_at: number | null; tries: number;
  /** Seconds that what was taken in last had waited in its queue, 0 below one. */
  waited: number;
};

export type Board = {
  meta: Meta; tiles: Tiles; ranking: Ranking; overdue: Overdue; ticker: { rows: Step[] }; districts: Districts;
  events: Events; stock: Stock | null; map: MapBoard; sources: Source[];
};

export type MapRegion = {
  code: string; name: string; name_en: string | null; level: string; parent: string | null;
  label: [number, number] | null; rings: number[][];
};
export type MapData = {
  version: number; plane: { lon: number; lat: number }; bounds: [number, number, number, number]; regions: MapRegion[];
  /** Open lines, each a flat list of coordinates. */
  lines?: { water?: number[][]; roads?: number[][] };
};
