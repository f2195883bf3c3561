"""What came in and went out this month (事件统计)."""

from collections.abc import Iterator
from typing import Any

from dashboard.boards.names import Name, name
from dashboard.boards.scope import Scope
from dashboard.domain.base import BaseData
from dashboard.domain.periods import as_date, first_day, last_day, plus_days


def events(scope: Scope) -> dict[str, Any]:
    """Month to date. Days, categories, channels and hours are counted down to the street and empty below it."""
    state, watched = scope.state, scope.watched
    first = first_day(state.month)
    return {
        "equation": _equation(scope),
        "daily": watched.once("daily", scope.days_version, lambda: _daily(scope, first)),
        "holidays": watched.once("holidays", (state.today, scope.base.version), lambda: _holidays(scope, first)),
        **watched.once("inflow", (state.today, watched.version), lambda: _inflow(scope, first)),
    }


def _inflow(scope: Scope, first: int) -> dict[str, Any]:
    channels = scope.watched.inflow("channel", first, scope.state.today)
    hours = scope.watched.inflow("hour", first, scope.state.today)
    return {
        "categories": _categories(scope, first),
        "channels": [{"key": key, "n": n} for key, n in _most_first(channels)],
        "hours": [hours.get(f"{hour:02d}", 0) for hour in range(24)],
    }


def _days(first: int, last: int) -> Iterator[int]:
    while first <= last:
        yield first
        first = plus_days(first, 1)


def _equation(scope: Scope) -> dict[str, int]:
    """carried + accepted + reopened = closed + voided + open."""
    counts = scope.of_month.counts
    flows = {key: counts[f"{key}_flow"] for key in ("accepted", "reopened", "closed", "voided")}
    stock = len(scope.slots)
    carried = flows["closed"] + flows["voided"] + stock - flows["accepted"] - flows["reopened"]
    return {"carried": carried, **flows, "open": stock}


def _holidays(scope: Scope, first: int) -> list[int]:
    return [day for day in _days(first, scope.state.today) if not _works(scope.base, day)]


def _daily(scope: Scope, first: int) -> list[list[int]]:
    told = ((day, scope.of_day(day)) for day in _days(first, scope.state.today))
    return [[day, known.counts["accepted_flow"]] for day, known in told if known is not None]


def _works(base: BaseData, day: int) -> bool:
    return base.workdays.get(day, as_date(day).weekday() < 5)


def _categories(scope: Scope, first: int) -> list[dict[str, Any]]:
    """Main categories, largest first; ``until`` and ``before`` compare whole days: to yesterday, and last month."""
    state = scope.state
    now = scope.watched.inflow("category", first, state.today)
    until = scope.watched.inflow("category", first, state.yesterday)
    before = scope.watched.inflow("category", first_day(state.last_month), _same_day_last_month(scope))
    comparable = state.yesterday >= first and bool(before)
    return [
        {
            "code": code,
            "name": _category_name(scope.base, code),
            "n": n,
            "until": until.get(code, 0) if comparable else None,
            "before": before.get(code, 0) if comparable else None,
        }
        for code, n in _most_first(now)
    ]


def _same_day_last_month(scope: Scope) -> int:
    state = scope.state
    return min(state.last_month * 100 + state.yesterday % 100, last_day(state.last_month))


def _category_name(base: BaseData, code: str) -> Name:
    category = base.categories.get(code)
    return name(code) if category is None else name(category.name, category.name_en)


def _most_first(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
