/** What the fills and layers of the map mean; the page explains its marks. */

import { make, mark, show } from "../dom";
import { count, MISSING } from "../formats/numbers";
import type { LayerData } from "./layer_data";
import { legendSign, signsOf } from "./layer_pass";
import { pageWords } from "./page";
import { classWords, fillsFor, limitsOf, type Shade, valueText } from "./shade";

export class Legend {
  readonly root = make("div", "lmap-legend");
  private readonly classes = make("div", "lmap-legend-row");
  private readonly nets = make("div", "lmap-legend-row");
  private shown: Shade | null = null;

  constructor() {
    this.root.append(this.classes, this.nets);
    this.shade(null, []);
    this.layers([]);
  }

  /** Classes of an indicator over the regions that are drawn. */
  shade(shade: Shade | null, codes: string[]): void {
    this.shown = shade;
    show(this.classes, shade !== null);
    if (!shade) return this.classes.replaceChildren();
    const limits = limitsOf(shade), fills = fillsFor(limits.length + 1), words = classWords(limits, shade);
    const keys = words.map((text, i) => {
      const swatch = make("i", "lmap-swatch");
      swatch.style.background = fills[i]!;
      return make("span", "lmap-key", swatch, text);
    });
    const none = codes.some((code) => (shade.values[code] ?? null) === null) ? [make("span", "lmap-key", make("i", "lmap-swatch hatched"), MISSING)] : [];
    const title = [shade.label, shade.unit].filter(Boolean).join(" ");
    this.classes.replaceChildren(...(title ? [make("span", "lmap-key", title)] : []), ...keys, ...none);
  }

  /** A region's figure as it stands under its name. */
  figureOf(code: string): string {
    return this.shown ? valueText(this.shown, code) : "";
  }

  layers(layers: LayerData[]): void {
    const words = pageWords();
    show(this.nets, layers.length > 0);
    const signs = signsOf(layers.map(({ name }) => name));
    this.nets.replaceChildren(...layers.map((layer, i) => {
      const shown = layer.form === "all" ? count(layer.count) : words.say(`live.layer.${layer.form}`, { n: count(layer.count), shown: count(layer.shown) });
      const key = make("span", "lmap-key", words.name(layer.label), make("b", "", shown));
      key.prepend(legendSign(layer, signs[i]!));
      mark(key, "layer", layer.name);
      return key;
    }));
  }
}
