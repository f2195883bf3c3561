import { element, show, write, writeSegments } from "../dom";
import { fit, widthOf } from "../fit";
import { count } from "../formats/numbers";
import { clock, duration } from "../formats/times";
import { widthInU } from "../screen";
import type { SourceHealth } from "../streams";
import type { Panel, View } from "../view";
import { affected } from "./affected";

type Line = { title: string; text: string; retry: string };

/** Tries of this page to reach the server; the connection reports them. */
export const connection = { attempts: 0 };

function aboutConnection(view: View): Line {
  const { words } = view;
  return {
    title: words.say("banner.silent", { age: duration(view.streams.silent, words.lang) }), text: words.say("banner.connection"),
    retry: connection.attempts ? words.say("banner.retrying", { n: count(connection.attempts) }) : words.say("banner.auto"),
  };
}

function aboutSource(view: View, health: SourceHealth, others: number): Line {
  const { words } = view, { source } = health, label = words.name(source.label);
  const title = health.age === Infinity ? words.say("banner.never", { source: label }) : words.say("banner.lost", { source: label, age: duration(health.age, words.lang) });
  const again = source.retry_at !== null && source.retry_at > view.now ? words.say("banner.retry", { n: count(source.tries), time: clock(source.retry_at, view.zone) })
    : source.tries ? words.say("banner.retrying", { n: count(source.tries) }) : words.say("banner.auto");
  return { title, text: affected(view, health, others), retry: others ? words.say("banner.more", { n: count(others) }) : again };
}

/** What to interrupt for: the connection, else the first lost source that ever delivered (positions before cases before others). */
function line(view: View): Line | null {
  if (view.streams.silent) return aboutConnection(view);
  const lost = view.streams.all.filter(({ health, age, source }) => health === "lost" && (age !== Infinity || source.error));
  const order = ["positions", "cases", "indicators", "stock"];
  const rank = ({ source }: SourceHealth) => (order.indexOf(source.name) + order.length + 1) % (order.length + 1);
  const [first] = lost.sort((a, b) => rank(a) - rank(b));
  return first ? aboutSource(view, first, lost.length - 1) : null;
}

export const drawBanner: Panel = (view) => {
  const found = line(view);
  show(element("banner"), found !== null);
  if (!found) return;
  writeSegments(element("banner-title"), [{ text: "diamond", style: "icon" }, { text: found.title, style: "" }]);
  const room = widthInU(element("banner")) - widthOf(found.title, 22, 700) - widthOf(found.retry, 20) - 150;
  const text = fit(found.text, room, [20, 18.5, 17]);
  write(element("banner-text"), text.text);
  element("banner-text").style.fontSize = `calc(${text.size} * var(--u))`;
  write(element("banner-retry"), found.retry);
};
