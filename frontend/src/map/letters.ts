/** Letters on a canvas: text waits for its font instead of showing boxes, and keeps a halo of what lies behind it. */

type Pen = CanvasRenderingContext2D;

/** What was asked for and came or failed: drawn with what there is. */
const settled = new Set<string>();
const LIMIT = 4000;

/** Whether the letters of a text can be drawn; if not their font is asked for, and the page draws again when it has come. */
export function lettersReady(font: string, text: string, fonts: Pick<FontFaceSet, "check" | "load"> = document.fonts): boolean {
  const key = `${font}|${text}`;
  if (settled.has(key) || fonts.check(font, text)) return true;
  if (settled.size > LIMIT) settled.clear();
  void fonts.load(font, text).catch(() => undefined).then(() => settled.add(key));
  return false;
}

/** Text with a halo of the land, so that it reads over dots. */
export function halo(pen: Pen, text: string, x: number, y: number, u: number, colour: string, behind: string): void {
  if (!lettersReady(pen.font, text)) return;
  pen.lineJoin = "round";
  pen.lineWidth = 5 * u;
  pen.strokeStyle = behind;
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}
