/** What a wall tells of itself every half minute: pictures a second, memory, age, faults. */

import { heapBytes } from "./lifetime";

export type Health = { build: string; frame_rate: number; heap: number; nodes: number; uptime: number; faults: number };

const EVERY = 30_000;
const SAMPLE = 2_000;

/** Pictures a second over two seconds; 0 where the page is hidden, since nothing is drawn then. */
export function frameRate(): Promise<number> {
  if (document.visibilityState === "hidden") return Promise.resolve(0);
  return new Promise((resolve) => {
    const begin = performance.now();
    let frames = 0;
    const step = (at: number) => {
      frames++;
      if (at - begin < SAMPLE) requestAnimationFrame(step);
      else resolve(Math.round((frames * 10_000) / (at - begin)) / 10);
    };
    setTimeout(() => resolve(0), 2 * SAMPLE);
    requestAnimationFrame(step);
  });
}

/** Counts what went wrong in panels and scripts since the page was loaded; each kind is told to the console once. */
export class Faults {
  count = 0;
  private readonly told = new Set<string>();

  listen(): void {
    addEventListener("error", () => { this.count++; });
    addEventListener("unhandledrejection", () => { this.count++; });
  }

  /** Run a part of the page; what it throws stops no other part. */
  guard(name: string, part: () => void): void {
    try {
      part();
    } catch (problem) {
      this.count++;
      if (this.told.has(name)) return;
      this.told.add(name);
      console.error(`${name} left out:`, problem);
    }
  }
}

export function tellHealth(tell: (health: Omit<Health, "build">) => void, faults: Faults): void {
  const report = async () => {
    const rate = await frameRate(), nodes = document.getElementsByTagName("*").length;
    tell({ frame_rate: rate, heap: Math.round(heapBytes()), nodes, uptime: Math.round(performance.now() / 1000), faults: faults.count });
  };
  setTimeout(() => void report(), SAMPLE);
  setInterval(() => void report(), EVERY);
}
