/** The polygons of a scope, fetched once for each version of base data. */

import { machineClock } from "../panels/strip";
import type { MapData } from "../types";

/** Seconds by which this machine is ahead of the server, from the date of an answer (whole seconds). */
function noteMachineClock(answer: Response, asked: number): void {
  const date = answer.headers.get("Date"), took = Date.now() - asked;
  if (date && took < 1000) machineClock.offset = (Date.now() - took / 2 - Date.parse(date) - 500) / 1000;
}

/** Rejects with an error whose message is a code such as "E-404". */
export async function fetchMap(region: string): Promise<MapData> {
  const asked = Date.now();
  const answer = await fetch(`/api/v1/map?region=${encodeURIComponent(region)}`).catch(() => null);
  if (!answer) throw new Error("E-NET");
  noteMachineClock(answer, asked);
  if (!answer.ok) throw new Error(`E-${answer.status}`);
  return (await answer.json()) as MapData;
}
