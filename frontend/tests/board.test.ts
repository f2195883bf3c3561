import assert from "node:assert/strict";
import { test } from "node:test";
import { merge } from "../src/board";
import type { Json } from "../src/types";

test("leaves are absolute: lists and numbers replace, objects merge", () => {
  const old = { a: { x: 1, y: [1, 2, 3] }, b: 2 };
  assert.deepEqual(merge(old, { a: { y: [9] }, b: 3 }), { a: { x: 1, y: [9] }, b: 3 });
});

test("keys under - go", () => {
  const old = { cases: { c1: [1, 2, "overdue"], c2: [3, 4, "soon"] } };
  assert.deepEqual(merge(old, { cases: { c3: [5, 6, "soon"], "-": { c1: null } } }), { cases: { c2: [3, 4, "soon"], c3: [5, 6, "soon"] } });
});

test("null is a value, and an object may come where null was and back", () => {
  assert.deepEqual(merge({ stock: null }, { stock: { updated: 5 } }), { stock: { updated: 5 } });
  assert.deepEqual(merge({ stock: { updated: 5 } }, { stock: null }), { stock: null });
});

test("what does not change keeps its identity, and nothing old is written to", () => {
  const old = { tiles: { open: { value: 1 } }, ticker: { rows: [1] } };
  const copy = structuredClone(old);
  const merged = merge(old, { tiles: { open: { value: 2 } } }) as typeof old;
  assert.equal(merged.ticker, old.ticker);
  assert.notEqual(merged.tiles, old.tiles);
  assert.deepEqual(old, copy);
});

/** The server's `diff`, by its description. */
function diff(old: Record<string, Json>, fresh: Record<string, Json>): Record<string, Json> {
  const isTree = (v: Json | undefined): v is Record<string, Json> => typeof v === "object" && v !== null && !Array.isArray(v);
  const patch: Record<string, Json> = {};
  for (const [key, value] of Object.entries(fresh)) {
    const before = old[key];
    if (isTree(value) && isTree(before)) {
      const inner = diff(before, value);
      if (Object.keys(inner).length) patch[key] = inner;
    } else if (!(key in old) || JSON.stringify(before) !== JSON.stringify(value)) patch[key] = value;
  }
  const gone = Object.keys(old).filter((key) => !(key in fresh));
  if (gone.length) patch["-"] = Object.fromEntries(gone.map((key) => [key, null]));
  return patch;
}

test("merge(old, diff(old, new)) is new, for many random boards", () => {
  let seed = 42;
  const random = (n: number) => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
  const tree = (depth: number): Record<string, Json> => Object.fromEntries(Array.from({ length: random(5) }, () => [`k${random(6)}`, node(depth)]));
  const node = (depth: number): Json => [() => random(9), () => null, () => `s${random(4)}`, () => [random(3), random(3)], () => (depth ? tree(depth - 1) : random(2))][random(5)]!();
  for (let i = 0; i < 500; i++) {
    const old = tree(3), fresh = tree(3);
    assert.deepEqual(merge(old, diff(old, fresh)), fresh);
  }
});
