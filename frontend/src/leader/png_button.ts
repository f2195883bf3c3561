/** Saving a chart or a table as a picture that says whose it is and what it shows; the server writes the export down first. */

import { make } from "../dom";
import { leaderRoot, optionsOf, pageWords } from "./page";
import { chartPicture, PictureError, tablePicture } from "./picture";

export type PngOptions = { target: string; name: string; footer: string | string[]; title: string };

const DOOR = "/export/png";

function csrfToken(): string {
  return leaderRoot()?.dataset.csrf ?? document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
}

/** What stands under a picture: what it shows, and whose it is. */
type Registered = { lines: string[]; watermark: string };

/** Register the export and get its footer; rejects when the server does not allow it. */
async function register({ name }: PngOptions): Promise<Registered> {
  const body = JSON.stringify({ name, page: location.pathname + location.search, lang: pageWords().lang });
  const answer = await fetch(DOOR, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrfToken() }, body });
  if (!answer.ok) throw new PictureError(answer.status === 403 || answer.status === 401 ? "live.png.refused" : "live.png.failed");
  return (await answer.json()) as Registered;
}

/** Up to when the page's figures are, as the page says it. */
function asOf(): string {
  const said = (selector: string) => leaderRoot()?.querySelector(selector)?.textContent?.trim() ?? "";
  return said(".as-of") || said("[data-now]");
}

/** Where a name leads after it was cleaned of what file systems refuse. */
export function fileName(name: string): string {
  return `${name.replace(/[\\/:*?"<>|\s]+/g, "_").slice(0, 80) || "picture"}.png`;
}

async function save(options: PngOptions): Promise<void> {
  const { lines, watermark } = await register(options), given = [options.footer].flat().filter(Boolean);
  const footer = [...(given.length ? given : [[...lines, asOf()].filter(Boolean).join(" · ")]), watermark];
  const target = document.getElementById(options.target);
  if (!target) throw new PictureError("live.png.failed");
  const chart = target.matches(".js-plotly-plot") ? target : target.querySelector<HTMLElement>(".js-plotly-plot");
  const blob = await (chart ? chartPicture(chart, options.title, footer) : tablePicture(target, options.title, footer));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = fileName(options.name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function mountPngButton(slot: HTMLElement): { dispose(): void } {
  const words = pageWords(), given = optionsOf<PngOptions>(slot), button = document.createElement("button"), said = make("span", "png-said");
  const options: PngOptions = { target: given.target ?? "", name: given.name ?? "", footer: given.footer ?? [], title: given.title ?? given.name ?? "" };
  button.type = "button";
  button.className = "button png-button";
  button.textContent = "PNG";
  button.title = words.say("live.png.save");
  button.setAttribute("aria-label", `${words.say("live.png.save")} ${options.title}`);
  said.setAttribute("role", "status");
  button.addEventListener("click", () => {
    button.disabled = true;
    said.textContent = "";
    save(options)
      .catch((problem: unknown) => { said.textContent = words.say(problem instanceof PictureError ? problem.message : "live.png.failed"); })
      .finally(() => { button.disabled = false; });
  });
  slot.append(button, said);
  return { dispose: () => { button.remove(); said.remove(); } };
}
