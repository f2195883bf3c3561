"""Text of a cell to a value, one small reader per meaning. ``ValueError`` says what is wrong, in words."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from dashboard.domain.periods import as_day
from dashboard.domain.regions import LEVELS
from data_sources.imports.mapping import Times

LEVEL_WORDS = {
    "city": "市 城市 地级市 市级 地市",
    "district": "区 县 区县 市辖区 县区 区级 县级 borough county",
    "street": "街道 镇 乡 乡镇 乡镇街道 镇街 街镇 街道办 town township neighborhood",
    "community": "社区 村 居委会 村居 社区村 village",
    "grid": "网格 责任网格 单元网格 grids",
    "microgrid": "微网格 micro-grid micro_grid",
}
LEVEL_OF = {word: LEVELS.index(level) for level, words in LEVEL_WORDS.items() for word in [level, *words.split()]}
_YES = "1 true yes y t 是 有 工作日 上班 班 work workday make-up 调休 补班"
_NO = "0 false no n f 否 无 休息日 放假 休 假 节假日 rest holiday off"
YES, NO = frozenset(_YES.split()), frozenset(_NO.split())
CLOCKS = {"natural": "natural", "自然时": "natural", "自然日": "natural", "自然时间": "natural", "": "natural",
          "work": "work", "working": "work", "工作时": "work", "工作日": "work", "工作时间": "work"}
UNITS = {"": 60.0, "h": 60.0, "hour": 60.0, "hours": 60.0, "小时": 60.0, "m": 1.0, "min": 1.0, "minute": 1.0,
         "minutes": 1.0, "分钟": 1.0, "分": 1.0, "d": 1440.0, "day": 1440.0, "days": 1440.0, "天": 1440.0, "日": 1440.0}
WEEKDAYS = {**{str(n): n - 1 for n in range(1, 8)}, **{w: n for n, w in enumerate("一二三四五六日")}, "天": 6,
            **{w: n for n, w in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}}

LONGEST_LIMIT = 10 * 366 * 1440


def level(value: str) -> int:
    """A level by its English or Chinese name, or its depth (0 = city)."""
    word = value.strip().lower()
    if word in LEVEL_OF:
        return LEVEL_OF[word]
    if word.isdigit() and int(word) < len(LEVELS):
        return int(word)
    raise ValueError(f"is not a level: use {', '.join(LEVELS)}")


def day(value: str) -> int:
    """A local day: ``2026-10-17``, ``2026/10/17``, ``20261017``, ``2026年10月17日``, or the date of a timestamp."""
    numbers = re.findall(r"\d+", value)
    if len(numbers) == 1 and len(numbers[0]) == 8:
        numbers = [value[:4], value[4:6], value[6:]]
    if len(numbers) < 3 or len(numbers[0]) != 4:
        raise ValueError("is not a day like 2026-10-17")
    try:
        return as_day(date(*(int(number) for number in numbers[:3])))
    except ValueError as problem:
        raise ValueError(f"is not a day: {problem}") from problem


def minute(value: str) -> int:
    """Minutes of a time of day ``08:30`` or ``8:30:00``; 24:00 is 1440."""
    found = re.fullmatch(r"(\d{1,2})[:\uff1a](\d{2})(?:[:\uff1a]\d{2})?", value.strip())
    if not found:
        raise ValueError("is not a time of day like 08:30")
    minutes = int(found[1]) * 60 + int(found[2])
    if minutes > 1440 or int(found[2]) > 59:
        raise ValueError("is not a time of day like 08:30")
    return minutes


def number(value: str) -> float:
    """A finite number, thousands separators and a percent sign allowed."""
    clean = re.sub(r"[,\uff0c]", "", value)
    percent = clean.endswith("%")
    result = float(clean.rstrip("%")) / (100 if percent else 1) if _numeric(clean.rstrip("%")) else float("nan")
    if not abs(result) < float("inf"):
        raise ValueError("is not a number")
    return result


def _numeric(value: str) -> bool:
    return re.fullmatch(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*", value) is not None


def whole(value: str) -> int:
    """A whole number that is not negative."""
    result = number(value)
    if result != int(result) or result < 0:
        raise ValueError("is not a whole number")
    return int(result)


def flag(value: str) -> bool:
    """Yes or no, in English or Chinese."""
    word = value.strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError("is neither yes nor no")


def clock(value: str) -> str:
    """``natural`` or ``work``."""
    try:
        return CLOCKS[value.strip().lower()]
    except KeyError:
        raise ValueError("is not a clock: use natural or work") from None


def duration(value: str) -> int:
    """Minutes of a limit: ``24`` (hours), ``90min``, ``2小时``, ``3天`` (of 24 h)."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z一-鿿]*)\s*", value)
    if not found or found[2].lower() not in UNITS:
        raise ValueError("is not a limit like 24h, 90min or 3天")
    minutes = float(found[1]) * UNITS[found[2].lower()]
    if minutes > LONGEST_LIMIT:
        raise ValueError("is a limit of more than ten years")
    return round(minutes)


def minutes(value: str) -> int:
    """As ``duration``, but a bare number is minutes."""
    return duration(f"{value}min" if value.strip().replace(".", "", 1).isdigit() else value)


def weekdays(value: str) -> int:
    """Bit mask of weekdays, bit 0 = Monday: ``1-5``, ``mon,wed``, ``周一至周五``, ``每天``."""
    clean = re.sub(r"周|星期|礼拜", "", value.strip().lower())
    if clean in ("", "daily", "all", "每天", "全周", "每日"):
        return 0b1111111
    mask = 0
    for part in re.split(r"[,\uff0c、;\s]+", clean):
        mask |= _weekday_span(re.split(r"[-–~至到]", part))
    return mask


def _weekday_span(ends: list[str]) -> int:
    try:
        first, last = WEEKDAYS[ends[0][:3]], WEEKDAYS[ends[-1][:3]]
    except KeyError:
        raise ValueError("is not a list of weekdays like 1-5 or 周一至周五") from None
    return sum(1 << (n % 7) for n in range(first, (last if last >= first else last + 7) + 1))


def instant(value: str, times: Times) -> int:
    """Epoch ms of a time; a time without a zone is read in the mapping's zone."""
    at = _moment(value, times)
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(times.zone))
    return round(at.astimezone(UTC).timestamp() * 1000)


def _moment(value: str, times: Times) -> datetime:
    for pattern in times.formats:
        try:
            return datetime.strptime(value, pattern)
        except ValueError:
            continue
    if times.formats:
        raise ValueError(f"is not a time like {' or '.join(times.formats)}")
    try:
        return datetime.fromisoformat(value.replace("/", "-"))
    except ValueError:
        raise ValueError("is not a time like 2026-10-17T09:12:00; give its format in the mapping") from None
