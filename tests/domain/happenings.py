"""Case events for tests: one by one, and random streams of them for properties."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from dashboard.domain.base import Category
from dashboard.domain.events import ORDER, CaseEvent, parse
from dashboard.domain.life_cycle import Case, Context, fold
from dashboard.domain.periods import MINUTE, LocalDays
from dashboard.domain.work_time import WorkClock

DAYS = LocalDays()
DUTY_HOURS = ((510, 720), (840, 1050))
MONDAY = datetime(2026, 10, 12, 0, 0, tzinfo=UTC)
START = int(MONDAY.timestamp() * 1000)
CONTEXT = Context(
    WorkClock(DAYS, DUTY_HOURS),
    {
        "natural": Category("natural", "自然时限", limit_minutes=600),
        "work": Category("work", "工作时限", "natural", "part", 420, "work"),
        "free": Category("free", "无时限"),
    },
)


def at(minute: float) -> int:
    """Epoch ms of a minute counted from Monday 2026-10-12 08:00 in Shanghai."""
    return START + round(minute * MINUTE)


def text_of(minute: float) -> str:
    return (MONDAY + timedelta(minutes=minute)).isoformat()


def event(step: str, minute: float, number: int = 0, **data: object) -> CaseEvent:
    """One event of case C1; opening events carry region r1 and category free unless told otherwise."""
    if step in ("reported", "accepted"):
        data = {"region": "r1", "category": "free", **data}
    if isinstance(data.get("due"), int | float):
        data["due"] = text_of(data["due"])  # type: ignore[arg-type]
    envelope = {
        "specversion": "1.0",
        "id": f"{step}-{minute}-{number}",
        "source": "/test",
        "type": f"case.{step}",
        "subject": "C1",
        "time": text_of(minute),
        "data": data,
    }
    parsed = parse(json.dumps(envelope).encode())
    assert isinstance(parsed, CaseEvent)
    return parsed


def folded(*events: CaseEvent) -> Case:
    return fold(events, CONTEXT)


_minutes = st.integers(0, 20_000)
_details = st.fixed_dictionaries(
    {},
    optional={
        "region": st.sampled_from(["r1", "r2"]),
        "category": st.sampled_from(["natural", "work", "free", "unknown"]),
        "unit": st.sampled_from(["u1", "u2"]),
        "due": _minutes,
    },
)


@st.composite
def events(draw: st.DrawFn) -> CaseEvent:
    step = draw(st.sampled_from([name.removeprefix("case.") for name in ORDER]))
    data = draw(_details)
    if step == "extended":
        data["due"] = draw(_minutes)
    if step == "checked":
        data["passed"] = draw(st.booleans())
    if step == "rated":
        data["score"] = draw(st.integers(1, 4))
    return event(step, draw(_minutes), draw(st.integers(0, 1_000_000)), **data)


def streams(max_size: int = 14) -> st.SearchStrategy[list[CaseEvent]]:
    """Events of one case in any order, mostly with an acceptance among them."""
    acceptance = _minutes.map(lambda minute: [event("accepted", minute, -1)])
    return st.tuples(
        st.one_of(acceptance, acceptance, st.just([])),
        st.lists(events(), min_size=1, max_size=max_size, unique_by=lambda e: e.id),
    ).map(lambda pair: pair[0] + pair[1])
