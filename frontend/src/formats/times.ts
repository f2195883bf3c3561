/** Instants (epoch ms) as local clock times and durations as people read them. */

import type { Lang } from "./numbers";

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const two = (n: number): string => n.toString().padStart(2, "0");
const WEEKDAYS = {
  "zh-CN": ["日", "一", "二", "三", "四", "五", "六"],
  en: ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
};
const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/** A `Date` whose UTC fields are the local ones of a zone `minutes` east of Greenwich. */
export function local(time: number, minutes: number): Date {
  return new Date(time + minutes * MINUTE);
}

/** "17:52:08". */
export function clock(time: number, zone: number): string {
  return local(time, zone).toISOString().slice(11, 19);
}

/** "17:52". */
export function minute(time: number, zone: number): string {
  return local(time, zone).toISOString().slice(11, 16);
}

/** "2026年10月20日 星期二", "Tuesday 20 October 2026". */
export function date(time: number, zone: number, lang: Lang): string {
  const day = local(time, zone);
  const weekday = WEEKDAYS[lang][day.getUTCDay()]!;
  if (lang === "en") return `${weekday} ${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]!} ${day.getUTCFullYear()}`;
  return `${day.getUTCFullYear()}年${day.getUTCMonth() + 1}月${day.getUTCDate()}日 星期${weekday}`;
}

/** "10月20日", "20 Oct". */
export function dayOfMonth(time: number, zone: number, lang: Lang): string {
  const day = local(time, zone);
  return lang === "en" ? `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]!.slice(0, 3)}` : `${day.getUTCMonth() + 1}月${day.getUTCDate()}日`;
}

/** "10", "October": the month of a time. */
export function monthName(time: number, zone: number, lang: Lang): string {
  const month = local(time, zone).getUTCMonth();
  return lang === "en" ? MONTHS[month]! : `${month + 1}`;
}

/** A data time: with seconds under an hour old, then by minute, then with its day. */
export function dataTime(time: number, now: number, zone: number, lang: Lang): string {
  if (Math.abs(now - time) < HOUR) return clock(time, zone);
  const today = local(now, zone).toISOString().slice(0, 10) === local(time, zone).toISOString().slice(0, 10);
  if (today) return lang === "en" ? `today ${minute(time, zone)}` : `今日 ${minute(time, zone)}`;
  return `${dayOfMonth(time, zone, lang)} ${minute(time, zone)}`;
}

/** How long until, or since, a deadline: "3天4时", "5时12分", "0时23分", "07:42". */
export function countdown(ms: number, lang: Lang): string {
  const zh = lang !== "en";
  if (ms < 10 * MINUTE) return `${two(Math.floor(ms / MINUTE))}:${two(Math.floor((ms % MINUTE) / 1000))}`;
  const days = Math.floor(ms / DAY), hours = Math.floor((ms % DAY) / HOUR), minutes = Math.floor((ms % HOUR) / MINUTE);
  if (days > 0) return zh ? `${days}天${hours}时` : `${days}d ${hours}h`;
  return zh ? `${hours}时${minutes}分` : `${hours}h ${two(minutes)}m`;
}

/** A length of time in words: "2 秒", "3 分 12 秒", "2 小时 5 分", "4 天 3 小时". */
export function duration(seconds: number, lang: Lang): string {
  const units = lang === "en" ? [" d", " h", " min", " s"] : [" 天", " 小时", " 分", " 秒"];
  const s = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(s / 86400), Math.floor((s % 86400) / 3600), Math.floor((s % 3600) / 60), s % 60];
  const first = Math.min(parts.findIndex((part) => part > 0) >>> 0, 3);
  const shown = parts.slice(first, first + 2).map((part, i) => `${part}${units[first + i]!}`);
  return shown.filter((_, i) => i === 0 || parts[first + i]! > 0).join(" ");
}
