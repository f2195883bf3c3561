/** One wall: keeps the board, draws it once per animation frame after a change and once a second for what time alone changes. */

import { shiftAgainstBurnIn } from "./burn_in";
import { Charts } from "./charts";
import { ServerClock } from "./clock";
import { element, show, write } from "./dom";
import { forgetWidths } from "./fit";
import type { Frame } from "./frames";
import type { Lang } from "./formats/numbers";
import { Faults, tellHealth } from "./health";
import { Words } from "./i18n";
import { renewDaily } from "./lifetime";
import { CityMap } from "./map/map";
import { fetchMap } from "./map/source";
import { connection, drawBanner } from "./panels/banner";
import { drawDistricts } from "./panels/districts";
import { drawEvents } from "./panels/events";
import { drawHeader } from "./panels/header";
import { drawMapPanel, type MapFault } from "./panels/map_panel";
import { drawOverdue } from "./panels/overdue";
import { drawRanking } from "./panels/ranking";
import { drawStock } from "./panels/stock";
import { drawStrip } from "./panels/strip";
import { drawTicker } from "./panels/ticker";
import { drawTiles } from "./panels/tiles";
import { onSizeChange } from "./screen";
import { Subscription } from "./socket";
import { Streams } from "./streams";
import type { Board } from "./types";
import type { Panel, View } from "./view";
import { Workers } from "./workers";

/** The banner comes first: it changes the room that the others have. */
const PANELS: Panel[] = [drawBanner, drawHeader, drawTiles, drawRanking, drawDistricts, drawOverdue, drawTicker, drawStock, drawEvents, drawStrip];
const MAP_RETRY = 30_000;

export class Wall {
  private readonly clock = new ServerClock();
  private readonly streams = new Streams();
  private readonly faults = new Faults();
  private readonly workers = new Workers();
  private readonly words: Words;
  private readonly map: CityMap;
  private readonly charts: Charts;
  private readonly region: string;
  /** Kept for tests and for measuring. */
  subscription: Subscription | null = null;
  private board: Board | null = null;
  private mapVersion: number | null = null;
  private mapFault: MapFault = null;
  private polygons: number | null = null;
  private scheduled = false;
  /** Milliseconds of main thread of the last drawings, for measuring. */
  readonly costs = { frame: [] as number[], board: [] as number[] };

  constructor(private readonly root: HTMLElement) {
    this.words = new Words((root.dataset.lang ?? "zh-CN") as Lang);
    this.region = root.dataset.region ?? "";
    this.map = new CityMap(this.workers);
    this.charts = new Charts(this.words.say("unit.per_day"));
    document.documentElement.lang = this.words.lang;
  }

  start(): void {
    this.subscription = new Subscription(this.region, {
      board: (board) => this.onBoard(board),
      frame: (frame) => this.onFrame(frame),
      time: (time) => this.clock.set(time, performance.now(), this.board?.meta.speed ?? 1),
      refused: (error) => this.onRefused(error),
      connected: (yes, attempts) => { connection.attempts = yes ? 0 : Math.max(connection.attempts, attempts); },
    });
    this.everySecond();
    onSizeChange(() => this.schedule());
    addEventListener("resize", () => this.schedule());
    document.fonts.addEventListener("loadingdone", () => this.onFonts());
    shiftAgainstBurnIn(this.root);
    this.faults.listen();
    tellHealth((health) => this.subscription?.report(health), this.faults);
    renewDaily(() => this.streams.silent === 0);
  }

  /** On the second of the shown clock, so that seconds never skip. */
  private everySecond(): void {
    this.schedule();
    const now = this.clock.known ? this.clock.now(performance.now()) : Date.now();
    setTimeout(() => this.everySecond(), 1005 - (now % 1000));
  }

  private onBoard(board: Board): void {
    if (this.clock.speed !== board.meta.speed) this.clock.set(board.meta.time, performance.now(), board.meta.speed);
    this.board = board;
    show(element("notice"), false);
    if (this.mapVersion !== board.meta.version) void this.loadMap(board);
    this.schedule();
  }

  private onFrame(frame: Frame): boolean {
    const before = performance.now();
    if (!this.workers.apply(frame)) return false;
    this.map.moved();
    this.note("frame", performance.now() - before);
    return true;
  }

  private onRefused(error: string): void {
    const missing = /region|unknown/i.test(error), key = missing ? "page.no_region" : "page.refused";
    write(element("notice-title"), this.words.say(key));
    write(element("notice-text"), this.words.say(`${key}.note`, { code: this.region }));
    show(element("notice"), true);
  }

  private async loadMap(board: Board): Promise<void> {
    this.mapVersion = board.meta.version;
    try {
      const map = await fetchMap(this.region);
      this.map.setMap(map, board.meta.region, board.meta.level);
      this.polygons = map.regions.reduce((sum, region) => sum + region.rings.length, 0);
      this.mapFault = null;
    } catch (problem) {
      this.mapFault = { code: (problem as Error).message, at: this.clock.now(performance.now()) };
      setTimeout(() => { this.mapVersion = null; if (this.board) void this.loadMap(this.board); }, MAP_RETRY);
    }
    this.schedule();
  }

  private onFonts(): void {
    forgetWidths();
    this.map.fontsChanged();
    this.schedule();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    if (document.visibilityState === "hidden") setTimeout(() => this.draw(), 0);
    else requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    this.scheduled = false;
    const { board } = this, at = performance.now();
    if (!board) return;
    this.streams.update(board.sources, this.clock, at, this.workers.time);
    const view: View = { board, words: this.words, clock: this.clock, streams: this.streams, at, now: this.clock.now(at), zone: board.meta.zone_minutes };
    this.root.dataset.ready = "yes";
    for (const panel of PANELS) this.faults.guard(panel.name, () => panel(view));
    this.faults.guard("map", () => drawMapPanel(view, this.map, this.mapFault, this.polygons));
    this.faults.guard("charts", () => this.charts.update(board, at));
    this.note("board", performance.now() - at);
  }

  private note(kind: "frame" | "board", cost: number): void {
    const costs = this.costs[kind];
    costs.push(cost);
    if (costs.length > 600) costs.splice(0, 300);
  }
}
