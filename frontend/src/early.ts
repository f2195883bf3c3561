/**
 * What the renderer asks for one after the other once all its scripts have run (what the page is made of, what it reacts to, then the page
 * itself) is asked for while they are still being read: half a second of work beside which the server has nothing to do.
 *
 * The renderer asks with `fetch` as ever and is given the answer that is under way, once each; whatever it asks otherwise goes its own way.
 */

const DOOR = "/_dash-update-component", ASKED = ["/_dash-layout", "/_dash-dependencies"];
const OUTPUT = ".._pages_content.children..._pages_store.data..", LOCATION = "_pages_location";
/** A look at a worker's day is written down each time that it is asked for. */
const WRITTEN_DOWN = "/worker";
/** After so many ms nobody asks any more. */
const OVER = 15_000;
const JSON_BOTH = { Accept: "application/json", "Content-Type": "application/json" };

type Input = { id: string; property: string; value: string };
type Place = { pathname: string; search: string };

function token(): Record<string, string> {
  const found = /(?:^|; )_csrf_token=([^;]*)/.exec(document.cookie)?.[1];
  return found ? { "X-CSRFToken": decodeURIComponent(found) } : {};
}

function inputsOf({ pathname, search }: Place): Input[] {
  return [{ id: LOCATION, property: "pathname", value: pathname }, { id: LOCATION, property: "search", value: search }];
}

/** The request of Dash's router for an address. */
export function bodyOf(place: Place): string {
  const outputs = [{ id: "_pages_content", property: "children" }, { id: "_pages_store", property: "data" }];
  const changed = [`${LOCATION}.pathname`, `${LOCATION}.search`];
  return JSON.stringify({ output: OUTPUT, outputs, inputs: inputsOf(place), changedPropIds: changed, parsedChangedPropsIds: changed });
}

/** What two requests have in common that ask for the same: the path, and of the router's the address of the page. */
export function keyOf(address: string, body: unknown): string {
  const path = address.split("?")[0]!;
  if (path !== DOOR || typeof body !== "string") return path;
  const { output, inputs } = JSON.parse(body) as { output?: string; inputs?: Input[] };
  return `${path} ${output} ${JSON.stringify(inputs?.map(({ id, property, value }) => [id, property, value]))}`;
}

/** Ask for everything, and hand it out under the name of `fetch`. */
export function askEarly(place: Place): void {
  const own = window.fetch.bind(window), under = new Map<string, Promise<Response>>();
  const ask = (address: string, init: RequestInit) => {
    const answer = own(address, { credentials: "same-origin", ...init, headers: { ...JSON_BOTH, ...token() } });
    answer.catch(() => undefined); // told to who takes it
    under.set(keyOf(address, init.body), answer);
  };
  for (const address of ASKED) ask(address, { method: "GET" });
  if (place.pathname !== WRITTEN_DOWN) ask(DOOR, { method: "POST", body: bodyOf(place) });
  const handing: typeof fetch = (asked, init) => {
    const key = typeof asked === "string" ? keyOf(asked, init?.body) : "", answer = under.get(key);
    if (!answer) return own(asked, init);
    under.delete(key);
    if (!under.size) end();
    return answer.catch(() => own(asked, init));
  };
  const end = () => { if (window.fetch === handing) window.fetch = own; };
  window.fetch = handing;
  setTimeout(end, OVER);
}

/** Where the renderer runs already it has asked for itself. */
if (typeof document !== "undefined" && document.readyState === "loading") askEarly(location);
