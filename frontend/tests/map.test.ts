import assert from "node:assert/strict";
import { test } from "node:test";
import { MOVING, NEVER_SEEN, SILENT, STILL } from "../src/frames";
import { Instances, STRIDE } from "../src/map/dots";
import { stamp } from "../src/map/dots_2d";
import { lettersReady } from "../src/map/letters";
import { type Box, free, spots } from "../src/map/marks";
import { Projection } from "../src/map/projection";
import { dotSize, levelStyle, MANY } from "../src/map/style";
import { Workers } from "../src/workers";

test("the projection keeps proportions, has north on top and everything in view", () => {
  const to = new Projection([-100, -50, 100, 50], 400, 400, 0);
  assert.deepEqual([to.x(-100), to.x(100), to.y(50), to.y(-50)], [0, 400, 100, 300]);
  const [sx, ox, sy, oy] = to.clip();
  assert.deepEqual([100 * sx + ox, 50 * sy + oy], [1, 0.5]);
});

test("cases in one spot are one mark of the most severe with their number", () => {
  const to = new Projection([0, 0, 1000, 1000], 1000, 1000, 0);
  const found = spots({ a: [100, 100, "soon"], b: [101, 100, "supervised"], c: [100, 101, "overdue"], d: [800, 800, "soon"] }, to, 10);
  assert.deepEqual(found.map(({ kind, n }) => [kind, n]), [["soon", 1], ["supervised", 3]]);
});

test("a number stands right of its mark, else left, and not at all where both lie on a name", () => {
  const right: Box = [10, 0, 30, 10], left: Box = [-30, 0, -10, 10];
  assert.equal(free([right, left], []), right);
  assert.equal(free([right, left], [[25, 5, 60, 15]]), left);
  assert.equal(free([right, left], [[-60, 5, 60, 15]]), undefined);
});

test("letters wait for their font, which is asked for once, and are drawn without it when it cannot come", async () => {
  let loaded = false, asked = 0;
  const fonts = { check: () => loaded, load: async () => { asked++; if (asked > 1) throw new Error("E-404"); return []; } };
  assert.equal(lettersReady("700 20px X", "河", fonts), false);
  loaded = true;
  assert.equal(lettersReady("700 20px X", "河", fonts), true);
  loaded = false;
  assert.equal(lettersReady("700 20px X", "湖", fonts), false);
  await new Promise((done) => setTimeout(done, 0));
  assert.equal(lettersReady("700 20px X", "湖", fonts), true);
});

function three(): Workers {
  const workers = new Workers();
  Object.assign(workers, {
    n: 5, x: Int32Array.of(1, 2, 3, 4, NEVER_SEEN), y: Int32Array.of(1, 2, 3, 4, NEVER_SEEN), fromX: Int32Array.of(0, 2, 3, NEVER_SEEN, NEVER_SEEN), fromY: Int32Array.of(0, 2, 3, NEVER_SEEN, NEVER_SEEN),
    state: Uint8Array.of(MOVING, STILL, 0, SILENT, MOVING), backX: Float32Array.of(-1, 0, 0, 0, 1), backY: new Float32Array(5),
  });
  return workers;
}

test("who is off duty or was never seen is not drawn; the rest is grouped so that movement lies on top", () => {
  const instances = new Instances();
  instances.load(three());
  assert.deepEqual(instances.starts, [0, 1, 2, 3]);
  assert.deepEqual([...instances.data.subarray(2, 4)], [2, 2]);
  assert.deepEqual([...instances.data.subarray(STRIDE, STRIDE + 4)], [4, 4, 4, 4]);
  assert.deepEqual([...instances.data.subarray(2 * STRIDE, 3 * STRIDE)], [0, 0, 1, 1, -1, 0]);
});

test("above ten thousand workers dots shrink, down to 0.6u, and lose their tails", () => {
  const city = levelStyle("city");
  assert.deepEqual(dotSize(city, 3390, 836), { dot: 2.4, tail: 7 });
  assert.equal(dotSize(city, MANY + 1, 836).tail, 0);
  assert.equal(dotSize(city, 90_317, 836).dot, 0.6);
  assert.equal(dotSize(city, 3390, 400).dot, 1.15);
});

test("stamps are symmetric and never empty", () => {
  assert.deepEqual([...stamp(0.4, false)], [0, 0]);
  const disc = stamp(3, false), sum = disc.reduce((total, value) => total + value, 0);
  assert.equal(sum, 0);
  assert.ok(stamp(3, true).length > 0);
});
