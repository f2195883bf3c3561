/** The build of MapLibre whose worker is a file of its own, for pages that forbid scripts made on the spot. */
declare module "maplibre-gl/dist/maplibre-gl-csp" {
  import maplibre from "maplibre-gl";
  export * from "maplibre-gl";
  export default maplibre;
}
