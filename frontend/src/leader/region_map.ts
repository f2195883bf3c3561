/** The live map of a region page. Five canvases (base, layers, the region pointed at, dots, marks and names), each drawn only when what it shows has changed. */

import { make, mark } from "../dom";
import { forgetWidths } from "../fit";
import { count, MISSING } from "../formats/numbers";
import { drawBase, type Pen, trace } from "../map/base";
import { DotLayer } from "../map/dot_layer";
import { drawLabels, labelsOf } from "../map/labels";
import { type Box, drawMarks, drawNumbers, spots } from "../map/marks";
import { type Bounds, type Camera, Projection, WHOLE } from "../map/projection";
import { fetchMap } from "../map/source";
import { dotSize, levelStyle, LIGHT, markSize } from "../map/style";
import type { MapData, MapRegion } from "../types";
import type { View } from "../view";
import { Callout, linesOf } from "./callout";
import { CanvasStack } from "./canvas_stack";
import { Gestures, type Ground, zoomed } from "./gestures";
import { type LayerData, layerData } from "./layer_data";
import { drawLayer, signsOf } from "./layer_pass";
import { Legend } from "./legend";
import type { Live } from "./live";
import { completed, hrefOf, type MapOptions } from "./map_options";
import { MapNote } from "./map_note";
import { isPlain, navigate, pageWords } from "./page";
import { markLines } from "./rows";
import { fillShade } from "./shade_pass";
import { childrenOf, regionAt, type Shape } from "./shapes";
import { Toolbar } from "./toolbar";

/** One u of the level styles in CSS pixels: a browser is nearer to its reader than a wall. */
const UNIT = 0.85, PAD = 12, RETRY = 30_000;

export class RegionMap {
  readonly root = make("div", "lmap");
  private readonly stage = make("div", "lmap-stage");
  private readonly plain = { base: document.createElement("canvas"), layers: document.createElement("canvas"), top: document.createElement("canvas"), over: document.createElement("canvas") };
  private readonly dots: DotLayer;
  private readonly stack: CanvasStack;
  private readonly links = make("ul", "lmap-links");
  private readonly note = new MapNote();
  private readonly callout = new Callout();
  private readonly legend = new Legend();
  private readonly toolbar: Toolbar;
  private options: MapOptions = completed({});
  private map: MapData | null = null;
  private children: Shape[] = [];
  private layers: LayerData[] = [];
  private camera: Camera = WHOLE;
  private to: Projection | null = null;
  private loading = "";
  private pointed: MapRegion | null = null;
  private basis: unknown[] = [];
  private lost = false;
  private hidden = true;

  constructor(private readonly live: Live) {
    this.dots = new DotLayer(live.workers, LIGHT, () => this.stack.fit());
    this.stage.append(this.plain.base, this.plain.layers, this.plain.over, this.dots.canvas, this.plain.top, this.note.root, this.callout.root);
    this.stack = new CanvasStack(this.stage, () => ({ base: this.plain.base, layers: this.plain.layers, dots: this.dots.canvas, top: this.plain.top, over: this.plain.over }), (name) => this.draw(name), () => this.project());
    this.toolbar = new Toolbar(this.root, { zoom: (factor) => this.look(zoomed(this.camera, factor, 0, 0, this.ground())), reset: () => this.look(WHOLE), pause: () => live.pause(live.paused === null), map: () => this.map, layers: (layers) => this.set({ ...this.options, layers }) });
    this.root.append(this.stage, this.toolbar.root, this.legend.root, this.links);
    this.listen();
  }

  /** Show what a slot asks for. The same region keeps its picture; the camera goes back when the region changes. */
  set(options: Partial<MapOptions>): void {
    const other = options.region !== this.options.region || !this.map;
    this.options = completed(options);
    this.stage.setAttribute("aria-label", pageWords().say("live.map.aria"));
    this.basis = [];
    if (other) {
      this.camera = WHOLE;
      this.point(null);
      void this.load();
    } else this.arrange();
    this.toolbar.set(this.options);
    void this.loadLayers();
    this.update();
  }

  /** Board, clock or pause have changed; cheap when the map does not show the difference. */
  update(): void {
    const view = this.live.view(performance.now());
    const lost = view?.streams.lane("positions").health === "lost", hidden = !view || (view.board.map.off_hours && !lost);
    this.toolbar.update(this.live.paused, view);
    this.note.update(this.options.live, view, this.live.refusal, lost);
    if (view && this.map && view.board.meta.version !== this.map.version) void this.load();
    const basis = [view?.board.map.cases, view?.board.map.labels, lost, hidden];
    if (basis.every((part, i) => part === this.basis[i])) return;
    this.basis = basis;
    this.lost = lost;
    this.hidden = hidden;
    this.stack.ask("dots", "top", "over");
  }

  moved(): void {
    this.dots.moved();
  }

  /** Highlight the region of a row elsewhere on the page; null: none. */
  highlight(code: string | null): void {
    this.point(this.children.find(({ region }) => region.code === code)?.region ?? null, true);
  }

  private listen(): void {
    this.stage.tabIndex = 0;
    this.stage.setAttribute("role", "application");
    new Gestures(this.stage, {
      camera: () => this.camera, ground: () => this.ground(), look: (camera) => this.look(camera),
      hover: (at) => this.point(at && this.under(at)), press: (at, touch) => this.press(this.under(at), touch),
    });
    this.links.addEventListener("focusin", ({ target }) => this.point(this.regionOf((target as HTMLElement).dataset.code)));
    this.links.addEventListener("focusout", () => this.point(null));
    this.root.addEventListener("click", (event) => {
      const link = (event.target as Element).closest<HTMLAnchorElement>("a[href]");
      if (!link || !isPlain(event)) return;
      event.preventDefault();
      navigate(link.pathname + link.search);
    });
    document.fonts.addEventListener("loadingdone", () => { forgetWidths(); this.stack.ask("layers", "top"); });
  }

  private regionOf(code: string | undefined): MapRegion | null {
    return this.children.find(({ region }) => region.code === code)?.region ?? null;
  }

  private async load(): Promise<void> {
    const { region } = this.options, asked = `${region}:${this.map?.version ?? ""}`;
    if (this.loading === asked) return;
    this.loading = asked;
    mark(this.stage, "state", "loading");
    this.note.loading();
    try {
      const map = await fetchMap(region);
      if (region !== this.options.region) return;
      this.map = map;
      this.note.loaded(map.regions.some(({ rings }) => rings.length) ? "" : pageWords().say("map.empty"));
      this.arrange();
    } catch (problem) {
      if (region !== this.options.region) return;
      this.note.loaded(`${pageWords().say("map.error")} · ${(problem as Error).message}`, true);
      setTimeout(() => { if (region === this.options.region && !this.map) void this.load(); }, RETRY);
    } finally {
      if (this.loading === asked) {
        this.loading = "";
        mark(this.stage, "state", "ready");
      }
    }
  }

  /** Everything that follows from map and options: children, links, legend, drawing. */
  private arrange(): void {
    this.children = childrenOf(this.map?.regions ?? [], this.scope);
    this.listLinks();
    this.legend.shade(this.options.shade, this.children.map((child) => child.region.code));
    this.project();
    this.stack.ask("base", "layers", "dots", "top", "over");
  }

  private get scope(): string {
    return this.map?.regions[0]?.code ?? "";
  }

  /** The same places as links, for keyboards and screen readers. */
  private listLinks(): void {
    const english = pageWords().lang === "en";
    const items = this.children.map(({ region }) => {
      const link = document.createElement("a");
      link.textContent = (english && region.name_en) || region.name;
      link.href = this.options.href ? hrefOf(this.options, region.code) : "";
      link.dataset.code = region.code;
      return make("li", "", link);
    });
    this.links.replaceChildren(...(this.options.href ? items : []));
    this.links.setAttribute("aria-label", pageWords().say("live.map.places"));
  }

  private async loadLayers(): Promise<void> {
    const { region, layers } = this.options;
    const found = await Promise.allSettled(layers.map((name) => layerData(region, name)));
    if (region !== this.options.region || layers !== this.options.layers) return;
    this.layers = found.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    this.legend.layers(this.layers);
    this.stack.ask("layers");
  }

  private project(): void {
    if (!this.map || !this.stack.width) return;
    this.to = new Projection(this.map.bounds as Bounds, this.stack.width, this.stack.height, PAD * this.stack.ratio, this.camera);
  }

  private look(camera: Camera): void {
    this.camera = camera;
    mark(this.stage, "zoomed", camera.zoom > 1 ? "yes" : "no");
    this.project();
    this.stack.ask("base", "layers", "dots", "top", "over");
    if (this.pointed) this.showCallout(this.pointed);
  }

  private ground(): Ground {
    const [west, south, east, north] = this.map?.bounds ?? [0, 0, 1, 1];
    const scale = (this.to?.scale ?? 1) / this.camera.zoom / this.stack.ratio;
    return { width: this.stage.clientWidth, height: this.stage.clientHeight, scale, span: [east - west, north - south] };
  }

  private under({ x, y }: { x: number; y: number }): MapRegion | null {
    const { to, stack: { ratio } } = this;
    return to && regionAt(this.children, to.east(x * ratio), to.north(y * ratio));
  }

  /** Mouse: go there. Touch: show first, go with the second tap on the same place. */
  private press(region: MapRegion | null, touch: boolean): void {
    if (!region) return this.point(null);
    const again = this.pointed === region && !this.callout.root.hidden;
    this.point(region);
    if ((!touch || again) && this.options.href) navigate(hrefOf(this.options, region.code));
  }

  /** `quiet`: highlight without a box, because the reader looks elsewhere. */
  private point(region: MapRegion | null, quiet = false): void {
    if (region === this.pointed) return;
    this.pointed = region;
    this.stage.style.cursor = region && this.options.href ? "pointer" : "";
    if (region && !quiet) this.showCallout(region);
    else this.callout.hide();
    this.stack.ask("over");
    markLines(quiet ? null : region?.code ?? null);
  }

  private showCallout(region: MapRegion): void {
    const words = pageWords(), box = this.children.find((shape) => shape.region === region)?.box, { to, stack: { ratio } } = this;
    if (!to || !box) return;
    const lines = linesOf(region, this.options, this.live.view(performance.now())?.board ?? null, words);
    const name = (words.lang === "en" && region.name_en) || region.name, hint = this.options.href ? words.say("live.map.enter") : "";
    const screen: [number, number, number, number] = [to.x(box[0]) / ratio, to.y(box[3]) / ratio, to.x(box[2]) / ratio, to.y(box[1]) / ratio];
    this.callout.show(name, hint, lines, screen, this.stage.clientWidth, this.stage.clientHeight);
  }

  private draw(name: string): void {
    const { to, map } = this;
    if (!to || !map) return;
    if (name === "dots") this.drawDots(to);
    else if (name === "base") this.drawBase(to, map);
    else if (name === "layers") this.drawLayers(to);
    else if (name === "top") this.drawTop(to, map);
    else this.drawOver(to);
  }

  private get unit(): number {
    return UNIT * this.stack.ratio;
  }

  private get level(): string {
    return this.map?.regions[0]?.level ?? this.options.level;
  }

  private drawBase(to: Projection, map: MapData): void {
    const { shade } = this.options;
    const fill = shade ? (pen: Pen) => fillShade(pen, this.children.map((child) => child.region), shade, to, this.stack.ratio) : undefined;
    drawBase(this.stack.pen("base"), map, to, this.scope, levelStyle(this.level), this.unit, LIGHT, fill);
  }

  private drawLayers(to: Projection): void {
    const pen = this.stack.pen("layers"), signs = signsOf(this.layers.map(({ name }) => name));
    const taken = this.roomOfNames(to);
    this.layers.forEach((layer, i) => drawLayer(pen, layer, signs[i]!, to, this.stack.ratio, LIGHT, taken));
  }

  /** About where the names of the regions will stand, on their own canvas above: a Chinese letter is as wide as high. */
  private roomOfNames(to: Projection): Box[] {
    const size = levelStyle(this.level).label * this.unit, english = pageWords().lang === "en";
    return labelsOf(this.map?.regions ?? [], this.scope, to, english, () => "", () => 0).map(({ name, x, y }): Box => {
      const half = (name.length * size * (english ? 0.55 : 1)) / 2;
      return [x - half, y - size, x + half, y + size * 1.3];
    });
  }

  private drawDots(to: Projection): void {
    if (this.hidden) return this.dots.show(null);
    const { dot, tail } = dotSize(levelStyle(this.level), this.live.workers.n, to.width / this.unit);
    const grown = Math.min(2, Math.sqrt(this.camera.zoom));
    this.dots.show({ to, dot: dot * this.unit * grown, tail: tail * this.unit * grown, stale: this.lost });
  }

  private drawTop(to: Projection, map: MapData): void {
    const pen = this.stack.pen("top"), view = this.live.view(performance.now()), style = levelStyle(this.level), u = this.unit;
    const cases = view ? spots(view.board.map.cases, to, style.triangle * u * 1.4) : [], share = markSize(to.width / u);
    drawMarks(pen, cases, style, u, share, LIGHT);
    const words = pageWords(), labels = view?.board.map.labels ?? {}, size = to.width / u < 480 ? { ...style, label: style.label * 0.78 } : style;
    const named = labelsOf(map.regions, this.scope, to, words.lang === "en", (code) => this.underName(code, view), (code) => labels[code] ?? 0);
    drawNumbers(pen, cases, style, u, share, drawLabels(pen, named, size, u, to, LIGHT), LIGHT);
  }

  /** Under a name: the figure that colours the map, else how many are online. */
  private underName(code: string, view: View | null): string {
    const { shade } = this.options, words = pageWords();
    if (shade) return this.legend.figureOf(code);
    const online = view?.board.map.labels[code];
    if (online === undefined) return "";
    return this.lost || this.hidden ? MISSING : words.say("map.online", { n: count(online) });
  }

  /** The region that is pointed at: neighbours step back by fill, its outline stands out. */
  private drawOver(to: Projection): void {
    const pen = this.stack.pen("over"), { pointed } = this;
    if (!pointed) return;
    pen.beginPath();
    for (const { region } of this.children) if (region !== pointed) for (const ring of region.rings) trace(pen, to, ring, true);
    pen.fillStyle = `${LIGHT.bg1}A6`;
    pen.fill("evenodd");
    pen.beginPath();
    for (const ring of pointed.rings) trace(pen, to, ring, true);
    pen.lineJoin = "round";
    pen.strokeStyle = LIGHT.sel;
    pen.lineWidth = 2.2 * this.stack.ratio;
    pen.stroke();
  }
}

