/** Where a case lies: its surroundings and its mark. */

import { make } from "../dom";
import { drawMarks } from "../map/marks";
import type { Bounds } from "../map/projection";
import { levelStyle, LIGHT } from "../map/style";
import type { CaseKind, MapRegion } from "../types";
import { LocalMap, metres } from "./local_map";
import { pageWords } from "./page";
import { lengthWords } from "./scale_bar";
import { boxOf } from "./shapes";

export type CaseMapOptions = { lon: number | null; lat: number | null; region: string; state: string };

/** Half of what is shown around a case, in metres: at least, at most. */
const NEAR = 250, FAR = 1500;
const MARKS: Record<string, CaseKind> = { overdue: "overdue", soon: "soon", due_soon: "soon", supervised: "supervised" };

/** The case's region around the case, neither too close nor too far. */
export function around([x, y]: [number, number], own: MapRegion | null): Bounds {
  const [west, south, east, north] = boxOf(own?.rings ?? []), reach = Math.max(x - west, east - x, y - south, north - y);
  const half = Number.isFinite(reach) ? Math.min(FAR, Math.max(NEAR, reach * 1.15)) : NEAR;
  return [x - half, y - half, x + half, y + half];
}

export class CaseMap {
  private readonly root = make("div", "place-part");
  private readonly local: LocalMap;

  constructor(slot: HTMLElement, private readonly options: Partial<CaseMapOptions>) {
    const words = pageWords();
    slot.append(this.root);
    this.local = new LocalMap(words.say("live.case.aria"), () => undefined, (pen, to, ratio) => {
      const [x, y] = this.place() ?? [0, 0], kind = MARKS[options.state ?? ""] ?? "open";
      drawMarks(pen, [{ x: to.x(x), y: to.y(y), kind, n: 1 }], levelStyle("grid"), ratio, kind === "open" ? 1.6 : 1.1, LIGHT);
    }, (length) => lengthWords(length, words));
    if (typeof options.lon === "number" && typeof options.lat === "number" && options.region) void this.show(options.region);
    else this.say(words.say("live.case.none"));
  }

  dispose(): void {
    this.root.remove();
  }

  private place(): [number, number] | null {
    return this.local.map && metres(this.local.map.plane, this.options.lon!, this.options.lat!);
  }

  private async show(region: string): Promise<void> {
    this.root.append(this.local.root);
    try {
      await this.local.load(region, (map, own) => around(metres(map.plane, this.options.lon!, this.options.lat!), own));
    } catch (problem) {
      this.say(`${pageWords().say("map.error")} · ${(problem as Error).message}`);
    }
  }

  private say(text: string): void {
    this.root.replaceChildren(make("p", "lmap-message", text));
  }
}
