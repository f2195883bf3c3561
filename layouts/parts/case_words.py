"""Times and lengths of a case in words. Instants are epoch ms UTC, ``zone`` is the configured time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from layouts.i18n import Lang, messages, say

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
ZONE = "Asia/Shanghai"


def local(at: int, zone: str) -> datetime:
    """The instant as an aware datetime of the zone."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(zone))


def clock(at: int, zone: str) -> str:
    """``17:52``."""
    return local(at, zone).strftime("%H:%M")


def stamp(at: int, now: int, zone: str, seconds: bool = False) -> str:
    """``10-17 09:12``, with its year where that is not the running one."""
    when, present = local(at, zone), local(now, zone)
    day = "%m-%d" if when.year == present.year else "%Y-%m-%d"
    return when.strftime(f"{day} %H:%M:%S" if seconds else f"{day} %H:%M")


def same_day(one: int, other: int, zone: str) -> bool:
    """Whether two instants lie in one local day."""
    return local(one, zone).date() == local(other, zone).date()


def short_stamp(at: int, beside: int, now: int, zone: str) -> str:
    """An instant beside another one: the time alone on the same day."""
    return clock(at, zone) if same_day(at, beside, zone) else stamp(at, now, zone)


def length(minutes: float, lang: Lang) -> str:
    """A length of time: ``3 天 4 时``, ``5 时 02 分``, ``26 分``; below a minute in seconds. Rounded once, half up."""
    if minutes < 1:
        return say(lang, "case.length.seconds", s=int(minutes * 60 + 0.5))
    whole = int(minutes + 0.5)
    if whole < 60:
        return say(lang, "case.length.minutes", m=whole)
    if whole < 24 * 60:
        return say(lang, "case.length.hours", h=whole // 60, m=f"{whole % 60:02d}")
    return say(lang, "case.length.days", d=whole // 1440, h=whole % 1440 // 60)


def working_length(minutes: float, lang: Lang) -> str:
    """A length on the work-time clock: hours and minutes however long, because its days are shorter."""
    whole = int(minutes + 0.5)
    if whole < 60:
        return say(lang, "case.length.minutes", m=whole)
    return say(lang, "case.length.hours", h=f"{whole // 60:,}", m=f"{whole % 60:02d}")


def countdown(ms: int, lang: Lang) -> str:
    """How long until or since an instant: ``3天4时``, ``5时12分``, ``0时23分``, below ten minutes ``07:42``."""
    if ms < 10 * MINUTE:
        return f"{ms // MINUTE:02d}:{ms % MINUTE // SECOND:02d}"
    days, hours, minutes = ms // DAY, ms % DAY // HOUR, ms % HOUR // MINUTE
    if days:
        return f"{days}天{hours}时" if lang == "zh-CN" else f"{days}d {hours}h"
    return f"{hours}时{minutes}分" if lang == "zh-CN" else f"{hours}h {minutes:02d}m"


def named(lang: Lang, prefix: str, key: str) -> str:
    """The word of a key, or the key itself where the screens have no word for it."""
    found = messages(lang).get(f"{prefix}.{key}", key)
    return found if isinstance(found, str) else found["other"]
