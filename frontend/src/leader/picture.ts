/** Charts and tables as PNG with a footer in which stands what the picture shows, when and for whom. */

import { FONT, LIGHT } from "../map/style";
import { cellsOf, type Grid } from "./table_cells";

/** Its message is a key of the words. */
export class PictureError extends Error {}

const SCALE = 2, MARGIN = 20, TITLE = 17, TEXT = 13, NOTE = 11, ROW = 26, WIDEST = 320, MOST = 2000, KEYS = 24;

type Plotly = { toImage(graph: HTMLElement, options: object): Promise<string> };
type Pen = CanvasRenderingContext2D;

/** Wait for the letters of texts, so that a picture saved at once has no boxes. */
async function lettersOf(texts: string[]): Promise<void> {
  const all = texts.join("");
  await Promise.allSettled([400, 700].map((weight) => document.fonts.load(`${weight} ${TEXT}px ${FONT}`, all)));
}

function penOf(width: number, height: number): Pen {
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  if (!pen) throw new PictureError("live.png.failed");
  Object.assign(canvas, { width: Math.ceil(width * SCALE), height: Math.ceil(height * SCALE) });
  pen.scale(SCALE, SCALE);
  pen.fillStyle = LIGHT.bg1;
  pen.fillRect(0, 0, width, height);
  pen.textBaseline = "alphabetic";
  return pen;
}

function finished({ canvas }: Pen): Promise<Blob> {
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new PictureError("live.png.failed"))), "image/png"));
}

/** The footer's lines, broken where they are wider than the picture. */
export function wrapped(lines: string[], widest: number, width: (text: string) => number): string[] {
  return lines.flatMap((line) => {
    const found: string[] = [];
    let current = "";
    for (const letter of line) {
      if (current && width(current + letter) > widest) { found.push(current); current = ""; }
      current += letter;
    }
    return current ? [...found, current] : found;
  });
}

function writeFooter(pen: Pen, lines: string[], top: number): void {
  pen.font = `400 ${NOTE}px ${FONT}`;
  pen.textAlign = "left";
  pen.fillStyle = LIGHT.t2;
  lines.forEach((line, i) => pen.fillText(line, MARGIN, top + NOTE + i * NOTE * 1.5));
}

function writeTitle(pen: Pen, title: string): void {
  pen.font = `700 ${TITLE}px ${FONT}`;
  pen.fillStyle = LIGHT.t1;
  pen.fillText(title, MARGIN, MARGIN + TITLE);
}

function measure(): Pen {
  const pen = document.createElement("canvas").getContext("2d");
  if (!pen) throw new PictureError("live.png.failed");
  return pen;
}

function footerFor(lines: string[], width: number): { lines: string[]; height: number } {
  const pen = measure();
  pen.font = `400 ${NOTE}px ${FONT}`;
  const broken = wrapped(lines, width - 2 * MARGIN, (text) => pen.measureText(text).width);
  return { lines: broken, height: broken.length * NOTE * 1.5 + MARGIN };
}

/** A sign of the legend beside its words. */
type Key = { words: string; colour: string; high: number; dashed: boolean };

/** The legend that stands above a chart on the page, outside of its drawing. */
function keysOf(chart: Element | null): Key[] {
  return [...(chart?.querySelectorAll(".chart-legend > span") ?? [])].map((span) => {
    const swatch = span.querySelector<HTMLElement>(".swatch"), style = swatch && getComputedStyle(swatch), dashed = style?.borderTopStyle === "dashed";
    return { words: span.textContent?.trim() ?? "", colour: (dashed ? style?.borderTopColor : style?.backgroundColor) ?? LIGHT.t2, high: swatch?.offsetHeight ?? 0, dashed };
  });
}

function writeKeys(pen: Pen, keys: Key[], top: number): void {
  const middle = top + KEYS / 2 - 4;
  let left = MARGIN;
  pen.font = `400 ${NOTE + 1}px ${FONT}`;
  for (const { words, colour, high, dashed } of keys) {
    pen.strokeStyle = pen.fillStyle = colour;
    pen.setLineDash(dashed ? [4, 3] : []);
    pen.lineWidth = high;
    pen.beginPath();
    pen.moveTo(left, middle);
    pen.lineTo(left + 16, middle);
    pen.stroke();
    pen.fillStyle = LIGHT.t2;
    pen.fillText(words, left + 22, middle + NOTE * 0.38);
    left += 22 + pen.measureText(words).width + MARGIN;
  }
  pen.setLineDash([]);
}

export async function chartPicture(graph: HTMLElement, title: string, footer: string[]): Promise<Blob> {
  await (window as unknown as { Plotly?: unknown }).Plotly;
  const { Plotly } = window as unknown as { Plotly?: Plotly };
  if (!Plotly) throw new PictureError("live.png.failed");
  const keys = keysOf(graph.closest(".chart")), named = title ? TITLE + MARGIN * 1.4 : 0;
  const { offsetWidth: wide, offsetHeight: high } = graph, width = wide + 2 * MARGIN, head = named + (keys.length ? KEYS : 0);
  const image = new Image();
  image.src = await Plotly.toImage(graph, { format: "png", width: wide, height: high, scale: SCALE });
  await Promise.all([image.decode(), lettersOf([title, ...footer, ...keys.map(({ words }) => words)])]);
  const foot = footerFor(footer, width), pen = penOf(width, MARGIN + head + high + foot.height + MARGIN / 2);
  if (title) writeTitle(pen, title);
  writeKeys(pen, keys, MARGIN + named);
  pen.drawImage(image, MARGIN, MARGIN + head, wide, high);
  writeFooter(pen, foot.lines, MARGIN + head + high + MARGIN / 2);
  return finished(pen);
}

function columnWidths(grid: Grid, pen: Pen): number[] {
  return grid.head.map((_, column) => {
    const widths = [grid.head, ...grid.rows].map((row, i) => {
      pen.font = `${i ? 400 : 700} ${TEXT}px ${FONT}`;
      return pen.measureText(row[column]?.text ?? "").width;
    });
    return Math.min(WIDEST, Math.max(...widths)) + 20;
  });
}

/** Text that fits into a width, shortened with "…" where it does not. */
function fitted(pen: Pen, text: string, width: number): string {
  if (pen.measureText(text).width <= width) return text;
  let kept = text;
  while (kept && pen.measureText(`${kept}…`).width > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}

export async function tablePicture(target: HTMLElement, title: string, footer: string[]): Promise<Blob> {
  const whole = await cellsOf(target), grid = { head: whole.head, rows: whole.rows.slice(0, MOST) };
  if (!grid.head.length) throw new PictureError("live.png.failed");
  await lettersOf([title, ...footer, ...[grid.head, ...grid.rows].flat().map(({ text }) => text)]);
  const widths = columnWidths(grid, measure()), inner = widths.reduce((sum, width) => sum + width, 0), width = Math.max(420, inner + 2 * MARGIN);
  const head = title ? TITLE + MARGIN * 1.4 : 0, foot = footerFor(footer, width), top = MARGIN + head;
  const pen = penOf(width, top + ROW * (grid.rows.length + 1) + foot.height + MARGIN);
  if (title) writeTitle(pen, title);
  [grid.head, ...grid.rows].forEach((row, i) => writeRow(pen, row, widths, top + i * ROW, i === 0, inner));
  writeFooter(pen, foot.lines, top + ROW * (grid.rows.length + 1) + MARGIN / 2);
  return finished(pen);
}

function writeRow(pen: Pen, row: Grid["head"], widths: number[], top: number, head: boolean, inner: number): void {
  let left = MARGIN;
  pen.font = `${head ? 700 : 400} ${TEXT}px ${FONT}`;
  pen.fillStyle = LIGHT.t1;
  row.forEach(({ text, right }, column) => {
    const width = widths[column] ?? 0;
    pen.textAlign = right ? "right" : "left";
    pen.fillText(fitted(pen, text, width - 16), right ? left + width - 10 : left + 4, top + ROW * 0.68);
    left += width;
  });
  pen.strokeStyle = head ? LIGHT.line2 : LIGHT.line;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(MARGIN, top + ROW - 0.5);
  pen.lineTo(MARGIN + inner, top + ROW - 0.5);
  pen.stroke();
}
