/** The track of a worker's day: map, time scale, playback, and the link with the table of stops (`data-stop`). */

import { make, write } from "../dom";
import { clock, minute } from "../formats/times";
import type { Pen } from "../map/base";
import type { Bounds, Projection } from "../map/projection";
import { LIGHT } from "../map/style";
import type { MapData, MapRegion } from "../types";
import { LocalMap, metres } from "./local_map";
import { pageWords } from "./page";
import { Playback, SPEEDS } from "./playback";
import { lengthWords } from "./scale_bar";
import { mix } from "./shade";
import { boxOf } from "./shapes";
import { completedTrack, legs, type Leg, placeAt, type TrackOptions } from "./track";
import { drawArrows, drawCells, drawPath, drawPerson, drawStops, legsUntil, type Points } from "./track_pass";

/** Narrower maps have smaller circles, in CSS pixels. */
const STEP = 10_000, ZONE = 480, NARROW = 520;

export class TrackPart {
  private readonly root = make("div", "track-part");
  private readonly track: TrackOptions;
  private readonly between: Leg[];
  private readonly local: LocalMap;
  private readonly play: Playback;
  private readonly slider = document.createElement("input");
  private readonly button = document.createElement("button");
  private readonly label = make("output", "track-time");
  private chosen: number | null = null;
  private readonly onOver = (event: Event) => this.onRow(event);

  constructor(slot: HTMLElement, options: Partial<TrackOptions>) {
    const words = pageWords();
    this.track = completedTrack(options);
    this.between = legs(this.track);
    const { time } = this.track;
    this.play = new Playback(time[0] ?? 0, time[time.length - 1] ?? 0, () => this.show());
    this.local = new LocalMap(words.say("live.track.aria"), (pen, to, ratio) => this.drawUnder(pen, to, ratio), (pen, to, ratio) => this.drawOver(pen, to, ratio), (length) => lengthWords(length, words));
    slot.append(this.root);
    if (time.length) this.build();
    else this.root.append(make("p", "lmap-message", words.say("live.track.none")));
  }

  dispose(): void {
    this.play.stop();
    for (const event of ["mouseover", "mouseout", "focusin", "focusout", "click"]) document.removeEventListener(event, this.onOver);
    this.root.remove();
  }

  private get zone(): number {
    return this.track.zone ?? ZONE;
  }

  private build(): void {
    this.root.append(this.local.root, this.controls());
    for (const event of ["mouseover", "mouseout", "focusin", "focusout", "click"]) document.addEventListener(event, this.onOver);
    this.local.root.addEventListener("pointermove", (event) => this.choose(this.stopUnder(event)));
    this.local.root.addEventListener("pointerleave", () => this.choose(null));
    this.show();
    this.local.load(this.track.region, (map, own) => this.bounds(map, own)).catch((problem: Error) => {
      this.local.root.replaceWith(make("p", "lmap-message", `${pageWords().say("map.error")} · ${problem.message}`));
    });
  }

  private controls(): HTMLElement {
    const words = pageWords(), { slider, button } = this;
    Object.assign(slider, { type: "range", min: "0", max: String(this.play.to - this.play.from), step: String(STEP), className: "track-slider" });
    slider.setAttribute("aria-label", words.say("live.track.time"));
    slider.addEventListener("input", () => { this.play.stop(); this.play.seek(this.play.from + Number(slider.value)); });
    button.type = "button";
    button.addEventListener("click", () => this.play.toggle());
    const speeds = SPEEDS.map((speed) => {
      const one = document.createElement("button");
      one.type = "button";
      one.textContent = `${speed}×`;
      one.setAttribute("aria-label", words.say("live.track.speed", { n: speed }));
      one.setAttribute("aria-pressed", String(speed === this.play.speed));
      one.addEventListener("click", () => {
        this.play.speed = speed;
        for (const other of speeds) other.setAttribute("aria-pressed", String(other === one));
      });
      return one;
    });
    return make("div", "track-controls", button, ...speeds, slider, this.label);
  }

  /** Slider, label and map at the playback's time. */
  private show(): void {
    const words = pageWords(), text = clock(this.play.at, this.zone), last = this.play.at >= this.play.to - STEP / 2;
    const value = last ? this.slider.max : String(Math.round(this.play.at - this.play.from));
    if (this.slider.value !== value) this.slider.value = value;
    this.slider.setAttribute("aria-valuetext", text);
    write(this.label, text);
    write(this.button, words.say(this.play.running ? "live.track.stop" : "live.track.play"));
    this.local.redraw();
  }

  private bounds(map: MapData, region: MapRegion | null): Bounds {
    const own = boxOf(region?.rings ?? []), points = this.track.time.map((_, i) => metres(map.plane, this.track.lon[i]!, this.track.lat[i]!));
    const all = boxOf([points.flat()]);
    const [west, south, east, north] = own.map((value, i) => (i < 2 ? Math.min(value, all[i]!) : Math.max(value, all[i]!))) as Bounds;
    return [west, south, east, north];
  }

  private pointsOf(places: { lon: number; lat: number }[]): Points {
    return places.map(({ lon, lat }) => this.local.place(lon, lat) ?? [0, 0]);
  }

  private drawUnder(pen: Pen, to: Projection, ratio: number): void {
    drawCells(pen, this.local.inside, this.track.cells, to, ratio);
  }

  private drawOver(pen: Pen, to: Projection, ratio: number): void {
    const { time, lon, lat, stops } = this.track, points = this.pointsOf(time.map((_, i) => ({ lon: lon[i]!, lat: lat[i]! })));
    const until = legsUntil(time, this.play.at), here = placeAt(this.track, this.between, this.play.at);
    if (until < points.length - 1) drawPath(pen, points, this.between, points.length - 1, mix(LIGHT.land, LIGHT.move, 0.3), ratio);
    drawPath(pen, points, this.between, until, LIGHT.move, ratio);
    drawArrows(pen, points, this.between, until, ratio);
    const seen = stops.filter(({ begin }) => begin <= this.play.at);
    drawStops(pen, seen, this.pointsOf(seen), this.chosen, ratio, Math.min(1, to.width / (NARROW * ratio)));
    if (here) drawPerson(pen, this.local.place(...here) ?? [0, 0], minute(this.play.at, this.zone), ratio);
  }

  private stopUnder(event: MouseEvent): number | null {
    const box = this.local.root.getBoundingClientRect(), { ratio } = this.local, points = this.pointsOf(this.track.stops);
    const x = (event.clientX - box.left) * ratio, y = (event.clientY - box.top) * ratio;
    const found = this.track.stops.findIndex((_, i) => Math.hypot(points[i]![0] - x, points[i]![1] - y) < 16 * ratio);
    return found < 0 ? null : this.track.stops[found]!.number;
  }

  private choose(number: number | null): void {
    if (number === this.chosen) return;
    this.chosen = number;
    for (const row of document.querySelectorAll<HTMLElement>("[data-stop]")) row.classList.toggle("pointed", number !== null && row.dataset.stop === String(number));
    this.local.redraw();
  }

  private onRow({ type, target }: Event): void {
    const row = target instanceof Element ? target.closest<HTMLElement>("[data-stop]") : null;
    if (!row) return;
    const number = Number(row.dataset.stop), stop = this.track.stops.find((one) => one.number === number);
    if (type === "click" && stop) this.play.seek(stop.begin);
    else this.choose(type === "mouseover" || type === "focusin" ? number : null);
  }
}
