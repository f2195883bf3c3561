import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "../src/clock";
import { Words } from "../src/i18n";
import { affected } from "../src/panels/affected";
import { Streams } from "../src/streams";
import type { Source } from "../src/types";

const NOW = 1_790_000_000_000;

function source(name: string, lane: string, age: number): Source {
  const heard = NOW - age * 1000;
  return { name, lane, label: { zh: name }, event_time: heard, arrived: heard, ok: 15, lost: 75, error: "", retry_at: null, tries: 0, waited: 0 };
}

/** What the banner says of the first of some sources, in both languages. */
function said(others: number, ...sources: Source[]): string[] {
  const clock = new ServerClock(), streams = new Streams();
  clock.set(NOW, 0, 1);
  streams.update(sources, clock, 0);
  return (["zh-CN", "en"] as const).map((lang) => affected({ words: new Words(lang), streams }, streams.all[0]!, others));
}

test("a lost sender of positions beside the stream takes its own positions with it, no cases", () => {
  const phones = source("http:phones", "positions", 500), stream = source("positions", "positions", 1);
  assert.deepEqual(said(0, phones, stream), ["受影响：该来源上报的人员位置。其余来源正常。", "Affected: positions from this source. Other sources are fine."]);
});

test("a lost sender of cases takes its own", () => {
  assert.equal(said(0, source("http:12345", "cases", 500), source("cases", "cases", 1))[0], "受影响：该来源的案件。其余来源正常。");
});

test("that all else is fine is said only while nothing else is lost", () => {
  const positions = source("positions", "positions", 500), cases = source("cases", "cases", 500);
  assert.deepEqual(said(0, positions), ["受影响：在线网格员、实时位置。案件、时限与排名正常。", "Affected: workers online, map. Cases, deadlines and ranking are fine."]);
  assert.deepEqual(said(1, positions, cases), ["受影响：在线网格员、实时位置。", "Affected: workers online, map."]);
});
