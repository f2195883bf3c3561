import assert from "node:assert/strict";
import { test } from "node:test";
import { count, growth, large, percent, points, reached, score, target } from "../src/formats/numbers";

test("counts have thousands commas, a true minus and a dash for the unknown", () => {
  assert.equal(count(999), "999");
  assert.equal(count(8214), "8,214");
  assert.equal(count(1234567), "1,234,567");
  assert.equal(count(-1200), "\u22121,200");
  assert.equal(count(0), "0");
  assert.equal(count(null), "—");
});

test("rates of the design come out of their fractions", () => {
  assert.equal(percent({ n: 8111, d: 8216 }, 2), "98.72");
  assert.equal(percent({ n: 5865, d: 5906 }, 2), "99.31");
  assert.equal(percent({ n: 3127, d: 3213 }, 1), "97.3");
  assert.equal(percent({ n: 17154, d: 17182 }, 2), "99.84");
  assert.equal(percent({ n: 26, d: 321 }, 1), "8.1");
});

test("half is rounded up once, from the fraction", () => {
  assert.equal(percent({ n: 1, d: 800 }, 2), "0.13"); // 0.125 %
  assert.equal(percent({ n: 20001, d: 40000 }, 2), "50.00"); // 50.0025 %
  assert.equal(percent({ n: 67, d: 200 }, 0), "34"); // 33.5 %, which binary fractions may turn into 33
});

test("a rate is never 100.00 while anything is outside it, and nothing over nothing", () => {
  assert.equal(percent({ n: 99_999_999, d: 100_000_000 }, 2), "99.99");
  assert.equal(percent({ n: 99_999, d: 100_000 }, 1), "99.9");
  assert.equal(percent({ n: 7, d: 7 }, 2), "100.00");
  assert.equal(percent({ n: 0, d: 7 }, 2), "0.00");
  assert.equal(percent({ n: 0, d: 0 }, 2), "—");
});

test("differences of rates are percentage points, sign apart, rounded once", () => {
  assert.deepEqual(points({ n: 8111, d: 8216 }, { n: 7986, d: 8115 }), { direction: 1, text: "0.31" });
  assert.deepEqual(points({ n: 1, d: 2 }, { n: 1, d: 2 }), { direction: 0, text: "0.00" });
  assert.deepEqual(points({ n: 1, d: 3 }, { n: 1, d: 2 }), { direction: -1, text: "16.67" });
  assert.equal(points({ n: 1, d: 3 }, { n: 0, d: 0 }), null);
});

test("growth against nothing is not a number", () => {
  assert.deepEqual(growth(412, 388), { direction: 1, text: "6.2" });
  assert.deepEqual(growth(900, 1000), { direction: -1, text: "10.0" });
  assert.equal(growth(5, 0), null);
  assert.equal(growth(5, null), null);
});

test("large stocks use 万 and 亿, in English millions", () => {
  assert.deepEqual(large(2_147_000, "zh-CN"), ["214.7", "万"]);
  assert.deepEqual(large(123_456_789, "zh-CN"), ["1.23", "亿"]);
  assert.deepEqual(large(9_999, "zh-CN"), ["9,999", ""]);
  assert.deepEqual(large(2_147_000, "en"), ["2.147", "M"]);
  assert.deepEqual(large(465_000, "en"), ["465,000", ""]);
});

test("scores always have two decimals", () => {
  assert.equal(score(99), "99.00");
  assert.equal(score(98.005), "98.01");
  assert.equal(score(null), "—");
});

test("a target is judged on the fraction, not on its rounded text", () => {
  assert.equal(reached({ n: 98, d: 100 }, 0.98), true);
  assert.equal(reached({ n: 97_996, d: 100_000 }, 0.98), false); // reads 98.00 %
  assert.equal(target(0.98), "98");
  assert.equal(target(0.985), "98.5");
});
