"""Times and lengths of a worker's day as the page writes them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from dashboard.domain.periods import as_date
from layouts.i18n import Lang, say


def clock(at: int, zone: str, seconds: bool = False) -> str:
    """Local time of an instant (epoch ms): 17:52 or 17:52:08."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).strftime("%H:%M:%S" if seconds else "%H:%M")


def between(begin: int, end: int, zone: str) -> str:
    """A span of local time, 08:52 – 09:10."""
    return f"{clock(begin, zone)} – {clock(end, zone)}"


def whole_minutes(minutes: float) -> int:
    """Minutes, half up."""
    return int(minutes + 0.5)


def duration(lang: Lang, minutes: int) -> str:
    """A length in whole minutes: 4 时 36 分, under an hour 16 分."""
    if minutes < 60:
        return say(lang, "worker.minutes", m=minutes)
    return say(lang, "worker.hours_minutes", h=minutes // 60, m=f"{minutes % 60:02d}")


def day_text(lang: Lang, day: int) -> str:
    """A local day ``YYYYMMDD``: 10月20日, 20 Oct."""
    date = as_date(day)
    return say(lang, "worker.day", m=date.month, d=date.day, iso=date.isoformat())


def iso(day: int) -> str:
    """A local day as addresses write it, 2026-10-20."""
    return as_date(day).isoformat()
