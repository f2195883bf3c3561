import { element, style, write } from "../dom";
import { fit, widthOf } from "../fit";
import { count } from "../formats/numbers";
import { clock, date } from "../formats/times";
import { widthInU } from "../screen";
import { type Panel, scopeName, type View } from "../view";

const TITLE_SIZES = [34, 30, 26, 22];
const GAP = 24;

function title(view: View): string {
  const name = view.words.name(view.board.meta.title);
  return name ? `${name} • ${view.words.say("app.title")}` : view.words.say("app.title");
}

const MINOR = ["community", "microgrid"];

/** What lies under the scope by level; `whole` with the levels that can be left out. */
function counts(view: View, whole: boolean): string {
  return view.board.meta.counts.filter(([level]) => whole || !MINOR.includes(level)).map(([level, n]) => {
    const key = view.words.has(`count.${level}`) ? `count.${level}` : "count.other";
    return view.words.say(key, { n: count(n), level });
  }).join(" • ");
}

/** Title first, then scope; what lies under it only where it fits. */
function left(view: View): void {
  const { meta } = view.board;
  const place = element("wall-title").parentElement as HTMLElement, room = widthInU(place);
  const scope = scopeName(view), all = counts(view, true), fewer = counts(view, false);
  const scopeRoom = widthOf(scope, 22, 700) + GAP;
  const whole = title(view), own = view.words.name(meta.title);
  const fits = widthOf(whole, TITLE_SIZES[TITLE_SIZES.length - 1]!, 700) <= room - scopeRoom;
  const fitted = fit(fits ? whole : own || whole, room - scopeRoom, TITLE_SIZES, 700);
  write(element("wall-title"), fitted.text);
  style(element("wall-title"), "font-size", `calc(${fitted.size} * var(--u))`);
  write(element("wall-scope"), scope);
  const rest = room - widthOf(fitted.text, fitted.size, 700) - scopeRoom - GAP;
  const below = [all, fewer].find((words) => widthOf(words, 20) <= rest);
  write(element("wall-counts"), below ?? "");
}

let drawnFor: unknown = null, drawnRoom = 0;

export const drawHeader: Panel = (view) => {
  const room = widthInU(element("wall-title").parentElement as HTMLElement);
  if (drawnFor !== view.board.meta.counts || drawnRoom !== room) left(view);
  drawnFor = view.board.meta.counts;
  drawnRoom = room;
  write(element("wall-demo"), view.board.meta.demo ? view.words.say("app.demo") : "");
  write(element("wall-date"), date(view.now, view.zone, view.words.lang));
  write(element("wall-clock"), clock(view.now, view.zone));
};
