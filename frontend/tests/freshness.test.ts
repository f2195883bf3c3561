import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "../src/clock";
import { BEHIND, CAUGHT_UP, HOLD, Lateness, StreamHealth } from "../src/freshness";
import { SILENCE, Streams } from "../src/streams";
import type { Source } from "../src/types";

const LIMITS = { ok: 15, lost: 75 };

test("worse states are entered at the limit", () => {
  const stream = new StreamHealth();
  assert.equal(stream.update(15, LIMITS, 0).health, "ok");
  assert.equal(stream.update(16, LIMITS, 1).health, "delayed");
  assert.equal(stream.update(75, LIMITS, 60).health, "delayed");
  assert.equal(stream.update(76, LIMITS, 61).health, "lost");
});

test("a lost stream that delivers is no longer lost, and in order after it has held", () => {
  const stream = new StreamHealth();
  stream.update(100, LIMITS, 0);
  assert.deepEqual(stream.update(1, LIMITS, 1), { health: "delayed", age: 1, recovering: true });
  assert.equal(stream.update(2, LIMITS, HOLD).health, "delayed");
  assert.deepEqual(stream.update(2, LIMITS, 1 + HOLD), { health: "ok", age: 2, recovering: false });
});

test("a relapse starts the waiting anew", () => {
  const stream = new StreamHealth();
  stream.update(20, LIMITS, 0);
  stream.update(1, LIMITS, 1);
  stream.update(20, LIMITS, 30);
  assert.equal(stream.update(1, LIMITS, 31).health, "delayed");
  assert.equal(stream.update(1, LIMITS, 1 + HOLD).health, "delayed");
  assert.equal(stream.update(1, LIMITS, 31 + HOLD).health, "ok");
});

test("a stream that starts in order does not wait, one that never delivered is lost", () => {
  assert.equal(new StreamHealth().update(1, LIMITS, 0).health, "ok");
  assert.equal(new StreamHealth().update(null, LIMITS, 0).health, "lost");
});

test("the clock goes on between messages, at the speed of the data directory", () => {
  const clock = new ServerClock();
  clock.set(1_000_000, 0, 60);
  assert.equal(clock.now(500), 1_000_000 + 30_000);
  assert.equal(clock.age(1_000_000, 500), 0.5);
});

test("a message that was under way does not turn the clock back; a real step does", () => {
  const clock = new ServerClock();
  clock.set(1_000_000, 0, 1);
  clock.set(1_000_400, 1000);
  assert.equal(clock.now(1000), 1_001_000);
  clock.set(990_000, 2000);
  assert.equal(clock.now(2000), 990_000);
  assert.equal(clock.silence(2500), 0.5);
});

function source(name: string, lane: string, heard: number | null): Source {
  return { name, lane, label: { zh: name }, event_time: heard, arrived: heard, ok: 15, lost: 75, error: "", retry_at: null, tries: 0, waited: 0 };
}

test("a lost stream degrades only its own lane, a silent server every lane", () => {
  const clock = new ServerClock(), streams = new Streams(), now = 1_790_000_000_000;
  clock.set(now, 0, 1);
  const sources = [source("positions", "positions", now - 100_000), source("cases", "cases", now - 1000)];
  streams.update(sources, clock, 10);
  assert.equal(streams.lane("positions").health, "lost");
  assert.equal(streams.lane("cases").health, "ok");
  streams.update(sources, clock, (SILENCE + 1) * 1000);
  assert.equal(streams.silent, SILENCE + 1);
  assert.equal(streams.lane("cases").health, "lost");
});

test("cases may be quiet: an empty delivery keeps them in order", () => {
  const clock = new ServerClock(), streams = new Streams(), now = 1_790_000_000_000;
  clock.set(now, 0, 1);
  const quiet = { ...source("cases", "cases", now - 600_000), arrived: now - 1000 };
  streams.update([quiet], clock, 10);
  assert.equal(streams.lane("cases").health, "ok");
});

test("what is more than two seconds behind is told at once, and that it caught up for five", () => {
  const dots = new Lateness();
  assert.deepEqual(dots.update(BEHIND, 0), { behind: 0, recovering: false });
  assert.deepEqual(dots.update(3.2, 1), { behind: 3.2, recovering: false });
  assert.deepEqual(dots.update(0.4, 2), { behind: 0, recovering: true });
  assert.deepEqual(dots.update(0.4, 1 + CAUGHT_UP), { behind: 0, recovering: false });
});

test("dots are as late as their frame is old and as its fixes had waited", () => {
  const clock = new ServerClock(), streams = new Streams(), now = 1_790_000_000_000;
  clock.set(now, 0, 1);
  const fresh = source("positions", "positions", now);
  streams.update([fresh], clock, 900, 0);
  assert.equal(streams.dots.behind, 0);
  streams.update([fresh], clock, 1100, now);
  assert.equal(streams.dots.behind, 0);
  streams.update([fresh], clock, 2500, now);
  assert.equal(streams.dots.behind, 2.5);
  streams.update([{ ...fresh, waited: 3 }, source("cases", "cases", now)], clock, 2600, now + 2000);
  assert.equal(streams.dots.behind, 3.6);
});

test("a source that never delivered does not lead its lane while another one delivers", () => {
  const clock = new ServerClock(), streams = new Streams(), now = 1_790_000_000_000;
  clock.set(now, 0, 1);
  const silent = source("cases", "cases", null), hotline = source("http:12345", "cases", now - 1000);
  streams.update([silent, hotline], clock, 10);
  assert.equal(streams.lane("cases").health, "ok");
  assert.equal(streams.lane("cases").source?.name, "http:12345");
  streams.update([{ ...silent, arrived: now - 100_000, event_time: now - 100_000 }, hotline], clock, 20);
  assert.equal(streams.lane("cases").health, "lost");
});

test("a lane in which nothing was ever delivered is lost", () => {
  const clock = new ServerClock(), streams = new Streams();
  clock.set(1_790_000_000_000, 0, 1);
  streams.update([source("cases", "cases", null)], clock, 10);
  assert.equal(streams.lane("cases").health, "lost");
});
