/**
 * Buildings with their heights in 3D: a script of its own that is loaded when somebody asks. It draws what our own API gives, without
 * glyphs, sprites, tiles or anything else from outside.
 */

import maplibre from "maplibre-gl/dist/maplibre-gl-csp";
import { make } from "../dom";
import type { Words } from "../i18n";
import { labelName } from "../map/labels";
import { LIGHT } from "../map/style";
import type { MapData } from "../types";
import { mix } from "./shade";
import { tidy } from "./tall_names";
import type { Buildings } from "./three_d";

type Place = [number, number];
type Features = { type: "FeatureCollection"; features: { type: "Feature"; geometry: object; properties: object }[] };

const PITCH = 55, BEARING = -20, CLOSEST = 17.5;
/** A storey, for buildings whose height is not known, in metres. */
const STOREY = 3;

maplibre.setWorkerUrl("/assets/dist/lazy/buildings_worker.js");

/** Degrees of a place on the plane, as `dashboard/domain/plane.py` has it. */
export function degrees(plane: MapData["plane"], x: number, y: number): Place {
  const degree = (Math.PI / 180) * 6_371_008.8;
  return [x / (degree * Math.cos((plane.lat * Math.PI) / 180)) + plane.lon, y / degree + plane.lat];
}

function lineOf(plane: MapData["plane"], flat: number[]): Place[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => degrees(plane, flat[2 * i]!, flat[2 * i + 1]!));
}

function collection(geometries: object[]): Features {
  return { type: "FeatureCollection", features: geometries.map((geometry) => ({ type: "Feature", geometry, properties: {} })) };
}

function outlines({ regions, plane }: MapData): Features {
  return collection(regions.flatMap(({ rings }) => rings.map((ring) => ({ type: "LineString", coordinates: [...lineOf(plane, ring), degrees(plane, ring[0]!, ring[1]!)] }))));
}

function roads({ lines, plane }: MapData, kind: "roads" | "water"): Features {
  return collection((lines?.[kind] ?? []).map((line) => ({ type: "LineString", coordinates: lineOf(plane, line) })));
}

/** West, south, east, north of all places in a collection. */
function boundsOf(features: Features): [number, number, number, number] {
  const box: [number, number, number, number] = [180, 90, -180, -90];
  const visit = (part: unknown): void => {
    if (!Array.isArray(part)) return;
    if (typeof part[0] !== "number") return part.forEach(visit);
    box[0] = Math.min(box[0], part[0]);
    box[1] = Math.min(box[1], part[1] as number);
    box[2] = Math.max(box[2], part[0]);
    box[3] = Math.max(box[3], part[1] as number);
  };
  for (const { geometry } of features.features) visit((geometry as { coordinates?: unknown }).coordinates);
  return box;
}

function styleOf(map: MapData, buildings: Features): maplibre.StyleSpecification {
  const geojson = (data: Features) => ({ type: "geojson" as const, data: data as never });
  const height: maplibre.ExpressionSpecification = ["coalesce", ["get", "height"], STOREY];
  const wall: maplibre.ExpressionSpecification = ["interpolate", ["linear"], height, 0, mix(LIGHT.land2, LIGHT.line2, 0.35), 60, LIGHT.line2];
  return {
    version: 8, light: { anchor: "viewport", color: LIGHT.bg1, intensity: 0.35, position: [1.3, 210, 35] },
    sources: { regions: geojson(outlines(map)), roads: geojson(roads(map, "roads")), water: geojson(roads(map, "water")), buildings: geojson(buildings) },
    layers: [
      { id: "land", type: "background", paint: { "background-color": LIGHT.land } },
      { id: "water", type: "line", source: "water", paint: { "line-color": LIGHT.water, "line-width": 5 } },
      { id: "roads", type: "line", source: "roads", paint: { "line-color": LIGHT.road, "line-width": 4 } },
      { id: "regions", type: "line", source: "regions", paint: { "line-color": LIGHT.line2, "line-width": 1.2 } },
      { id: "buildings", type: "fill-extrusion", source: "buildings", paint: { "fill-extrusion-color": wall, "fill-extrusion-height": height, "fill-extrusion-opacity": 0.95 } },
    ],
  };
}

/** Names, as elements because the scene has no glyphs of its own: of the regions below the map's own, or itself where there are none, at the places of their names on the plane. */
function nameMarks({ regions }: MapData, english: boolean): { element: HTMLElement; x: number; y: number }[] {
  const own = regions[0], below = regions.filter(({ parent, label }) => label && parent === own?.code);
  return (below.length ? below : regions.slice(0, 1)).flatMap((region) => {
    if (!region.label) return [];
    const element = make("div", "lmap-tall-name", labelName(region, english));
    element.setAttribute("aria-hidden", "true");
    return [{ element, x: region.label[0], y: region.label[1] }];
  });
}

async function fetched(address: string): Promise<Features> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`E-${answer.status}`);
  return (await answer.json()) as Features;
}

/** Show the buildings of an address inside a place; the answer ends it. */
function open(place: HTMLElement, address: string, map: MapData, words: Words): () => void {
  let scene: maplibre.Map | null = null, ended = false;
  const start = (buildings: Features) => {
    if (ended) return;
    const bounds = boundsOf(buildings);
    scene = new maplibre.Map({ container: place, style: styleOf(map, buildings), bounds, attributionControl: false, pitch: PITCH, bearing: BEARING, maxPitch: 70, fadeDuration: 0, fitBoundsOptions: { maxZoom: CLOSEST, padding: 20 }, locale: { "Map.Title": words.say("live.map.tall") } });
    const names = nameMarks(map, words.lang === "en").map(({ element, x, y }) => new maplibre.Marker({ element }).setLngLat(degrees(map.plane, x, y)).addTo(scene!));
    scene.on("render", () => tidy(names.map((name) => ({ element: name.getElement(), at: scene!.project(name.getLngLat()) }))));
    scene.on("load", () => { place.dataset.ready = "yes"; });
  };
  fetched(address).then(start).catch((problem: Error) => { place.textContent = `${words.say("live.map.no_buildings")} · ${problem.message}`; });
  return () => { ended = true; scene?.remove(); };
}

window.buildings3d = { open } satisfies Buildings;
