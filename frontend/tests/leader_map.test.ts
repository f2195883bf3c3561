import assert from "node:assert/strict";
import { test } from "node:test";
import { WHOLE } from "../src/map/projection";
import { CLOSEST, dragged, type Ground, keyed, zoomed } from "../src/leader/gestures";
import { layersOf, toggledLayer } from "../src/leader/map_options";
import { niceLength } from "../src/leader/scale_bar";
import { classOf, classWords, figure, fillsFor, limitsOf, RAMP, valueText } from "../src/leader/shade";
import { boxOf, childrenOf, contains, regionAt } from "../src/leader/shapes";
import { Projection } from "../src/map/projection";
import { tidy } from "../src/leader/tall_names";
import type { MapRegion } from "../src/types";

const square = (west: number, south: number, size: number) => [west, south, west + size, south, west + size, south + size, west, south + size, west, south];

function region(code: string, parent: string | null, rings: number[][]): MapRegion {
  return { code, name: code, name_en: null, level: "street", parent, label: null, rings };
}

test("a hole is outside, an island in it is not", () => {
  const rings = [square(0, 0, 100), square(20, 20, 60), square(40, 40, 10)];
  assert.deepEqual([contains(rings, 10, 10), contains(rings, 30, 30), contains(rings, 45, 45), contains(rings, 101, 50)], [true, false, true, false]);
  assert.deepEqual(boxOf(rings), [0, 0, 100, 100]);
});

test("only the scope's own children with a border are found under a point", () => {
  const children = childrenOf([region("1", null, [square(0, 0, 200)]), region("11", "1", [square(0, 0, 100)]), region("12", "1", []), region("111", "11", [square(0, 0, 10)])], "1");
  assert.deepEqual(children.map((child) => child.region.code), ["11"]);
  assert.equal(regionAt(children, 5, 5)?.code, "11");
  assert.equal(regionAt(children, 150, 150), null);
});

const ground: Ground = { width: 800, height: 400, scale: 2, span: [400, 200] };

test("zooming keeps the place under the pointer where it is", () => {
  const before = new Projection([-200, -100, 200, 100], 800, 400, 0), metres = [before.east(600), before.north(100)];
  const camera = zoomed(WHOLE, 2, 600 - 400, 100 - 200, ground), after = new Projection([-200, -100, 200, 100], 800, 400, 0, camera);
  assert.deepEqual([after.x(metres[0]!), after.y(metres[1]!)].map(Math.round), [600, 100]);
});

test("the camera never leaves the map and never goes closer than allowed", () => {
  assert.deepEqual(dragged(WHOLE, 500, 500, ground), { zoom: 1, x: 0, y: 0 });
  assert.deepEqual(dragged({ zoom: 2, x: 0, y: 0 }, -9999, 0, ground), { zoom: 2, x: 100, y: 0 });
  assert.equal(zoomed(WHOLE, 1000, 0, 0, ground).zoom, CLOSEST);
  assert.equal(zoomed(WHOLE, 0.1, 0, 0, ground).zoom, 1);
});

test("keys move and zoom; others are left to the page", () => {
  assert.equal(keyed("+", WHOLE, ground)?.zoom, 1.5);
  assert.deepEqual(keyed("0", { zoom: 4, x: 10, y: 10 }, ground), WHOLE);
  assert.ok(keyed("ArrowRight", { zoom: 4, x: 0, y: 0 }, ground)!.x > 0);
  assert.equal(keyed("Tab", WHOLE, ground), null);
});

test("classes: given cuts, or quantiles; a value at a limit belongs to the class above", () => {
  const shade = { key: "k", values: { a: 1, b: 2, c: 3, d: 4, e: 5, f: null } };
  assert.deepEqual(limitsOf(shade), [2, 3, 4, 5]);
  assert.deepEqual(limitsOf({ ...shade, breaks: [2.5, 9] }), [2.5]);
  assert.deepEqual([classOf(1, [2, 3]), classOf(2, [2, 3]), classOf(3, [2, 3])], [0, 1, 2]);
  assert.deepEqual(fillsFor(5), RAMP);
  assert.equal(new Set(fillsFor(3)).size, 3);
});

test("equal values are one class with its own words", () => {
  const shade = { key: "k", values: { a: 7, b: 7 } };
  assert.deepEqual(limitsOf(shade), []);
  assert.deepEqual(classWords([], shade), ["7"]);
});

test("figures: a true minus, commas, — for what is missing, the unit beside", () => {
  const shade = { key: "k", values: { a: -1234.5, b: null, c: 99.5 }, decimals: 2, unit: "%" };
  assert.equal(figure(-1234.5, shade), "−1,234.50");
  assert.deepEqual([valueText(shade, "b"), valueText(shade, "c"), valueText({ ...shade, unit: "h" }, "c")], ["—", "99.50%", "99.50 h"]);
  assert.deepEqual(classWords([90, 95], shade), ["< 90.00", "90.00 – 95.00", "≥ 95.00"]);
});

test("a layer is switched in the address and everything else stays", () => {
  assert.equal(toggledLayer("?region=1&layers=police", ["police"], "cameras"), "?region=1&layers=police%2Ccameras");
  assert.equal(toggledLayer("?region=1&layers=police", ["police"], "police"), "?region=1");
  assert.deepEqual(layersOf("?layers=police%2Ccameras"), ["police", "cameras"]);
  assert.deepEqual(layersOf("?region=1"), []);
});

test("a scale bar has a length that people read", () => {
  assert.deepEqual([7, 99, 120, 260, 999, 1].map(niceLength), [5, 50, 100, 200, 500, 1]);
});

test("of names that would lie on each other over the buildings the nearer one is seen", () => {
  const name = (x: number, y: number) => ({ element: { offsetWidth: 40, offsetHeight: 16, style: { visibility: "" } } as unknown as HTMLElement, at: { x, y } });
  const names = [name(100, 50), name(110, 60), name(200, 50)];
  tidy(names);
  assert.deepEqual(names.map(({ element }) => element.style.visibility), ["hidden", "", ""]);
});
