import assert from "node:assert/strict";
import { test } from "node:test";
import { Faults } from "../src/health";
import { due } from "../src/lifetime";

const HOUR = 3600_000;

test("a page of a day is renewed in the small hours, walls one after the other", () => {
  assert.equal(due(21 * HOUR, 50e6, 14, 0), false);
  assert.equal(due(21 * HOUR, 50e6, 3.1, 0), true);
  assert.equal(due(21 * HOUR, 50e6, 3.1, 0.5), false);
  assert.equal(due(21 * HOUR, 50e6, 4.9, 1), true);
  assert.equal(due(21 * HOUR, 50e6, 5, 0), false);
  assert.equal(due(2 * HOUR, 50e6, 4, 0), false);
});

test("memory that grows is renewed that night, memory past the limit at once", () => {
  assert.equal(due(HOUR, 250e6, 4, 0), true);
  assert.equal(due(HOUR, 250e6, 14, 0), false);
  assert.equal(due(HOUR, 450e6, 14, 0.7), true);
  assert.equal(due(49 * HOUR, 50e6, 14, 0), true);
});

test("a panel that fails stops no other and is told once", () => {
  const faults = new Faults(), done: string[] = [], said: unknown[] = [], before = console.error;
  console.error = (...words: unknown[]) => said.push(words[0]);
  for (let turn = 0; turn < 3; turn++) {
    faults.guard("ranking", () => { throw new Error("bad"); });
    faults.guard("ticker", () => done.push("ticker"));
  }
  console.error = before;
  assert.deepEqual([faults.count, done.length, said], [3, 3, ["ranking left out:"]]);
});
