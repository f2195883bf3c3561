import liveEn from "../../assets/i18n/live.en.json";
import liveZh from "../../assets/i18n/live.zh-CN.json";
import wallEn from "../../assets/i18n/wall.en.json";
import wallZh from "../../assets/i18n/wall.zh-CN.json";
import type { Lang } from "./formats/numbers";
import type { Name } from "./types";

type Message = string | { one: string; other: string };
export type Values = Record<string, string | number>;
/** Part of a message: plain, strong ("{*x}"), marked ("{!x}") or an icon named by the value or else by the hole ("{^x}"). */
export type Segment = { text: string; style: "" | "strong" | "mark" | "icon" };

const MESSAGES: Record<Lang, Record<string, Message>> = { "zh-CN": { ...wallZh, ...liveZh }, en: { ...wallEn, ...liveEn } };
const HOLE = /\{([*!^]?)(\w+)\}/;

/** The words of one language. A key that does not exist is a fault of the build and shows as itself. */
export class Words {
  private readonly messages: Record<string, Message>;

  constructor(readonly lang: Lang) {
    this.messages = MESSAGES[lang];
  }

  has(key: string): boolean {
    return key in this.messages;
  }

  segments(key: string, values: Values = {}): Segment[] {
    const parts = this.template(key, values).split(HOLE);
    const found: Segment[] = [];
    for (let i = 0; i < parts.length; i += 3) {
      if (parts[i]) found.push({ text: parts[i]!, style: "" });
      if (i + 2 < parts.length) found.push(filled(parts[i + 1]!, parts[i + 2]!, values));
    }
    return found.filter((segment) => segment.text !== "");
  }

  say(key: string, values: Values = {}): string {
    return this.segments(key, values).map(({ text, style }) => (style === "icon" ? "" : text)).join("");
  }

  name(name: Name | null | undefined): string {
    if (!name) return "";
    return (this.lang === "en" && name.en) || name.zh;
  }

  private template(key: string, values: Values): string {
    const message = this.messages[key] ?? key;
    if (typeof message === "string") return message;
    return Number(String(values.n ?? "").replace(/,/g, "")) === 1 ? message.one : message.other;
  }
}

const STYLES: Record<string, Segment["style"]> = { "*": "strong", "!": "mark", "^": "icon" };

function filled(sign: string, hole: string, values: Values): Segment {
  const style = STYLES[sign] ?? "";
  return { text: String(values[hole] ?? (style === "icon" ? hole : "")), style };
}
