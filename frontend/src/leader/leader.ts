/**
 * What is alive on the pages of the drill-down. Dash replaces page content as it likes: one observer finds slots that came, changed or
 * went; the map with its canvases and the connection outlive them and are put into the next page's slot.
 */

import { CaseMap } from "./case_map";
import { keepFocus, restoreFocus } from "./focus";
import { followCells, followLinks, thaw } from "./frozen";
import { Live } from "./live";
import { completed, type MapOptions } from "./map_options";
import { leaderRoot, nameDocument, optionsOf, pageWords } from "./page";
import { mountPngButton } from "./png_button";
import { awaitPrepared } from "./prepared";
import { RegionMap } from "./region_map";
import { regionOfLine } from "./rows";
import { closeSheets } from "./sheets";
import { closeBuildings } from "./three_d";
import { writeLive, writeTime } from "./ticking";
import { TrackPart } from "./track_part";

/** A part of one page: it goes with its slot. */
type Part = { dispose(): void };
type Maker = (slot: HTMLElement) => Part;

const ZONE = 480;
const WATCHED = ["data-part", "data-options", "data-live", "data-countdown", "data-region", "data-lang", "data-dom"];

const MAKERS: Record<string, Maker> = {
  "case-map": (slot) => new CaseMap(slot, optionsOf(slot)),
  track: (slot) => new TrackPart(slot, optionsOf(slot)),
  png: mountPngButton,
  prepared: awaitPrepared,
};

export class Leader {
  readonly live = new Live({ changed: () => this.schedule(), moved: () => this.map?.moved() });
  map: RegionMap | null = null;
  private mapSlot: HTMLElement | null = null;
  private mapOptions = "";
  private readonly parts = new Map<HTMLElement, { options: string; part: Part }>();
  private zone = ZONE;
  private scheduled = false;

  start(): void {
    new MutationObserver((changes) => this.onMutation(changes)).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: WATCHED });
    for (const [event, entered] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]] as const) {
      document.addEventListener(event, ({ target }) => this.onRow(target, entered));
    }
    followLinks();
    followCells();
    keepFocus();
    closeSheets();
    this.scan();
    this.everySecond();
  }

  /** Changes that this code makes itself are no reason to look again. */
  private onMutation(changes: MutationRecord[]): void {
    if (changes.some(({ target }) => !(target as Element).closest?.(".lmap, .local-map, .clock, .age"))) this.scan();
  }

  /** Slots of the page as it stands now. */
  private scan(): void {
    const root = leaderRoot();
    if (root) thaw(root);
    if (root) restoreFocus(root);
    if (root) nameDocument(root);
    const slots = root ? [...root.querySelectorAll<HTMLElement>("[data-part]")] : [];
    this.placeMap(slots.find((slot) => slot.dataset.part === "map") ?? null);
    for (const [slot, { part, options }] of this.parts) {
      if (slots.includes(slot) && slot.dataset.options === options) continue;
      part.dispose();
      this.parts.delete(slot);
    }
    for (const slot of slots) {
      const make = MAKERS[slot.dataset.part ?? ""];
      if (make && !this.parts.has(slot)) this.parts.set(slot, { options: slot.dataset.options ?? "", part: make(slot) });
    }
    this.watch(root);
    this.schedule();
  }

  private placeMap(slot: HTMLElement | null): void {
    if (!slot) {
      if (this.map) closeBuildings(this.map.root);
      this.map?.root.remove();
      this.mapSlot = null;
      return;
    }
    this.map ??= new RegionMap(this.live);
    if (this.map.root.parentNode !== slot) slot.append(this.map.root);
    const lang = leaderRoot()?.dataset.lang ?? "", options = `${lang}${slot.dataset.options ?? ""}`;
    if (slot === this.mapSlot && options === this.mapOptions) return;
    this.mapSlot = slot;
    if (options === this.mapOptions) return;
    this.mapOptions = options;
    this.map.set(optionsOf<MapOptions>(slot));
  }

  /** The connection follows the map, else the page's region if anything on it is live. */
  private watch(root: HTMLElement | null): void {
    if (!root) return this.live.watch(null, false);
    if (this.mapSlot) {
      const { region, live } = completed(optionsOf<MapOptions>(this.mapSlot));
      return this.live.watch(live ? region || root.dataset.region || "" : null, true);
    }
    const alive = root.querySelector("[data-live], [data-countdown], [data-age], [data-clock]");
    this.live.watch(alive ? root.dataset.region ?? "" : null, false);
  }

  private everySecond(): void {
    this.schedule();
    const now = this.live.clock.known ? this.live.clock.now(performance.now()) : Date.now();
    setTimeout(() => this.everySecond(), 1005 - (now % 1000));
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    if (document.visibilityState === "hidden") setTimeout(() => this.draw(), 0);
    else requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    this.scheduled = false;
    const root = leaderRoot();
    if (!root) return;
    const at = performance.now(), view = this.live.view(at), now = this.live.clock.known ? this.live.clock.now(at) : null;
    if (view) this.zone = view.zone;
    if (view) writeLive(root, view);
    if (now !== null) writeTime(root, now, this.live.paused, this.zone, pageWords().lang);
    if (this.mapSlot) this.map?.update();
  }

  private onRow(target: EventTarget | null, entered: boolean): void {
    if (!(target instanceof Element) || !this.mapSlot) return;
    const code = regionOfLine(target);
    if (code !== null) this.map?.highlight(entered ? code : null);
  }
}
