/**
 * A wall runs for months: the page loads itself anew in the small hours once it is a day old or heavier than it was, and at once when its
 * memory passes the limit; never while the server is not heard of, for the page would not come back. A lost stream is no reason to stay: at night
 * most send nothing, and the new page tells of it as this one did.
 */

const HOUR = 3600_000;
const CHECK_EVERY = 60_000;
const OLD = 20 * HOUR, TOO_OLD = 48 * HOUR;
const HEAVY = 200e6, TOO_HEAVY = 400e6;
const QUIET_FROM = 3, QUIET_HOURS = 2;

/** Whether a page of this age (ms) and heap (bytes) is due. `hour` is the local hour with its fraction, `jitter` 0..1 keeps walls apart. */
export function due(age: number, heap: number, hour: number, jitter: number): boolean {
  if (age > TOO_OLD || heap > TOO_HEAVY) return true;
  const from = QUIET_FROM + jitter * (QUIET_HOURS - 0.5), quiet = hour >= from && hour < QUIET_FROM + QUIET_HOURS;
  return quiet && (age > OLD || heap > HEAVY);
}

export function heapBytes(): number {
  return (performance as Performance & { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0;
}

/** `heard` says whether the server talks at the moment. */
export function renewDaily(heard: () => boolean): void {
  const started = performance.now(), jitter = Math.random();
  setInterval(() => {
    const now = new Date(), hour = now.getHours() + now.getMinutes() / 60;
    if (due(performance.now() - started, heapBytes(), hour, jitter) && heard()) void reloadWhereAnswered();
  }, CHECK_EVERY);
}

/** A page that is loaded from nowhere stays away; the one that is there goes on. */
async function reloadWhereAnswered(): Promise<void> {
  const answer = await fetch("/healthz", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) location.reload();
}
