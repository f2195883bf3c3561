import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, countdown, dataTime, date, dayOfMonth, duration, minute } from "../src/formats/times";

const SHANGHAI = 480, MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const now = Date.UTC(2026, 9, 20, 9, 52, 8); // 17:52:08 there

test("instants are shown on the clock of the configured zone", () => {
  assert.equal(clock(now, SHANGHAI), "17:52:08");
  assert.equal(minute(now, SHANGHAI), "17:52");
  assert.equal(date(now, SHANGHAI, "zh-CN"), "2026年10月20日 星期二");
  assert.equal(date(now, SHANGHAI, "en"), "Tuesday 20 October 2026");
  assert.equal(dayOfMonth(Date.UTC(2026, 9, 20, 16, 0), SHANGHAI, "zh-CN"), "10月21日");
});

test("countdowns change their grain at a day, an hour and ten minutes", () => {
  assert.equal(countdown(3 * DAY + 4 * HOUR + 59 * MINUTE, "zh-CN"), "3天4时");
  assert.equal(countdown(24 * HOUR, "zh-CN"), "1天0时");
  assert.equal(countdown(24 * HOUR - 1, "zh-CN"), "23时59分");
  assert.equal(countdown(5 * HOUR + 12 * MINUTE, "zh-CN"), "5时12分");
  assert.equal(countdown(23 * MINUTE + 59_000, "zh-CN"), "0时23分");
  assert.equal(countdown(10 * MINUTE, "zh-CN"), "0时10分");
  assert.equal(countdown(7 * MINUTE + 42_999, "zh-CN"), "07:42");
  assert.equal(countdown(0, "zh-CN"), "00:00");
  assert.equal(countdown(22 * HOUR + 5 * MINUTE, "en"), "22h 05m");
});

test("durations name their two largest units", () => {
  assert.equal(duration(2.9, "zh-CN"), "2 秒");
  assert.equal(duration(0, "zh-CN"), "0 秒");
  assert.equal(duration(192, "zh-CN"), "3 分 12 秒");
  assert.equal(duration(180, "zh-CN"), "3 分");
  assert.equal(duration(2 * 3600 + 300, "zh-CN"), "2 小时 5 分");
  assert.equal(duration(90_000, "en"), "1 d 1 h");
});

test("a data time has seconds while it is young, then its day", () => {
  assert.equal(dataTime(now - 5000, now, SHANGHAI, "zh-CN"), "17:52:03");
  assert.equal(dataTime(now - 2 * HOUR, now, SHANGHAI, "zh-CN"), "今日 15:52");
  assert.equal(dataTime(now - 20 * HOUR, now, SHANGHAI, "zh-CN"), "10月19日 21:52");
  assert.equal(dataTime(now - 20 * HOUR, now, SHANGHAI, "en"), "19 Oct 21:52");
});
