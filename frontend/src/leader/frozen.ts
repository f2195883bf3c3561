/**
 * Parts of a page that come as data (`layouts/parts/frozen.py`): plain elements are made of them here, because a Dash component for each of
 * them would block the page for seconds. Text becomes text nodes and attributes are set by name, so nothing that a citizen wrote can become markup.
 */

import { isOwnPath, isPlain, navigate } from "./page";

type Node = string | [string, Record<string, string>, ...Node[]];

const ATTRIBUTE = "data-dom";
const TAGS = new Set(
  ("a abbr article aside b br button caption code col colgroup dd del details dfn div dl dt em fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr i img input "
    + "ins kbd label legend li main mark meter nav ol optgroup option output p pre progress q s samp section select small span strong sub summary sup table tbody td textarea "
    + "tfoot th thead time tr u ul var wbr").split(" "),
);
/** What was made, and in which element; the renderer may use an element again for a page on which it holds components. */
const built = new Map<HTMLElement, { data: string; nodes: ChildNode[] }>();

/** Whether an attribute may be set: none that runs something, and addresses of this site only. */
export function isSafe(name: string, value: string): boolean {
  if (/^on/i.test(name) || name === "srcdoc" || name === "src") return false;
  return !/^(href|action|formaction)$/i.test(name) || value.startsWith("#") || isOwnPath(value);
}

function make(node: Node): Text | HTMLElement | null {
  if (typeof node === "string") return document.createTextNode(node);
  const [tag, attributes, ...children] = node;
  if (!TAGS.has(tag)) return null;
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "style") element.style.cssText = value;
    else if (isSafe(name, value)) element.setAttribute(name, value);
  }
  element.append(...all(children));
  return element;
}

function all(nodes: Node[]): (Text | HTMLElement)[] {
  return nodes.map(make).filter((made) => made !== null);
}

/** Build what has come, or come anew, as data, in the root itself too; what was made goes with its data. */
export function thaw(root: HTMLElement): void {
  for (const [place, { nodes }] of built) {
    if (!place.isConnected || !place.hasAttribute(ATTRIBUTE)) clear(place, nodes);
  }
  for (const place of [root, ...root.querySelectorAll<HTMLElement>(`[${ATTRIBUTE}]`)]) {
    const data = place.getAttribute(ATTRIBUTE), before = built.get(place);
    if (data === null || before?.data === data) continue;
    if (before) clear(place, before.nodes);
    const nodes = all(JSON.parse(data) as Node[]);
    place.append(...nodes);
    built.set(place, { data, nodes });
  }
}

function clear(place: HTMLElement, nodes: ChildNode[]): void {
  for (const node of nodes) node.remove();
  built.delete(place);
}

/** Links of such parts lead on without a reload, as Dash's own do. */
export function followLinks(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest?.<HTMLAnchorElement>("a[data-soft]"), href = link?.getAttribute("href");
    if (!href || link!.target || event.defaultPrevented || !isPlain(event) || !isOwnPath(href)) return;
    event.preventDefault();
    navigate(href);
  });
}

/** Enter in a cell of a grid goes where a click on it goes: the arrows lead to cells, not to the links in them. */
export function followCells(): void {
  document.addEventListener("keydown", (event) => {
    const cell = event.key === "Enter" ? (event.target as Element | null)?.closest?.<HTMLElement>(".ag-cell") : null;
    const link = cell?.querySelector<HTMLAnchorElement>("a[href]"), line = cell?.closest(".ag-row")?.getAttribute("row-id");
    if (link) link.click();
    else if (cell?.matches(".cell-link") && isOwnPath(line)) navigate(line);
  });
}
