"""一、总体情况: what came in, how it was handled, what is left, how complete the data is."""

from collections.abc import Sequence

from dashboard.reports.content.changes import case_changes, hours_changes, share_changes
from dashboard.reports.content.material import Material, date, joined, paragraph
from dashboard.reports.content.periods import listed_days, spans
from dashboard.reports.document import Block, Run, Words

MOST_GAPS = 3
AGAIN = (("rework", "返工"), ("reopen", "重办"))
STOCKS = (("overdue", "total.overdue_open"), ("supervised", "total.supervised"), ("suspended", "total.suspended"))


def total(m: Material) -> list[Block]:
    """The section's paragraphs."""
    return [
        *paragraph(_accepted(m), _accepted_change(m), _voided(m)),
        *paragraph(_due(m), _deadline(m), *_again(m)),
        *paragraph(_satisfaction(m), _hours(m)),
        *paragraph(_stock(m)),
        *paragraph(data_status(m)),
    ]


def _accepted(m: Material) -> list[Run]:
    filed = m.num("total.filed") if m.value("total.filed") else None
    return m.say("total.accepted", accepted=m.num("total.accepted"), filed=filed, closed=m.num("total.closed"))


def _accepted_change(m: Material) -> list[Run]:
    return m.say("total.accepted.change", changes=case_changes(m, "accepted"))


def _voided(m: Material) -> list[Run]:
    return m.say("total.voided", count=m.num("total.voided")) if m.value("total.voided") else []


def _due(m: Material) -> list[Run]:
    if not m.value("total.due_to_close"):
        return m.say("total.due.none") if m.value("total.accepted") else []
    return m.say(
        "total.due", due=m.num("total.due_to_close"), closure=m.num("total.closure_rate"),
        closure_changes=share_changes(m, "closure_rate"), on_time=m.num("total.on_time_rate"),
        on_time_changes=share_changes(m, "on_time_rate"),
    )  # fmt: skip


def _deadline(m: Material) -> list[Run]:
    return m.say("total.deadline", count=m.num("total.no_deadline")) if m.value("total.no_deadline") else []


def _again(m: Material) -> list[list[Run]]:
    """返工 and 重办: their rates where there are any, what there is none of in one sentence."""
    none = [word for what, word in AGAIN if m.value(f"n|total.{what}_rate") == 0 and m.value(f"d|total.{what}_rate")]
    told = [_rate(m, what) for what, _ in AGAIN if m.value(f"n|total.{what}_rate")]
    return [*told, m.say("total.again.none", items=joined([[Words(word)] for word in none]))]


def _rate(m: Material, what: str) -> list[Run]:
    key = f"total.{what}_rate"
    return m.say(f"total.{what}", count=m.num(f"n|{key}"), rate=m.num(key), changes=share_changes(m, f"{what}_rate"))


def _satisfaction(m: Material) -> list[Run]:
    key = "total.satisfaction"
    if not m.value("d|total.satisfaction"):
        return m.say("total.satisfaction.none") if m.value("total.closed") else []
    changes = share_changes(m, "satisfaction")
    return m.say("total.satisfaction", satisfaction=m.num(key), rated=m.num(f"d|{key}"), changes=changes)


def _hours(m: Material) -> list[Run]:
    return m.say(
        "total.hours", median=m.num("total.handling_hours"), changes=hours_changes(m, "handling_hours"),
        p90=m.num("total.handling_hours_p90"),
    )  # fmt: skip


def _stock(m: Material) -> list[Run]:
    if not m.value("total.open"):
        return m.say("total.stock.none", moment=m.moment()) if m.value("total.open") == 0 else []
    if m.value("total.open") == m.value("total.overdue_open"):
        return m.say("total.stock.late", moment=m.moment(), open=m.num("total.open"))
    items = [m.say(f"total.stock.{word}", count=m.num(key)) for word, key in STOCKS if m.value(key)]
    return m.say("total.stock", moment=m.moment(), open=m.num("total.open"), items=joined(items))


def data_status(m: Material) -> list[Run]:
    """How far the data reaches and where there is none."""
    gaps = [(code, days) for code, days in m.snapshot.gaps if days]
    if not gaps:
        return m.say("data.complete", moment=m.moment())
    if everywhere := _everywhere(m, [days for _, days in gaps]):
        return m.say("data.gaps.everywhere", moment=m.moment(), days=date(listed_days(everywhere)))
    named = [m.say("data.gap", place=_apart(m, code), days=date(listed_days(days))) for code, days in gaps[:MOST_GAPS]]
    count = m.num("gaps|places") if len(gaps) > MOST_GAPS else None
    mark = "、" if all(len(spans(days)) == 1 for _, days in gaps[:MOST_GAPS]) else "；"
    return m.say("data.gaps", moment=m.moment(), gaps=joined(named, mark), count=count)


def _apart(m: Material, code: str) -> Words:
    """A name before a date; a Latin one with a space, or its last letters run into the digits."""
    word = m.name_of(code).text
    return Words(f"{word} " if word[-1:].isascii() else word, role="name")


def _everywhere(m: Material, gaps: Sequence[list[int]]) -> list[int]:
    """The days on which no street at all has data; none where a street has data on every day."""
    league = m.snapshot.leagues.get("street")
    if league is None or len(gaps) < len(league.rows):
        return []
    return sorted(set(gaps[0]).intersection(*gaps[1:]))
