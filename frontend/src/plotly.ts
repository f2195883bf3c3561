/**
 * Plotly for the figures that are drawn here: bars, lines and heat maps, a third of Dash's own bundle and half a second less of every first
 * page. Dash takes what stands under its name, also a promise of it, and else the address that it is told.
 */

/** The address with a digest of the file, set by `scripts/build_frontend.py`: it may be kept for ever. */
declare const PLOTLY: string;

/** Pages on which figures stand at first sight: there it comes beside Dash's own scripts and the page's answer. Most walls have none. */
const DRAWN = new Set(["/score", "/case", "/worker", "/report"]);
const SUITES = "/_dash-component-suites/", GRAPH = `${SUITES}dash/dcc/async-graph.js`, GRID = `${SUITES}dash_ag_grid/async-community.js`;
/** What would only be asked for when it is needed: it waits in the browser, unread until then. */
const CHUNKS: Record<string, string[]> = { "/region": [PLOTLY, GRAPH, GRID], "/ranking": [GRID] };

type Named = { Plotly?: unknown };

/** Load the bundle once; until it is there its name holds a promise. Where it cannot be had, Dash's own way is free again. */
function bring(): void {
  const named = window as Named, script = document.createElement("script");
  if (named.Plotly) return;
  const coming = new Promise<void>((resolve, reject) => {
    script.onload = () => resolve();
    script.onerror = () => { if (named.Plotly === coming) delete named.Plotly; reject(new Error("E-NET")); };
  });
  coming.catch(() => undefined);
  named.Plotly = coming;
  script.src = PLOTLY;
  document.head.append(script);
}

function foresee(href: string): void {
  const link = document.createElement("link");
  Object.assign(link, { rel: "preload", as: "script", fetchPriority: "low", href });
  document.head.append(link);
}

export function preparePlotly(path: string): void {
  Object.defineProperty(window, "_dashPlotlyJSURL", { get: () => PLOTLY, set: () => undefined, configurable: true });
  if (DRAWN.has(path)) bring();
  CHUNKS[path]?.forEach(foresee);
}
