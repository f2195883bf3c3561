import { io, type Socket } from "socket.io-client";
import { merge } from "./board";
import { decode, type Frame } from "./frames";
import type { Health } from "./health";
import type { Board, Json } from "./types";

type Snapshot = { epoch: string | number; edition: number; build: string; board: Board; keyframe: ArrayBuffer | null };
type Refusal = { error: string };
type Delta = { epoch: string | number; from: number; to: number; seq: number; time: number; patch: Json };
type Pulse = { epoch: string | number; edition: number; slab: number; time: number };

export type Listener = {
  board(board: Board): void;
  /** False when the frame does not follow the last one: a new snapshot is asked for. */
  frame(frame: Frame): boolean;
  time(time: number): void;
  refused(error: string): void;
  connected(yes: boolean, attempts: number, nextInMs: number | null): void;
};

const ANSWER_WITHIN = 10_000;
/** A refused connection costs a server microseconds, a wall that waits longer than its server was away costs trust: at most 0.75 s. */
const RETRY = { reconnectionDelay: 500, reconnectionDelayMax: 500, randomizationFactor: 0.5 };
/** What a server says that cannot tell at the moment who asks; it is no refusal. */
const UNAVAILABLE = "unavailable";

/**
 * One scope's board over one WebSocket: a snapshot, then every delta after it. Whatever does not follow (another epoch, a hole in
 * editions or slabs, a wake from sleep) is answered the same way as a start: by a new snapshot.
 */
export class Subscription {
  private readonly socket: Socket;
  private epoch: string | number | null = null;
  private edition = 0;
  private slab = 0;
  private build: string | null = null;
  private current: Board | null = null;
  private asking = false;
  private mismatches = 0;
  private frames: Promise<void> = Promise.resolve();
  private retry = 0;
  private readonly wake = () => this.onVisible();

  /** `positions`: with frames of where the workers are. */
  constructor(private region: string, private readonly listener: Listener, private positions = true) {
    this.socket = io({ transports: ["websocket"], ...RETRY });
    this.socket.on("connect", () => this.onConnect());
    this.socket.on("disconnect", (reason) => this.onDisconnect(reason));
    this.socket.on("connect_error", (problem) => this.onDenied(problem));
    this.socket.on("delta", (delta: Delta) => this.onDelta(delta));
    this.socket.on("frame", (bytes: ArrayBuffer) => this.onFrame(bytes));
    this.socket.on("pulse", (pulse: Pulse) => this.onPulse(pulse));
    this.socket.io.on("reconnect_attempt", (attempt) => this.listener.connected(false, attempt, null));
    document.addEventListener("visibilitychange", this.wake);
  }

  /** Another region on the same connection; an answer that is still on its way is for the one before. */
  watch(region: string, positions: boolean): void {
    if (region === this.region && positions === this.positions) return;
    this.region = region;
    this.positions = positions;
    this.current = null;
    this.subscribe();
  }

  /** Tell what the page is like; while the server is away nothing is kept to be told later. */
  report(health: Omit<Health, "build">): void {
    if (this.socket.connected) this.socket.volatile.emit("health", { build: this.build ?? "", ...health });
  }

  close(): void {
    document.removeEventListener("visibilitychange", this.wake);
    clearTimeout(this.retry);
    this.socket.disconnect();
  }

  /** Ask for a snapshot; at most one question is open at a time. */
  subscribe(): void {
    if (this.asking || !this.socket.connected) return;
    this.asking = true;
    const question = { region: this.region, positions: this.positions };
    this.socket.timeout(ANSWER_WITHIN).emit("subscribe", question, (late: Error | null, answer: Snapshot | Refusal) => {
      this.asking = false;
      if (late || question.region !== this.region || question.positions !== this.positions) this.subscribe();
      else if ("error" in answer) this.listener.refused(answer.error);
      else this.onSnapshot(answer);
    });
  }

  private onConnect(): void {
    this.asking = false;
    this.listener.connected(true, 0, null);
    this.subscribe();
  }

  /** Whoever was cut (it stalled, or may see something else by now) asks anew; socket.io does so only where the line broke. */
  private onDisconnect(reason: Socket.DisconnectReason): void {
    this.asking = false;
    this.listener.connected(false, 0, null);
    if (reason === "io server disconnect") this.again();
  }

  /** A server that cannot be reached is tried again, by socket.io, and one that cannot tell, by us; one that refuses is not. */
  private onDenied(problem: Error): void {
    if (this.socket.active) return;
    if (problem.message === UNAVAILABLE) this.again(4);
    else this.listener.refused("forbidden");
  }

  private again(times = 1): void {
    clearTimeout(this.retry);
    const delay = RETRY.reconnectionDelay * times * (0.5 + Math.random());
    this.retry = window.setTimeout(() => this.socket.connect(), delay);
  }

  private onVisible(): void {
    if (document.visibilityState === "visible") this.subscribe();
  }

  private onSnapshot(answer: Snapshot): void {
    if (this.build !== null && this.build !== answer.build) {
      location.reload();
      return;
    }
    this.build = answer.build;
    this.epoch = answer.epoch;
    this.edition = answer.edition;
    this.mismatches = 0;
    this.current = answer.board;
    this.listener.time(answer.board.meta.time);
    this.listener.board(answer.board);
    if (answer.keyframe && answer.keyframe.byteLength > 0) this.onFrame(answer.keyframe);
    else this.acknowledge();
  }

  private onDelta({ epoch, from, to, time, patch }: Delta): void {
    if (this.asking) return;
    if (epoch !== this.epoch || from !== this.edition || !this.current) return this.subscribe();
    this.current = merge(this.current as unknown as Json, patch) as unknown as Board;
    this.edition = to;
    this.listener.time(time);
    this.listener.board(this.current);
    this.acknowledge();
  }

  /** Frames inflate asynchronously: they queue, so that they are applied in the order of arrival. */
  private onFrame(bytes: ArrayBuffer): void {
    this.frames = this.frames.then(() => this.applyFrame(bytes)).catch((problem: unknown) => {
      console.warn("frame left out:", problem);
      this.subscribe();
    });
  }

  private async applyFrame(bytes: ArrayBuffer): Promise<void> {
    const frame = await decode(bytes);
    if (this.asking && frame.delta) return;
    if (!this.listener.frame(frame)) return this.subscribe();
    this.slab = frame.header.slab;
    this.listener.time(frame.header.time);
    this.acknowledge();
  }

  /** One pulse may overtake a conflated delta; two in a row that do not match mean that something was lost. */
  private onPulse({ epoch, edition, time }: Pulse): void {
    this.listener.time(time);
    if (epoch === this.epoch && edition === this.edition) this.mismatches = 0;
    else if (epoch !== this.epoch || ++this.mismatches >= 2) this.subscribe();
  }

  private acknowledge(): void {
    this.socket.emit("got", { edition: this.edition, slab: this.slab });
  }
}
