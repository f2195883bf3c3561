/** The cells of a table as texts: of an HTML table, or of every row of a grid, also those that are not on screen. */

export type CellText = { text: string; right: boolean };
export type Grid = { head: CellText[]; rows: CellText[][] };

type Column = { getColId(): string; getColDef(): { headerName?: string; field?: string; type?: string | string[]; cellClass?: unknown; cellRenderer?: unknown } };
type GridApi = {
  getAllDisplayedColumns(): Column[];
  forEachNodeAfterFilterAndSort(act: (node: unknown) => void): void;
  getCellValue(question: { rowNode: unknown; colKey: Column; useFormatter: boolean }): unknown;
};
type Grids = { getApiAsync?(id: string): Promise<GridApi>; getApi?(id: string): GridApi };

function plain(node: Element): string {
  const copy = node.cloneNode(true) as Element;
  for (const unseen of copy.querySelectorAll(".unseen, svg, button, [hidden], details > :not(summary)")) unseen.remove();
  return (copy.textContent ?? "").replace(/\s+/g, " ").trim();
}

function cell(node: Element): CellText {
  return { text: plain(node), right: ["right", "end"].includes(getComputedStyle(node).textAlign) };
}

function ofTable(table: HTMLTableElement): Grid {
  const [head, ...rows] = [...table.rows].map((row) => [...row.cells].flatMap((one) => [cell(one), ...Array.from({ length: one.colSpan - 1 }, () => ({ text: "", right: false }))]));
  return { head: head ?? [], rows };
}

/** What a reader sees of a link that a grid writes as Markdown. */
export function unlinked(text: string): string {
  return text.replace(/\[((?:\\.|[^\]\\])*)\]\((?:[^()\\]|\\.)*\)/g, "$1").replace(/\\(?=[!-/:-@[-`{-~])/g, "");
}

function ofGrid(api: GridApi): Grid {
  const columns = api.getAllDisplayedColumns(), rows: CellText[][] = [];
  const right = columns.map((column) => [column.getColDef().type ?? []].flat().some((type) => /right|numeric/i.test(type)) || /num|right/.test(String(column.getColDef().cellClass ?? "")));
  api.forEachNodeAfterFilterAndSort((node) => {
    rows.push(columns.map((column, i) => {
      const value = String(api.getCellValue({ rowNode: node, colKey: column, useFormatter: true }) ?? "");
      return { text: column.getColDef().cellRenderer === "markdown" ? unlinked(value) : value, right: right[i]! };
    }));
  });
  return { head: columns.map((column, i) => ({ text: column.getColDef().headerName ?? column.getColDef().field ?? "", right: right[i]! })), rows };
}

/** An empty head says that there is no table in the target. */
export async function cellsOf(target: HTMLElement): Promise<Grid> {
  const table = target instanceof HTMLTableElement ? target : target.querySelector("table");
  if (table) return ofTable(table);
  const { dash_ag_grid: grids } = window as unknown as { dash_ag_grid?: Grids };
  const holder = target.matches(".ag-root-wrapper") ? target.parentElement : target.querySelector(".ag-root-wrapper")?.parentElement ?? target;
  const id = holder?.closest<HTMLElement>("[id]")?.id ?? target.id, api = grids && (await (grids.getApiAsync?.(id) ?? grids.getApi?.(id)));
  return api ? ofGrid(api) : { head: [], rows: [] };
}
