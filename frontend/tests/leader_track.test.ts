import assert from "node:assert/strict";
import { test } from "node:test";
import { Playback } from "../src/leader/playback";
import { completedTrack, lastBefore, legs, placeAt, stopRadius } from "../src/leader/track";

const MINUTE = 60_000;
const track = completedTrack({
  time: [0, 1, 2, 30, 31].map((minute) => minute * MINUTE), lon: [113, 113.1, 113.2, 113.3, 113.4], lat: [27, 27, 27, 27, 27],
  spans: [{ state: "gap", begin: 1 * MINUTE, end: 2 * MINUTE }],
});

test("a gap is what a span says, and what is too long to be a step; time off is neither", () => {
  assert.deepEqual(legs(track), ["walked", "gap", "gap", "walked"]);
  const noon = { ...track, spans: [{ state: "off", begin: 5 * MINUTE, end: 25 * MINUTE }] };
  assert.deepEqual(legs(noon), ["walked", "walked", "off", "walked"]);
});

test("between two fixes somebody is on the line; in a gap at the last fix", () => {
  const between = legs(track);
  assert.deepEqual(placeAt(track, between, 0.5 * MINUTE)!.map((value) => +value.toFixed(4)), [113.05, 27]);
  assert.deepEqual(placeAt(track, between, 20 * MINUTE), [113.2, 27]);
  assert.deepEqual(placeAt(track, between, -5), [113, 27]);
  assert.deepEqual(placeAt(track, between, 99 * MINUTE), [113.4, 27]);
  assert.equal(placeAt(completedTrack({}), [], 0), null);
});

test("the last fix before an instant", () => {
  assert.deepEqual([-1, 0, 1, 29].map((minute) => lastBefore(track.time, minute * MINUTE)), [-1, 0, 1, 2]);
});

test("longer stops have larger circles, up to a limit", () => {
  const radius = (minutes: number) => stopRadius({ begin: 0, end: minutes * MINUTE });
  assert.ok(radius(15) < radius(40));
  assert.equal(radius(600), 22);
});

test("playback runs at its speed, stops at the end and starts over from the beginning", () => {
  Object.assign(globalThis, { requestAnimationFrame: () => 0 });
  let moves = 0;
  const play = new Playback(0, 100_000, () => moves++);
  assert.equal(play.at, 100_000);
  play.speed = 60;
  play.toggle();
  assert.deepEqual([play.at, play.running], [0, true]);
  play.advance(1000);
  assert.equal(play.at, 60_000);
  play.advance(1000);
  assert.deepEqual([play.at, play.running], [100_000, false]);
  play.seek(-5);
  assert.equal(play.at, 0);
  assert.equal(moves, 4);
});
