/** The map panel: three canvases (base, dots, marks and labels), each drawn only when what it shows has changed. */

import { element, make, show, write } from "../dom";
import { count, MISSING } from "../formats/numbers";
import type { Board, MapData } from "../types";
import type { View } from "../view";
import type { Workers } from "../workers";
import { drawBase } from "./base";
import { DotLayer } from "./dot_layer";
import { drawLabels, labelsOf } from "./labels";
import { drawMarks, drawNumbers, spots } from "./marks";
import { type Bounds, Projection } from "./projection";
import { DARK, dotSize, levelStyle, type LevelStyle, markSize } from "./style";

const WIDEST = 900, PAD = 10;

export class CityMap {
  private readonly base = document.createElement("canvas");
  private readonly top = document.createElement("canvas");
  private readonly dots: DotLayer;
  private readonly stack: HTMLElement;
  private map: MapData | null = null;
  private to: Projection | null = null;
  private style: LevelStyle = levelStyle("city");
  private u = 1;
  private scope = "";
  private marksOf: unknown[] = [];
  private stale = false;
  private hidden = true;

  constructor(private readonly workers: Workers) {
    this.stack = make("div", "map-stack");
    const body = element("map-body");
    this.dots = new DotLayer(workers, DARK, () => this.layOut());
    this.stack.append(this.base, this.dots.canvas, this.top);
    body.append(this.stack);
    new ResizeObserver(() => this.layOut()).observe(body);
  }

  get usesGl(): boolean {
    return this.dots.usesGl;
  }

  setMap(map: MapData, scope: string, level: string): void {
    this.map = map;
    this.scope = scope || map.regions.find((region) => region.parent === null)?.code || "";
    this.style = levelStyle(level);
    this.layOut();
  }

  /** New positions arrived. */
  moved(): void {
    this.dots.moved();
  }

  /** Marks, labels and states of the board; cheap when nothing changed. */
  update(view: View, stale: boolean, hidden: boolean): void {
    if (stale !== this.stale || hidden !== this.hidden) {
      this.stale = stale;
      this.hidden = hidden;
      this.drawDots();
    }
    const basis = [view.board.map.cases, view.board.map.labels, this.to, stale, hidden];
    if (!this.to || basis.every((part, i) => part === this.marksOf[i])) return;
    this.marksOf = basis;
    this.drawTop(view.board, view.words.lang === "en", stale || hidden, (n) => view.words.say("map.online", { n }));
  }

  /** Fonts that arrived later have other shapes. */
  fontsChanged(): void {
    this.marksOf = [];
  }

  private layOut(): void {
    const body = element("map-body"), ratio = devicePixelRatio || 1;
    this.u = (innerHeight / 1080) * ratio;
    const width = Math.floor(Math.min(body.clientWidth * ratio, WIDEST * this.u)), height = Math.floor(body.clientHeight * ratio);
    if (width < 2 || height < 2) return;
    for (const canvas of [this.base, this.dots.canvas, this.top]) {
      if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    }
    this.stack.style.width = `${width / ratio}px`;
    if (!this.map) return;
    this.to = new Projection(this.map.bounds as Bounds, width, height, PAD * this.u);
    drawBase(this.base.getContext("2d")!, this.map, this.to, this.scope, this.style, this.u, DARK);
    this.drawDots();
  }

  private drawDots(): void {
    if (!this.to) return;
    if (this.hidden) return this.dots.show(null);
    const { dot, tail } = dotSize(this.style, this.workers.n, this.to.width / this.u);
    this.dots.show({ to: this.to, dot: dot * this.u, tail: tail * this.u, stale: this.stale });
  }

  private drawTop(board: Board, english: boolean, unknown: boolean, online: (n: string) => string): void {
    const pen = this.top.getContext("2d")!, to = this.to!, { labels, cases } = board.map;
    pen.clearRect(0, 0, to.width, to.height);
    const size = markSize(to.width / this.u);
    const all = spots(cases, to, this.style.triangle * this.u * 1.4);
    drawMarks(pen, all, this.style, this.u, size, DARK);
    const label = (code: string) => (unknown ? `${MISSING} ${MISSING}` : labels[code] === undefined ? "" : online(count(labels[code])));
    const names = drawLabels(pen, labelsOf(this.map!.regions, this.scope, to, english, label, (code) => labels[code] ?? 0), this.style, this.u, to, DARK);
    drawNumbers(pen, all, this.style, this.u, size, names, DARK);
  }
}

/** What the map says instead of, or about, its dots. */
export function writeNote(tone: "" | "warn" | "crit" | "plain", title: string, text = ""): void {
  const note = element("map-note");
  show(note, tone !== "");
  note.dataset.tone = tone;
  write(element("map-note-title"), title);
  write(element("map-note-text"), text);
}
