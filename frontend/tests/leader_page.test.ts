import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "../src/clock";
import { addressOf, go } from "../src/leader/go";
import { isOwnPath } from "../src/leader/page";
import { wrapped } from "../src/leader/picture";
import { fileName } from "../src/leader/png_button";
import { ageOf, liveText, standing } from "../src/leader/ticking";
import { unlinked } from "../src/leader/table_cells";
import { Streams } from "../src/streams";
import type { Source } from "../src/types";
import type { View } from "../src/view";
import { Words } from "../src/i18n";

test("only paths of this site are addresses to go to", () => {
  assert.deepEqual(["/region?region=1", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", 7, null].map(isOwnPath), [true, false, false, false, false, false, false]);
});

test("a click leads where its mark or line says, and nowhere else", () => {
  assert.equal(addressOf({ points: [{ customdata: ["/cases?state=open", 3] }] }), "/cases?state=open");
  assert.equal(addressOf({ points: [{ customdata: "/region" }] }), "/region");
  assert.equal(addressOf({ rowId: "/region?region=11", value: "x" }), "/region?region=11");
  assert.equal(addressOf({ points: [{ customdata: ["https://evil.example"] }] }), null);
  assert.equal(addressOf(null), null);
});

test("go answers the click that was made now, or changes nothing", () => {
  const old = { points: [{ customdata: "/old" }] }, fresh = { points: [{ customdata: "/fresh" }] };
  const dash = { no_update: "nothing", callback_context: { triggered: [{ prop_id: "a", value: fresh }] } };
  Object.assign(globalThis, { window: { dash_clientside: dash } });
  assert.equal(go([old, fresh], []), "/fresh");
  dash.callback_context.triggered = [{ prop_id: "a", value: null as never }];
  assert.equal(go([old], []), "nothing");
});

test("a countdown goes to zero and then says how long over", () => {
  const hour = 3600_000;
  assert.deepEqual(standing(76 * hour, 0, "zh-CN"), { text: "3天4时", due: "left" });
  assert.deepEqual(standing(0, 5.2 * hour, "en"), { text: "5h 12m", due: "over" });
});

function source(name: string, event_time: number | null): Source {
  return { name, lane: "positions", label: { zh: name }, event_time, arrived: event_time, ok: 15, lost: 75, error: "", retry_at: null, tries: 0, waited: 0 };
}

function viewAt(now: number, sources: Source[]): View {
  const clock = new ServerClock(), streams = new Streams();
  clock.set(now, 0);
  streams.update(sources, clock, 0);
  const board = { tiles: { workers: { online: 3127 }, overdue: { value: 26, supervised: 6 } }, overdue: { soon_total: 19 } };
  return { board, words: new Words("zh-CN"), clock, streams, at: 0, now, zone: 480 } as unknown as View;
}

test("a source says how old it is, late, lost, or that nothing ever came", () => {
  const now = 1_790_000_000_000, view = viewAt(now, [source("fresh", now - 2000), source("late", now - 40_000), source("lost", now - 200_000), source("never", null)]);
  assert.deepEqual(ageOf("fresh", view), { text: "2 秒前", health: "ok" });
  assert.deepEqual([ageOf("late", view)?.health, ageOf("lost", view)?.health, ageOf("never", view)?.health], ["late", "lost", "late"]);
  assert.equal(ageOf("unknown", view), null);
});

test("live numbers come from the board; of lost positions nothing is known", () => {
  const view = viewAt(1_790_000_000_000, []);
  assert.deepEqual([liveText("online", view, false), liveText("online", view, true), liveText("overdue", view, true), liveText("due_soon", view, false)], ["3,127", "—", "26", "19"]);
  assert.equal(liveText("something else", view, false), null);
});

test("footers break where the picture ends, file names hold nothing that file systems refuse", () => {
  assert.deepEqual(wrapped(["abcdefg", "xy"], 3, (text) => text.length), ["abc", "def", "g", "xy"]);
  assert.equal(fileName("街道 排名/10月: \"x\""), "街道_排名_10月_x_.png");
  assert.equal(fileName(""), "picture.png");
});

test("a picture shows the words of a link, not its address", () => {
  assert.equal(unlinked("[南关街道](/region?region=1&lang=en)"), "南关街道");
  assert.equal(unlinked("[A \\[old\\]](/region?region=1)"), "A [old]");
  assert.equal(unlinked("12.5"), "12.5");
});
