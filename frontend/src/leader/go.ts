/** From a click into a chart to the address of the same page with one more filter. */

import { isOwnPath } from "./page";

type Clicked = { points?: { customdata?: unknown }[] } | null | undefined;

/** The address that a click into a chart leads to: the first of the point's custom data. Anything else changes nothing. */
export function go(clicked: Clicked): unknown {
  const data = clicked?.points?.[0]?.customdata, href = Array.isArray(data) ? data[0] : data;
  return isOwnPath(href) ? href : window.dash_clientside?.no_update;
}
