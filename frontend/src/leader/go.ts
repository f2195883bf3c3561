/** From a click into a chart or a grid to the address of a page with one more filter, or one level down. */

import { isOwnPath } from "./page";

type Triggered = { prop_id: string; value: unknown }[];
type Context = { triggered?: Triggered };

/** The address that a clicked mark (first of its custom data) or a clicked line of a grid (its id) carries. */
export function addressOf(clicked: unknown): string | null {
  if (typeof clicked !== "object" || clicked === null) return null;
  const { points, rowId } = clicked as { points?: { customdata?: unknown }[]; rowId?: unknown };
  const data = points?.[0]?.customdata, href = points ? (Array.isArray(data) ? data[0] : data) : rowId;
  return isOwnPath(href) ? href : null;
}

/** Where the newest click leads; anything else changes nothing. */
export function go(...clicked: unknown[]): unknown {
  const { dash_clientside: dash } = window as unknown as { dash_clientside?: { no_update: unknown; callback_context?: Context } };
  const triggered = dash?.callback_context?.triggered?.map(({ value }) => value) ?? clicked.flat();
  return triggered.map(addressOf).find((href) => href !== null) ?? dash?.no_update;
}
