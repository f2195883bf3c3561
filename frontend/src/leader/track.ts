/** A day's track: which parts were walked, which are gaps, and where somebody was at an instant. Instants are epoch ms. */

export type Stop = { number: number; begin: number; end: number; lon: number; lat: number; region_name?: string };
export type Span = { state: string; begin: number; end: number; stop?: number | null };
export type Cell = { code: string; name: string; visited: boolean };
export type TrackOptions = { worker: string; time: number[]; lon: number[]; lat: number[]; stops: Stop[]; spans: Span[]; cells: Cell[]; region: string; zone?: number };
export type Leg = "walked" | "gap" | "off";

/** Fixes further apart than this without a span that says why are a gap, in ms. */
const LONGEST = 10 * 60_000;

export function completedTrack(options: Partial<TrackOptions>): TrackOptions {
  return {
    worker: options.worker ?? "", time: options.time ?? [], lon: options.lon ?? [], lat: options.lat ?? [], stops: options.stops ?? [],
    spans: options.spans ?? [], cells: options.cells ?? [], region: options.region ?? "", zone: options.zone,
  };
}

/** What lies between fix `i` and the next one. */
export function legs({ time, spans }: Pick<TrackOptions, "time" | "spans">): Leg[] {
  const apart = spans.filter(({ state }) => state === "gap" || state === "off");
  return time.slice(1).map((end, i) => {
    const begin = time[i]!, over = apart.filter((span) => span.begin < end && span.end > begin && span.end - span.begin > 0);
    if (over.some(({ state }) => state === "off")) return "off";
    return over.length || end - begin > LONGEST ? "gap" : "walked";
  });
}

/** Index of the last fix at or before an instant, -1 before the first. */
export function lastBefore(time: number[], at: number): number {
  let low = 0, high = time.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (time[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Where somebody was: on the straight line between two fixes, or at the last fix while none is known. */
export function placeAt({ time, lon, lat }: Pick<TrackOptions, "time" | "lon" | "lat">, between: Leg[], at: number): [number, number] | null {
  const i = lastBefore(time, at);
  if (i < 0) return time.length ? [lon[0]!, lat[0]!] : null;
  if (i + 1 >= time.length || between[i] !== "walked") return [lon[i]!, lat[i]!];
  const share = (at - time[i]!) / Math.max(1, time[i + 1]! - time[i]!);
  return [lon[i]! + (lon[i + 1]! - lon[i]!) * share, lat[i]! + (lat[i + 1]! - lat[i]!) * share];
}

/** Radius of a stop's circle in CSS pixels: the area grows with its minutes. */
export function stopRadius({ begin, end }: Pick<Stop, "begin" | "end">): number {
  return Math.min(22, 8 + 1.6 * Math.sqrt(Math.max(0, (end - begin) / 60_000)));
}
