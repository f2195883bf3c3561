"""The six figures along the top. Rates are ``{"n", "d"}``; the page divides and rounds."""

from typing import Any

import numpy as np

from dashboard.boards.scope import Scope
from dashboard.domain.frames import MOVING, OFF, SILENT, STILL
from dashboard.domain.indicators import BY_KEY, Figures, Indicator, evaluate
from dashboard.domain.life_cycle import Stage
from dashboard.domain.periods import HOUR, MINUTE, plus_days
from dashboard.replica.state import SPARK_DAYS

DAY = 24 * HOUR
_STEP = 15
_MOMENT_TOLERANCE = 20 * MINUTE


def tiles(scope: Scope) -> dict[str, Any]:
    """All six."""
    targets = scope.state.settings.targets
    return {
        "workers": workers(scope),
        "accepted": accepted(scope),
        "open": open_(scope),
        "on_time": rate(scope, BY_KEY["on_time_rate"], targets.on_time),
        "overdue": overdue(scope),
        "satisfaction": rate(scope, BY_KEY["satisfaction"], targets.satisfaction),
    }


def workers(scope: Scope) -> dict[str, Any]:
    """Workers by presence; nothing but their total is known before the first frame."""
    state = scope.state
    start = state.days.start(state.today)
    fixed = {
        "total": scope.homes.stop - scope.homes.start,
        "target": state.settings.targets.online,
        "spark": state.moments.online(scope.node, start),
    }
    if scope.presence is None:
        return {**dict.fromkeys(("online", "on_duty", "moving", "still", "silent", "off")), **fixed}
    count = np.bincount(scope.presence, minlength=4).tolist()
    online = count[MOVING] + count[STILL]
    return {
        "online": online,
        "on_duty": online + count[SILENT],
        "moving": count[MOVING],
        "still": count[STILL],
        "silent": count[SILENT],
        "off": count[OFF],
        **fixed,
    }


def accepted(scope: Scope) -> dict[str, Any]:
    """Acceptances of today, of yesterday up to the same time of day, and both cumulated every 15 minutes."""
    state = scope.state
    times = state.passages.accepted(scope.inside)
    today, yesterday = state.days.start(state.today), state.days.start(state.yesterday)
    split = int(np.searchsorted(times, today))
    now = state.time - today
    known = scope.of_day(state.today)
    closed = state.passages.closed(scope.inside)
    return {
        "value": len(times) - split if known is None else known.counts["accepted_flow"],
        "closed": int((closed >= today).sum()) if known is None else known.counts["closed_flow"],
        "yesterday": int(np.searchsorted(times[:split], yesterday + now, side="right")),
        "spark": scope.watched.once(
            "spark",
            (today, now // MINUTE // _STEP, times[split:].tobytes()),
            lambda: _cumulated(times[split:], today, now // MINUTE),
        ),
        "reference": scope.watched.once(
            "reference",
            (yesterday, times[:split].tobytes()),
            lambda: _cumulated(times[:split], yesterday, (today - yesterday) // MINUTE),
        ),
    }


def _cumulated(times: np.ndarray[Any, np.dtype[np.int64]], start: int, minutes: int) -> list[list[int]]:
    steps = np.arange(0, minutes + 1, _STEP)
    counts = np.searchsorted(times, start + steps * MINUTE)
    return [[minute, count] for minute, count in zip(steps.tolist(), counts.tolist(), strict=True)]


def open_(scope: Scope) -> dict[str, Any]:
    """Open cases by stage; suspended ones are among them."""
    count = np.bincount(scope.cases.stage, minlength=len(Stage)).tolist()
    return {
        "value": len(scope.slots),
        "pending": count[Stage.PENDING],
        "handling": count[Stage.HANDLING],
        "verifying": count[Stage.VERIFYING],
        "suspended": int(scope.cases.suspended.sum()),
    }


def rate(scope: Scope, indicator: Indicator, target: float) -> dict[str, Any]:
    """A rate of the month to date with its comparison of equal age and its last 30 days."""
    return {
        **fraction(indicator, scope.of_month),
        "target": target,
        "compare": _compare(scope, indicator),
        "spark": scope.watched.once(indicator.key, scope.days_version, lambda: _last_days(scope, indicator)),
    }


def _last_days(scope: Scope, indicator: Indicator) -> list[list[int]]:
    days = (plus_days(scope.state.today, back) for back in range(1 - SPARK_DAYS, 1))
    told = ((day, scope.of_day(day)) for day in days)
    spark = [[day, *fraction(indicator, known).values()] for day, known in told if known is not None]
    return [point for point in spark if point[2]]


def fraction(indicator: Indicator, known: Figures) -> dict[str, int]:
    """A rate as its two counts."""
    figure = evaluate(indicator, known)
    return {"n": figure.n or 0, "d": figure.d or 0}


def _compare(scope: Scope, indicator: Indicator) -> dict[str, Any] | None:
    """Month to date at yesterday's end against last month at the end of the same day number."""
    days = scope.state.compared_days()
    found = [scope.at_day_end(day) for day in days]
    if not found or found[0] is None or found[1] is None:
        return None
    now, then = fraction(indicator, found[0]), fraction(indicator, found[1])
    return {"now": now, "then": then, "day": days[0], "then_day": days[1]}


def overdue(scope: Scope) -> dict[str, Any]:
    """Overdue open cases, how many yesterday at this time, and every ten minutes since."""
    state = scope.state
    since = state.time - DAY
    spark = state.moments.overdue(scope.node, since - _MOMENT_TOLERANCE)
    before = [(abs(time - since), count) for time, count in spark if time <= since + _MOMENT_TOLERANCE]
    closed = state.passages.closed(scope.inside)
    return {
        "value": int(scope.overdue.sum()),
        "supervised": int((scope.overdue & scope.cases.supervised).sum()),
        "open": len(scope.slots),
        "yesterday": min(before)[1] if before else None,
        "spark": [point for point in spark if point[0] >= since],
        "last_closed": int(closed[-1]) if len(closed) else None,
    }
