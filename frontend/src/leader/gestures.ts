/** Zoom and pan by wheel, drag, pinch and keys, as changes of a camera. */

import { type Camera, WHOLE } from "../map/projection";

export const CLOSEST = 24;
const WHEEL = 0.0016, KEY_ZOOM = 1.5, KEY_STEP = 0.12, CLICK = 4;

/** What gestures act on: sizes in CSS pixels, `scale` CSS pixels of one metre at zoom 1. */
export type Ground = { width: number; height: number; scale: number; span: [number, number] };

/** The camera after zooming by `factor` around a point that stays where it is (CSS pixels from the middle, y down). */
export function zoomed(camera: Camera, factor: number, x: number, y: number, ground: Ground): Camera {
  const zoom = Math.min(CLOSEST, Math.max(1, camera.zoom * factor)), before = ground.scale * camera.zoom, after = ground.scale * zoom;
  return kept({ zoom, x: camera.x + x / before - x / after, y: camera.y - y / before + y / after }, ground);
}

/** The camera after the picture was moved by pixels. */
export function dragged(camera: Camera, x: number, y: number, ground: Ground): Camera {
  const scale = ground.scale * camera.zoom;
  return kept({ zoom: camera.zoom, x: camera.x - x / scale, y: camera.y + y / scale }, ground);
}

/** Never away from the map: at zoom 1 it stays in the middle. */
function kept({ zoom, x, y }: Camera, { span }: Ground): Camera {
  const reach = (half: number) => Math.max(0, half * (1 - 1 / zoom)), within = (value: number, limit: number) => Math.min(limit, Math.max(-limit, value)) || 0;
  return { zoom, x: within(x, reach(span[0] / 2)), y: within(y, reach(span[1] / 2)) };
}

export type Hands = {
  camera(): Camera;
  ground(): Ground;
  look(camera: Camera): void;
  /** Pointer over a place in CSS pixels of the stage, null when it left. */
  hover(at: { x: number; y: number } | null): void;
  press(at: { x: number; y: number }, touch: boolean): void;
};

const KEYS: Record<string, (camera: Camera, ground: Ground) => Camera> = {
  "+": (camera, ground) => zoomed(camera, KEY_ZOOM, 0, 0, ground),
  "=": (camera, ground) => zoomed(camera, KEY_ZOOM, 0, 0, ground),
  "-": (camera, ground) => zoomed(camera, 1 / KEY_ZOOM, 0, 0, ground),
  "0": () => WHOLE,
  ArrowLeft: (camera, ground) => dragged(camera, ground.width * KEY_STEP, 0, ground),
  ArrowRight: (camera, ground) => dragged(camera, -ground.width * KEY_STEP, 0, ground),
  ArrowUp: (camera, ground) => dragged(camera, 0, ground.height * KEY_STEP, ground),
  ArrowDown: (camera, ground) => dragged(camera, 0, -ground.height * KEY_STEP, ground),
};

/** What a key does on the stage, or null. */
export function keyed(key: string, camera: Camera, ground: Ground): Camera | null {
  return KEYS[key]?.(camera, ground) ?? null;
}

type Finger = { x: number; y: number };

/** Listens on a stage. The wheel alone scrolls the page unless the stage has the focus; with Ctrl it always zooms. */
export class Gestures {
  private readonly fingers = new Map<number, Finger>();
  private travelled = 0;

  constructor(private readonly stage: HTMLElement, private readonly hands: Hands) {
    stage.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => this.onDown(event));
    stage.addEventListener("pointermove", (event) => this.onMove(event));
    for (const end of ["pointerup", "pointercancel"] as const) stage.addEventListener(end, (event) => this.onUp(event));
    stage.addEventListener("pointerleave", ({ pointerType }) => { if (pointerType === "mouse") hands.hover(null); });
    stage.addEventListener("keydown", (event) => this.onKey(event));
  }

  private place(event: MouseEvent): Finger {
    const box = this.stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private zoom(factor: number, { x, y }: Finger): void {
    const ground = this.hands.ground();
    this.hands.look(zoomed(this.hands.camera(), factor, x - ground.width / 2, y - ground.height / 2, ground));
  }

  private onWheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== this.stage) return;
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 30 : 1) * WHEEL), this.place(event));
  }

  private onKey(event: KeyboardEvent): void {
    if (event.target !== this.stage || event.ctrlKey || event.metaKey || event.altKey) return;
    const camera = keyed(event.key, this.hands.camera(), this.hands.ground());
    if (!camera) return;
    event.preventDefault();
    this.hands.look(camera);
  }

  private onDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    if (!this.fingers.size) this.travelled = 0;
    this.fingers.set(event.pointerId, this.place(event));
  }

  private onMove(event: PointerEvent): void {
    const before = this.fingers.get(event.pointerId), now = this.place(event);
    if (!before) return this.hands.hover(now);
    this.travelled += Math.hypot(now.x - before.x, now.y - before.y);
    const other = [...this.fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.fingers.set(event.pointerId, now);
    if (other) return this.zoom(Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y)), other);
    if (this.travelled < CLICK || (event.pointerType === "touch" && this.hands.camera().zoom === 1)) return;
    if (!this.stage.hasPointerCapture(event.pointerId)) this.stage.setPointerCapture(event.pointerId);
    this.hands.look(dragged(this.hands.camera(), now.x - before.x, now.y - before.y, this.hands.ground()));
  }

  private onUp(event: PointerEvent): void {
    const here = this.fingers.delete(event.pointerId);
    if (here && event.type === "pointerup" && this.travelled < CLICK) this.hands.press(this.place(event), event.pointerType !== "mouse");
  }
}
