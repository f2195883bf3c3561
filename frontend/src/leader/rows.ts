/** Lines of tables and grids that stand for a region: those with `data-region`, and grid lines whose id is an address. */

const GRID_LINE = ".ag-row[row-id]";

function codeIn(address: string | null): string | null {
  return address?.startsWith("/") ? new URLSearchParams(address.split("?")[1] ?? "").get("region") : null;
}

/** The region code of the line that an element is in, or null. */
export function regionOfLine(target: Element): string | null {
  const line = target.closest<HTMLElement>(`[data-region], ${GRID_LINE}`);
  if (!line || line.id === "leader") return null;
  return line.dataset.region ?? codeIn(line.getAttribute("row-id"));
}

/** Mark the lines of a region, and no others; null: none. */
export function markLines(code: string | null): void {
  for (const line of document.querySelectorAll(".pointed")) line.classList.remove("pointed");
  if (code === null) return;
  for (const line of document.querySelectorAll(`[data-region="${CSS.escape(code)}"]:not(#leader)`)) line.classList.add("pointed");
  for (const line of document.querySelectorAll(GRID_LINE)) if (codeIn(line.getAttribute("row-id")) === code) line.classList.add("pointed");
}
