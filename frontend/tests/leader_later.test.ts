import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Waiting, written } from "../src/leader/later";

type Around = { isConnected: boolean; querySelector(): unknown };
type Place = Element & { parentElement: Around; room: number };

let idle: (() => void)[], see: (place: Element) => void, mapIsLoading: boolean, clock: number;

beforeEach(({ mock }: any) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  [idle, mapIsLoading, clock] = [[], false, 0];
  class Observer {
    constructor(seen: (entries: object[]) => void) { see = (target) => seen([{ target, isIntersecting: true }]); }
    observe(): void {}
    unobserve(): void {}
  }
  const globals = { IntersectionObserver: Observer, requestIdleCallback: (act: () => void) => idle.push(act), document: { querySelector: () => (mapIsLoading ? {} : null) } };
  Object.assign(globalThis, globals);
  mock.method(performance, "now", () => clock);
});

function place(room = 1): Place {
  const around: Around & { drawn: boolean } = { isConnected: true, drawn: true, querySelector() { return this.drawn ? {} : null; } };
  return { parentElement: around, getClientRects: () => ({ length: room }) } as unknown as Place;
}

const rest = () => idle.shift()?.();

test("one at a time whenever the page rests, in the order of the page", () => {
  const waiting = new Waiting(), made: string[] = [];
  for (const name of ["funnel", "times", "grid"]) waiting.add(place(), () => made.push(name));
  assert.deepEqual(made, []);
  for (const expected of [["funnel"], ["funnel", "times"], ["funnel", "times", "grid"]]) {
    rest();
    assert.deepEqual(made, expected);
  }
  assert.equal(idle.length, 0);
});

test("nothing before the map is there, but not for ever", ({ mock }) => {
  const waiting = new Waiting(), made: string[] = [];
  mapIsLoading = true;
  waiting.add(place(), () => made.push("funnel"));
  rest();
  assert.deepEqual(made, []);
  clock = 3_000;
  mock.timers.tick(30);
  rest();
  assert.deepEqual(made, ["funnel"]);
});

test("the next one waits until the last one is drawn", ({ mock }) => {
  const waiting = new Waiting(), made: string[] = [], first = place();
  (first.parentElement as unknown as { drawn: boolean }).drawn = false;
  waiting.add(first, () => made.push("funnel"));
  waiting.add(place(), () => made.push("times"));
  rest();
  rest();
  assert.deepEqual(made, ["funnel"]);
  (first.parentElement as unknown as { drawn: boolean }).drawn = true;
  mock.timers.tick(30);
  rest();
  assert.deepEqual(made, ["funnel", "times"]);
});

test("what comes near is made at once and not again; what went is not made; what has no room waits for some", () => {
  const waiting = new Waiting(), made: string[] = [], near = place(), gone = place(), roomless = place(0);
  waiting.add(roomless, () => made.push("roomless"));
  waiting.add(near, () => made.push("near"));
  waiting.add(gone, () => made.push("gone"))();
  see(near);
  see(near);
  rest();
  assert.deepEqual(made, ["near"]);
  see(roomless);
  assert.deepEqual(made, ["near", "roomless"]);
});

test("before printing all is made", () => {
  const waiting = new Waiting(), made: number[] = [];
  for (const name of [1, 2, 3]) waiting.add(place(), () => made.push(name));
  waiting.all();
  assert.deepEqual(made, [1, 2, 3]);
});

test("an id is written as Dash writes it", () => {
  assert.equal(written({ type: "chart", name: "funnel" }), '{"name":"funnel","type":"chart"}');
  assert.deepEqual([written("plain"), written(undefined)], ["plain", undefined]);
});
