import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { decode, MOVING, NEVER_SEEN, SILENT, STILL } from "../src/frames";
import { Workers } from "../src/workers";

type Fields = { kind: number; deflated?: boolean; slab: number; n: number; moved?: number; jumped?: number; changes?: number; from?: number };

function frame(fields: Fields, ...columns: ArrayBufferView[]): ArrayBuffer {
  const body = Buffer.concat(columns.map((column) => Buffer.from(column.buffer, column.byteOffset, column.byteLength)));
  const packed = fields.deflated ? deflateRawSync(body) : body;
  const header = new DataView(new ArrayBuffer(40));
  header.setUint8(0, 0x59);
  header.setUint8(1, 0x50);
  header.setUint8(2, fields.kind);
  header.setUint8(3, fields.deflated ? 1 : 0);
  header.setUint32(4, fields.slab, true);
  header.setFloat64(8, 1_790_000_000_000, true);
  [fields.n, fields.moved ?? 0, fields.jumped ?? 0, fields.changes ?? 0, fields.from ?? 0, 3].forEach((value, i) => header.setUint32(16 + 4 * i, value, true));
  const bytes = new Uint8Array(40 + packed.length);
  bytes.set(new Uint8Array(header.buffer));
  bytes.set(packed, 40);
  return bytes.buffer;
}

function keyframe(deflated = false): ArrayBuffer {
  const x = Int32Array.of(100, -200, NEVER_SEEN), y = Int32Array.of(50, 60, NEVER_SEEN);
  return frame({ kind: 1, deflated, slab: 7, n: 3 }, x, y, Uint8Array.of(MOVING, STILL, SILENT), Uint8Array.of(1, 0, 0));
}

for (const deflated of [false, true]) {
  test(`a keyframe ${deflated ? "deflated" : "as it is"} says where everyone is`, async () => {
    const { header, key } = await decode(keyframe(deflated));
    assert.equal(header.slab, 7);
    assert.equal(header.time, 1_790_000_000_000);
    assert.equal(header.version, 3);
    assert.deepEqual([...key!.x], [100, -200, NEVER_SEEN]);
    assert.deepEqual([...key!.state], [MOVING, STILL, SILENT]);
  });
}

test("bytes that are no frame and frames that end too early are refused", async () => {
  await assert.rejects(decode(new ArrayBuffer(8)), /not a position frame/);
  await assert.rejects(decode(new Uint8Array(64).buffer), /not a position frame/);
  await assert.rejects(decode(keyframe().slice(0, 50)), /cut short/);
});

async function started(): Promise<Workers> {
  const workers = new Workers();
  workers.apply(await decode(keyframe()));
  return workers;
}

test("a delta moves the slots of its bitmap, jumps the listed ones and changes states", async () => {
  const workers = await started();
  const delta = frame({ kind: 2, deflated: true, slab: 8, n: 3, moved: 1, jumped: 1, changes: 2, from: 7 }, Uint8Array.of(0b010), Int8Array.of(-3), Int8Array.of(4),
    Uint32Array.of(2), Int32Array.of(900), Int32Array.of(-900), Uint32Array.of(1, 2), Uint8Array.of(MOVING, STILL));
  assert.equal(workers.apply(await decode(delta)), true);
  assert.deepEqual([...workers.x], [100, -203, 900]);
  assert.deepEqual([...workers.y], [50, 64, -900]);
  assert.deepEqual([...workers.state], [MOVING, MOVING, STILL]);
  assert.equal(workers.longestStep, 5);
  assert.deepEqual([workers.backX[1], workers.backY[1]].map((part) => Math.round(part! * 10)), [6, -8]);
});

test("a worker seen for the first time and a jump of over 500 m do not glide", async () => {
  const workers = await started();
  const delta = frame({ kind: 2, slab: 8, n: 3, jumped: 2, from: 7 }, Uint8Array.of(0), Uint32Array.of(0, 2), Int32Array.of(700, 10), Int32Array.of(50, 10));
  workers.apply(await decode(delta));
  assert.deepEqual([workers.fromX[0], workers.fromX[2]], [700, 10]);
  assert.equal(workers.longestStep, 0);
  assert.deepEqual([workers.backX[0], workers.backY[0]], [0, 0]);
});

test("a shorter jump glides", async () => {
  const workers = await started();
  const delta = frame({ kind: 2, slab: 8, n: 3, jumped: 1, from: 7 }, Uint8Array.of(0), Uint32Array.of(0), Int32Array.of(400), Int32Array.of(50));
  workers.apply(await decode(delta));
  assert.deepEqual([workers.fromX[0], workers.x[0], workers.longestStep], [100, 400, 300]);
});

test("a delta that builds on another slab or on another number of workers is not applied", async () => {
  const workers = await started();
  const late = frame({ kind: 2, slab: 9, n: 3, from: 8 }, Uint8Array.of(0));
  const other = frame({ kind: 2, slab: 8, n: 4, from: 7 }, Uint8Array.of(0));
  assert.equal(workers.apply(await decode(late)), false);
  assert.equal(workers.apply(await decode(other)), false);
  assert.equal(workers.slab, 7);
});

test("bits of the bitmap are read from the least significant on, over bytes", async () => {
  const n = 20, zeros = new Int32Array(n), workers = new Workers();
  workers.apply(await decode(frame({ kind: 1, slab: 1, n }, zeros, zeros, new Uint8Array(n).fill(MOVING), new Uint8Array(n))));
  const bitmap = Uint8Array.of(0b1000_0001, 0, 0b0000_1000);
  workers.apply(await decode(frame({ kind: 2, slab: 2, n, moved: 3, from: 1 }, bitmap, Int8Array.of(1, 2, 3), Int8Array.of(0, 0, 0))));
  assert.deepEqual([workers.x[0], workers.x[7], workers.x[19]], [1, 2, 3]);
});

test("a body that is no deflate is refused", async () => {
  const broken = new Uint8Array(keyframe(true));
  broken.fill(0xff, 40);
  await assert.rejects(decode(broken.buffer));
});
