import assert from "node:assert/strict";
import { test } from "node:test";
import en from "../../assets/i18n/wall.en.json";
import zh from "../../assets/i18n/wall.zh-CN.json";
import { Words } from "../src/i18n";

const holes = (message: string | { one: string; other: string }): string =>
  [...(typeof message === "string" ? message : message.other).matchAll(/\{[*!^]?(\w+)\}/g)].map((found) => found[1]).sort().join();

test("both languages have the same keys", () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
});

test("a translation uses no value that the other one does not have", () => {
  const shared = Object.keys(zh) as (keyof typeof zh)[];
  const extra = shared.filter((key) => { const have = holes(zh[key]).split(","); return holes(en[key]).split(",").some((hole) => hole && !have.includes(hole)); });
  assert.deepEqual(extra, []);
});

test("messages are parts: plain, strong, marked, icons", () => {
  assert.deepEqual(new Words("zh-CN").segments("tile.overdue.scope", { n: 6 }), [
    { text: "其中督办 ", style: "" }, { text: "6", style: "mark" }, { text: " 件", style: "" },
  ]);
  assert.deepEqual(new Words("zh-CN").segments("tile.target.met", { target: 98 }).map((part) => part.style), ["", "", "", "icon", ""]);
});

test("plurals follow the number, also with its commas", () => {
  const words = new Words("en");
  assert.equal(words.say("count.district", { n: "1" }), "1 district");
  assert.equal(words.say("count.district", { n: "1,001" }), "1,001 districts");
});

test("a name without English falls back to Chinese", () => {
  assert.equal(new Words("en").name({ zh: "雁湖区", en: null }), "雁湖区");
  assert.equal(new Words("en").name({ zh: "雁湖区", en: "Yanhu" }), "Yanhu");
});
