"""Sums that must hold among the frozen numbers, whatever a document says of them."""

from collections.abc import Iterator

from dashboard.queries.score_answers import League, LeagueRow
from dashboard.reports.fault import Fault
from dashboard.reports.snapshot import Own, Snapshot

EXACT = ("channel", "kind", "hour", "equation")
"""Sums that must be equal; those over the units of a level may be less, never more: a case may lie above them."""
_CAME, _WENT = ("carried", "accepted", "reopened"), ("closed", "voided", "open")
_LISTS = {"overdue": "overdue_open", "supervised": "supervised", "suspended": "suspended"}


def sum_faults(snapshot: Snapshot) -> Iterator[Fault]:
    """Sums that do not come out, leagues whose rows contradict each other."""
    for code, (added, total) in sums(snapshot).items():
        exact = code in EXACT or code.startswith("list.")
        if added != total if exact else added > total:
            yield Fault(f"合计{code}", f"合计为{added}，应为{total}")
    for level, league in leagues(snapshot):
        yield from (Fault(f"{level}排名·{where}", what) for where, what in _league(league))
        yield from (Fault(f"{level}排名·{where}", what) for where, what in _parents(snapshot, level, league))
    if snapshot.own:
        yield from (Fault(f"本级名次·{snapshot.own.row.place.name}", what) for what in _own(snapshot, snapshot.own))


def leagues(snapshot: Snapshot) -> Iterator[tuple[str, League]]:
    """Every league by its level, that of responsible units last."""
    yield from ((level, snapshot.leagues[level]) for level in snapshot.levels)
    if snapshot.units is not None:
        yield "unit", snapshot.units


def sums(snapshot: Snapshot) -> dict[str, tuple[int, int]]:
    """(sum, what it should be) by what is added up."""
    return dict((*_equation(snapshot), *_parts(snapshot), *_levels(snapshot), *_listed(snapshot)))


def _equation(snapshot: Snapshot) -> Iterator[tuple[str, tuple[int, int]]]:
    came, went = (_known(snapshot, [f"equation.{key}" for key in side]) for side in (_CAME, _WENT))
    if came is not None and went is not None:
        yield "equation", (came, went)


def _known(snapshot: Snapshot, keys: list[str]) -> int | None:
    values = [snapshot.fact(key).value for key in keys]
    known = [value for value in values if value is not None]
    return int(sum(known)) if len(known) == len(keys) else None


def _parts(snapshot: Snapshot) -> Iterator[tuple[str, tuple[int, int]]]:
    accepted = snapshot.fact("total.accepted").value
    for prefix in ("channel", "kind", "hour"):
        keys = [key for key in snapshot.facts if key.startswith(f"{prefix}.")]
        if keys and accepted is not None:
            yield prefix, (_known(snapshot, keys) or 0, int(accepted))


def _levels(snapshot: Snapshot) -> Iterator[tuple[str, tuple[int, int]]]:
    due = snapshot.fact("total.due_to_close").value
    for level, league in ((level, snapshot.leagues[level]) for level in snapshot.levels):
        if due is not None and snapshot.place.level != level and league.rows:
            yield f"due.{level}", (sum(row.due for row in league.rows), int(due))


def _listed(snapshot: Snapshot) -> Iterator[tuple[str, tuple[int, int]]]:
    for name, key in _LISTS.items():
        listed, counted = snapshot.fact(f"list.{name}").value, snapshot.fact(f"total.{key}").value
        if listed is not None and counted is not None:
            yield f"list.{name}", (int(listed), int(counted))


def _league(league: League) -> Iterator[tuple[str, str]]:
    """Ranks that do not follow from scores, rates out of bounds."""
    ranked = [row for row in league.rows if row.rank is not None]
    for row in ranked:
        yield from ((row.place.name, what) for what in _row(row))
    above: LeagueRow | None = None
    for place, row in enumerate(ranked, 1):
        tied = above is not None and above.rank == row.rank
        if row.rank != place and not tied:
            yield row.place.name, f"名次为{row.rank}，应为{place}"
        if above is not None and (above.score or 0) < (row.score or 0):
            yield row.place.name, f"得分{row.score}高于前一名的{above.score}"
        above = row


def _row(row: LeagueRow) -> Iterator[str]:
    if row.score is None:
        yield "没有得分，不应参与排名"
    for word, rate in (("按期办结率", row.on_time_rate), ("办结率", row.closure_rate), ("满意率", row.satisfaction)):
        if rate is not None and not 0 <= rate <= 1:
            yield f"{word}{rate}超出范围"


def _parents(snapshot: Snapshot, level: str, league: League) -> Iterator[tuple[str, str]]:
    """Units that together have more cases due than the unit above them."""
    above = {row.place.code: row for one in snapshot.leagues.values() for row in one.rows}
    found: dict[str, int] = {}
    for row in league.rows:
        if row.parent is not None and row.parent.code in above and level != "unit":
            found[row.parent.code] = found.get(row.parent.code, 0) + row.due
    for code, due in found.items():
        if due > above[code].due:
            yield above[code].place.name, f"下级应办结合计{due}件，多于本级的{above[code].due}件"


_OWN_RATES = ("on_time_rate", "closure_rate", "rework_rate", "reopen_rate", "satisfaction")


def _own(snapshot: Snapshot, own: Own) -> Iterator[str]:
    """The region's own row beside the totals, which are of the same cases, and its place beside the sizes."""
    row = own.row
    if row.place.code != snapshot.place.code:
        yield f"为{row.place.code}的名次，应为{snapshot.place.code}"
    named = {"due": "due_to_close", **{rate: rate for rate in _OWN_RATES}}
    for field, key in named.items():
        if getattr(row, field) != snapshot.fact(f"total.{key}").value:
            yield f"{field}为{getattr(row, field)}，应为{snapshot.fact(f'total.{key}').value}"
    if row.rank is not None and not 1 <= (row.low or row.rank) <= row.rank <= (row.high or row.rank) <= own.ranked:
        yield f"名次{row.rank}（{row.low}–{row.high}）不在{own.ranked}个单位之内"
    if row.rank is not None:
        yield from _row(row)
    if row.change is not None and row.change != (own.was or 0) - (row.rank or 0):
        yield f"名次变化为{row.change}，与前次名次{own.was}不符"
