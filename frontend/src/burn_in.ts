/** Moves the whole page slowly within 4u, one step every three minutes, so that nothing burns in. */

const EVERY = 3 * 60_000;
const PATH: [number, number][] = [[0, 0], [2, 0], [4, 2], [4, 4], [2, 4], [0, 2], [-2, 0], [-4, -2], [-4, -4], [-2, -4], [0, -2], [2, -2]];

export function shiftAgainstBurnIn(page: HTMLElement): void {
  let step = 0;
  setInterval(() => {
    step = (step + 1) % PATH.length;
    const [x, y] = PATH[step]!;
    page.style.transform = `translate(calc(${x} * var(--u)), calc(${y} * var(--u)))`;
  }, EVERY);
}
