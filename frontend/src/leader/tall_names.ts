/** Names of regions over the buildings in 3D keep clear of each other. */

type Placed = { element: HTMLElement; at: { x: number; y: number } };

/** What is nearer to the viewer keeps its name; one that would lie on it is not seen. */
export function tidy(names: Placed[]): void {
  const taken: [number, number, number, number][] = [];
  for (const { element, at } of [...names].sort((a, b) => b.at.y - a.at.y)) {
    const width = element.offsetWidth / 2, height = element.offsetHeight / 2;
    const box: [number, number, number, number] = [at.x - width, at.y - height, at.x + width, at.y + height];
    const free = taken.every(([left, top, right, bottom]) => box[0] > right || box[2] < left || box[1] > bottom || box[3] < top);
    element.style.visibility = free ? "" : "hidden";
    if (free) taken.push(box);
  }
}
