"""What the cells of each table must be, straight from the snapshot."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dashboard.queries.score_answers import LeagueRow
from dashboard.reports.check_sums import leagues, sums
from dashboard.reports.content.material import shortened
from dashboard.reports.document import Table
from dashboard.reports.numbers import written
from dashboard.reports.restated_rows import shown
from dashboard.reports.snapshot import Fact, Snapshot

Cells = dict[str, Any]
"""Values by column; columns that are not named are words of the office."""
HOUR = 3_600_000
_ANALYSIS = {
    "channels": "channel", "kinds": "kind", "categories": "category", "hours": "hour", "grids": "grid",
    "repeats": "repeat",
}  # fmt: skip
_CREW = ("workers", "on_duty", "grids", "hours", "metres")


def expected_of(table: Table, snapshot: Snapshot) -> list[Cells] | None:
    """For each row what its cells must be; as many as there should be rows; None for a table nobody knows."""
    kind, _, rest = table.key.partition(".")
    found = _KINDS.get(kind)
    return None if found is None else list(found(table, rest, snapshot))


def codes_of(table: Table) -> list[str]:
    """What the column ``code`` says in each row."""
    place = next((x for x, column in enumerate(table.columns) if column.key == "code"), None)
    return [] if place is None else [str(row[place]) for row in table.rows]


def _ranking(table: Table, rest: str, snapshot: Snapshot) -> Iterator[Cells]:
    level, _, group = rest.partition(".")
    rows = {row.place.code: row for name, league in leagues(snapshot) for row in league.rows if name == level}
    codes = codes_of(table)
    mine = sorted(rank for code in codes if code in rows and (rank := rows[code].rank) is not None)
    for code in codes:
        if code not in rows:
            yield {"code": None}
        elif group == "below":
            yield _below(rows[code])
        else:
            row = rows[code]
            yield _ranked(row, mine) | _counts(snapshot, level, code) | _note(snapshot, level, row, mine)


def _below(row: LeagueRow) -> Cells:
    return {"due": row.due, "overdue": row.overdue, "code": row.place.code if row.rank is None else None}


def _ranked(row: LeagueRow, among: list[int]) -> Cells:
    """``among`` are the ranks of the table's units in the level's league, in order."""
    moved: Cells = {} if row.change else {"moved": None, "places": None}
    return moved | {
        "rank": None if row.rank is None else bisect_left(among, row.rank) + 1, "due": row.due,
        "rated": row.satisfaction_n, "score": row.score, "overdue": row.overdue, "on_time_rate": row.on_time_rate,
        "closure_rate": row.closure_rate, "rework_rate": row.rework_rate,
        "reopen_rate": row.reopen_rate, "satisfaction": row.satisfaction,
    }  # fmt: skip


def _counts(snapshot: Snapshot, level: str, code: str) -> Cells:
    """The counters behind a unit's rates, as far as the table shows them."""
    counts = snapshot.counts.get(level, {}).get(code, {})
    return {name: n for name, n in counts.items() if name != "rated"}


def _note(snapshot: Snapshot, level: str, row: LeagueRow, among: list[int]) -> Cells:
    last, rank = row.place.code in snapshot.bottom.get(level, []), row.rank or 0
    tied = bisect_right(among, rank) - bisect_left(among, rank) > 1
    words = (("并列", tied), ("样本少", row.small), ("连续末位", last))
    return {"note": "、".join(word for word, holds in words if holds)}


def _analysis(table: Table, _: str, snapshot: Snapshot) -> Iterator[Cells]:
    prefix, total = _ANALYSIS[table.key], snapshot.fact("total.accepted").value
    for code in codes_of(table):
        found: Cells = {"cases": _whole(snapshot, f"{prefix}.{code}")}
        if prefix == "category":
            found["before"] = snapshot.fact(f"before.category.{code}").value
        yield found if prefix in ("hour", "repeat") else found | {"total": total}


def _whole(snapshot: Snapshot, key: str) -> float:
    return snapshot.fact(key).value or 0


def _totals(table: Table, _: str, snapshot: Snapshot) -> Iterator[Cells]:
    spans = {"now": "total", "before": "before.total", "year": "year.total"}
    for code in codes_of(table):
        facts = {span: snapshot.fact(f"{prefix}.{code}") for span, prefix in spans.items()}
        changes = {"before_change": f"change.total.{code}", "year_change": f"change_year.total.{code}"}
        known = {key: value for key, fact in changes.items() if (value := snapshot.fact(fact).value) is not None}
        if table.key == "rates":
            yield _quotients(facts) | known
        else:
            yield {span: fact.value for span, fact in facts.items()} | known


def _quotients(facts: Mapping[str, Fact]) -> Cells:
    found: Cells = {}
    for span, fact in facts.items():
        prefix = "" if span == "now" else f"{span}_"
        found |= {f"{prefix}n": fact.n, f"{prefix}d": fact.d}
    return found


def _crew(table: Table, _: str, snapshot: Snapshot) -> Iterator[Cells]:
    for code in codes_of(table):
        share = snapshot.fact(f"crew.{code}.coverage")
        yield {key: snapshot.fact(f"crew.{code}.{key}").value for key in _CREW} | {"covered": share.n}


def _list(_: Table, name: str, snapshot: Snapshot) -> Iterator[Cells]:
    for case in snapshot.lists.get(name, []):
        late = case.overdue and case.deadline is not None and case.deadline < snapshot.cut.time
        hours = (snapshot.cut.time - case.deadline) / HOUR if late and case.deadline is not None else None
        yield {"code": shortened(case.id, 60), "hours": hours}


def _overdue(table: Table, _: str, snapshot: Snapshot) -> Iterator[Cells]:
    rows = {row.place.code: row for _, league in leagues(snapshot) for row in league.rows}
    for code in codes_of(table):
        yield {"cases": rows[code].overdue, "due": rows[code].due} if code in rows else {"code": None}


def _sums(table: Table, _: str, snapshot: Snapshot) -> Iterator[Cells]:
    found = sums(snapshot)
    known = {code: {"sum": each[0], "total": each[1]} for code, each in found.items()}
    codes = codes_of(table)
    yield from (known.get(code, {"code": None}) for code in codes)
    yield from (known[code] for code in found if code not in codes)


def _definitions(_: Table, __: str, snapshot: Snapshot) -> Iterator[Cells]:
    yield from ({"name": zh, "text": text} for _, zh, text in snapshot.definitions if text)


def _model(_: Table, __: str, snapshot: Snapshot) -> Iterator[Cells]:
    yield from ({"weight": term.weight} for term in snapshot.terms.get(snapshot.model.key, []))


def _gaps(_: Table, __: str, snapshot: Snapshot) -> Iterator[Cells]:
    yield from ({} for _, days in snapshot.gaps if days)


def _restated(_: Table, __: str, snapshot: Snapshot) -> Iterator[Cells]:
    for each in shown(snapshot.restated):
        yield {"then": _as_text(each.then), "now": _as_text(each.now)}


def _as_text(fact: Fact) -> str:
    return written(fact.value, fact.unit, fact.n, fact.d)


def _corrections(_: Table, __: str, snapshot: Snapshot) -> Iterator[Cells]:
    yield from ({"code": shortened(each.case)} for each in snapshot.corrections)


_KINDS: Mapping[str, Callable[[Table, str, Snapshot], Iterator[Cells]]] = {
    "ranking": _ranking, **dict.fromkeys(_ANALYSIS, _analysis), "counts": _totals, "rates": _totals, "times": _totals,
    "crew": _crew, "list": _list, "overdue": _overdue, "checks": _sums, "definitions": _definitions, "model": _model,
    "gaps": _gaps, "restated": _restated, "corrections": _corrections,
}  # fmt: skip
