"""What may be asked for: kinds with the periods that fit them, closed ones only; which period was complete last."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

import msgspec

from dashboard.domain.periods import Period, as_date, parse_period, plus_days, plus_months
from dashboard.domain.regions import LEVELS, RegionTree
from dashboard.reports.archive import KINDS
from dashboard.reports.refused import ReportRefused
from dashboard.reports.snapshot import Asked

STREET = LEVELS[2]
FILTERS = frozenset({
    "region", "category", "channel", "unit", "state", "list", "grid", "severity", "words", "weekday", "hour",
})  # fmt: skip
_MONTH = re.compile(r"\d{4}-\d{2}")
_FORMS: Mapping[str, re.Pattern[str]] = {
    "month": _MONTH,
    "week": re.compile(r"\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2}"),
    "quarter": re.compile(r"\d{4}-Q[1-4]"),
    "year": re.compile(r"\d{4}"),
    "excerpt": _MONTH,
}
"""How the period of a kind is written; a notice takes any."""


def checked(asked: Asked, tree: RegionTree, today: int) -> Asked:
    """What is asked in its one spelling. ``ReportRefused`` names what is wrong: kind, period, region, level, filter."""
    if asked.kind not in KINDS:
        raise ReportRefused(f"there is no kind of report {asked.kind!r}: use {', '.join(KINDS)}", "period", "kind")
    _closed(asked, period_of(asked), today)
    node = tree.node(asked.region) if asked.region else None
    if asked.region and node is None:
        raise ReportRefused(f"there is no region {asked.region!r}", "region", "region")
    if asked.kind == "excerpt" and (node is None or LEVELS[int(tree.level[node])] != STREET):
        raise ReportRefused("an excerpt is of one street: name it as the region", "region", "region")
    if unknown := [level for level in asked.levels if level not in LEVELS]:
        raise ReportRefused(f"there is no level {unknown[0]!r}: use {', '.join(LEVELS)}", "level", "levels")
    region = "" if node == 0 else asked.region
    return msgspec.structs.replace(asked, region=region, levels=_ranked(asked.levels), filters=_filters(asked))


def period_of(asked: Asked) -> Period:
    """The days of what is asked. ``ReportRefused`` where the period is none of its kind."""
    form = _FORMS.get(asked.kind)
    try:
        if form is not None and not form.fullmatch(asked.period):
            raise ValueError(f"{asked.period!r} is no period of a report of kind {asked.kind}")
        found = parse_period(asked.period)
        if asked.kind == "week" and (as_date(found.first).weekday() or plus_days(found.first, 6) != found.last):
            raise ValueError(f"{asked.period!r} is no week from Monday to Sunday")
    except ValueError as problem:
        raise ReportRefused(str(problem), "period", "period") from problem
    return found


def _closed(asked: Asked, period: Period, today: int) -> None:
    """Only what is over can be frozen; a notice may look at days up to the present one."""
    if period.last >= today and (asked.kind != "notice" or period.first > today):
        raise ReportRefused(f"{asked.period} is not over yet", "future", "period")


def _ranked(levels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(level for level in LEVELS if level in levels)


def _filters(asked: Asked) -> dict[str, str]:
    given = {name: value for name, value in sorted(asked.filters.items()) if value}
    if given and asked.kind != "notice":
        raise ReportRefused("only a notice looks at a choice of cases", "filter", "filters")
    if unknown := sorted(set(given) - FILTERS):
        raise ReportRefused(f"there is no filter {unknown[0]!r}", "filter", "filters")
    return given


def last_complete(kind: str, today: int) -> str:
    """The period of a kind that ended last before a local day (YYYYMMDD)."""
    return before(kind, today)[0]


def before(kind: str, today: int) -> tuple[str, int]:
    """The last complete period of a kind and its last day."""
    text = _LAST[kind](today)
    return text, parse_period(text).last


def _month(today: int) -> str:
    month = plus_months(today // 100, -1)
    return f"{month // 100}-{month % 100:02d}"


def _week(today: int) -> str:
    day = as_date(today)
    monday = day - timedelta(days=day.weekday() + 7)
    return f"{monday:%Y-%m-%d}..{monday + timedelta(days=6):%Y-%m-%d}"


def _quarter(today: int) -> str:
    month = plus_months(today // 10_000 * 100 + (today // 100 % 100 - 1) // 3 * 3 + 1, -3)
    return f"{month // 100}-Q{(month % 100 + 2) // 3}"


def _year(today: int) -> str:
    return str(today // 10_000 - 1)


_LAST: Mapping[str, Callable[[int], str]] = {
    "month": _month, "week": _week, "quarter": _quarter, "year": _year, "excerpt": _month, "notice": _month,
}  # fmt: skip
