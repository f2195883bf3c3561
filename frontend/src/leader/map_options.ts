/** What the page says about its map slot, as docs/drill-down.md lists it. */

import type { Shade } from "./shade";

export type MapOptions = {
  region: string; level: string; shade: Shade | null;
  /** Layers that are switched on. */
  layers: string[];
  /** Address of a child region, with CODE where its code goes. */
  href: string;
  /** More lines of the callout, by region code. */
  labels: Record<string, string | string[]>;
  /** False where the caller may not hear the hub: a map of regions alone. */
  live: boolean;
};

export function completed(options: Partial<MapOptions>): MapOptions {
  return {
    region: options.region ?? "", level: options.level ?? "city", shade: options.shade?.values ? options.shade : null,
    layers: options.layers ?? [], href: options.href ?? "", labels: options.labels ?? {}, live: options.live ?? true,
  };
}

export function hrefOf(options: MapOptions, code: string): string {
  return options.href.replace("CODE", encodeURIComponent(code));
}

/** The layers that an address names. */
export function layersOf(search: string): string[] {
  return (new URLSearchParams(search).get("layers") ?? "").split(",").filter(Boolean);
}

/** This page's address with a layer switched on or off. */
export function toggledLayer(search: string, on: string[], name: string): string {
  const query = new URLSearchParams(search), layers = on.includes(name) ? on.filter((one) => one !== name) : [...on, name];
  if (layers.length) query.set("layers", layers.join(","));
  else query.delete("layers");
  return `?${query.toString()}`;
}
