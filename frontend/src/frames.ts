/** Position frames as docs/architecture.md lays them out: a 40-byte header, then a body that may be deflated. */

const HEADER = 40;
const DEFLATED = 1;

export const NEVER_SEEN = -0x80000000;
export const OFF_DUTY = 0, MOVING = 1, STILL = 2, SILENT = 3;

export type Header = {
  kind: "key" | "delta"; slab: number; time: number; n: number; moved: number; jumped: number; changes: number;
  from: number; version: number;
};
export type Keyframe = { x: Int32Array; y: Int32Array; state: Uint8Array; heading: Uint8Array };
export type Delta = {
  bitmap: Uint8Array; dx: Int8Array; dy: Int8Array; jumpSlots: Uint32Array; jumpX: Int32Array; jumpY: Int32Array;
  changeSlots: Uint32Array; changeStates: Uint8Array;
};
export type Frame = { header: Header } & ({ key: Keyframe; delta?: undefined } | { key?: undefined; delta: Delta });

function readHeader(view: DataView): Header & { deflated: boolean } {
  if (view.byteLength < HEADER || view.getUint8(0) !== 0x59 || view.getUint8(1) !== 0x50) throw new Error("not a position frame");
  return {
    kind: view.getUint8(2) === 1 ? "key" : "delta", deflated: (view.getUint8(3) & DEFLATED) !== 0,
    slab: view.getUint32(4, true), time: view.getFloat64(8, true), n: view.getUint32(16, true), moved: view.getUint32(20, true),
    jumped: view.getUint32(24, true), changes: view.getUint32(28, true), from: view.getUint32(32, true), version: view.getUint32(36, true),
  };
}

async function inflate(body: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  const { readable, writable } = new DecompressionStream("deflate-raw"), writer = writable.getWriter();
  const written = writer.write(body).then(() => writer.close());
  const [inflated] = await Promise.all([new Response(readable).arrayBuffer(), written]);
  return inflated;
}

/** Cuts consecutive columns out of a body; copies, because columns are not aligned to their size. */
class Columns {
  private at = 0;

  constructor(private readonly body: ArrayBuffer) {}

  bytes(count: number): ArrayBuffer {
    const end = this.at + count;
    if (end > this.body.byteLength) throw new Error("position frame is cut short");
    const part = this.body.slice(this.at, end);
    this.at = end;
    return part;
  }
}

function keyframe(columns: Columns, n: number): Keyframe {
  return {
    x: new Int32Array(columns.bytes(n * 4)), y: new Int32Array(columns.bytes(n * 4)),
    state: new Uint8Array(columns.bytes(n)), heading: new Uint8Array(columns.bytes(n)),
  };
}

function delta(columns: Columns, header: Header): Delta {
  const { n, moved, jumped, changes } = header;
  return {
    bitmap: new Uint8Array(columns.bytes(Math.ceil(n / 8))), dx: new Int8Array(columns.bytes(moved)), dy: new Int8Array(columns.bytes(moved)),
    jumpSlots: new Uint32Array(columns.bytes(jumped * 4)), jumpX: new Int32Array(columns.bytes(jumped * 4)),
    jumpY: new Int32Array(columns.bytes(jumped * 4)), changeSlots: new Uint32Array(columns.bytes(changes * 4)),
    changeStates: new Uint8Array(columns.bytes(changes)),
  };
}

/** One frame from the wire. Rejects with `Error` when the bytes are no frame or end too early. */
export async function decode(bytes: ArrayBuffer): Promise<Frame> {
  const { deflated, ...header } = readHeader(new DataView(bytes));
  const body = deflated ? await inflate(new Uint8Array(bytes, HEADER)) : bytes.slice(HEADER);
  const columns = new Columns(body);
  return header.kind === "key" ? { header, key: keyframe(columns, header.n) } : { header, delta: delta(columns, header) };
}
