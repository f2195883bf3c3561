/** Menus and definitions are native disclosures; as sheets over the page they close by Escape and by a look elsewhere. */

const SHEETS = "details.menu[open], details.definition[open], details.lmap-menu[open]";

function close(sheet: HTMLDetailsElement): void {
  const inside = sheet.contains(document.activeElement);
  sheet.open = false;
  if (inside) sheet.querySelector<HTMLElement>("summary")?.focus({ preventScroll: true });
}

function openSheets(except: Node | null): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>(SHEETS)].filter((sheet) => !except || !sheet.contains(except));
}

export function closeSheets(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) openSheets(null).forEach(close);
  });
  document.addEventListener("click", ({ target }) => openSheets(target instanceof Node ? target : null).forEach((sheet) => (sheet.open = false)));
}
