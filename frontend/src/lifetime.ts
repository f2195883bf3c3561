/** A wall runs for months: the page loads itself anew once a day, or when its memory passes the limit, at a quiet minute. */

const DAY = 24 * 3600_000;
const LIMIT = 400e6;
const CHECK_EVERY = 60_000;

type WithMemory = Performance & { memory?: { usedJSHeapSize: number } };

/** `quiet` says whether nothing is wrong at the moment: a page that shows a lost stream is not thrown away. */
export function renewDaily(quiet: () => boolean): void {
  const started = performance.now();
  setInterval(() => {
    const heap = (performance as WithMemory).memory?.usedJSHeapSize ?? 0;
    if ((performance.now() - started > DAY || heap > LIMIT) && quiet()) location.reload();
  }, CHECK_EVERY);
}
