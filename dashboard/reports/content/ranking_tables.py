"""The ranking tables of the annexes: one for each group of a level, and one of those below the line."""

from collections.abc import Iterable, Sequence
from typing import Any

from dashboard.queries.score_answers import LeagueRow
from dashboard.reports.content.material import Material, shortened
from dashboard.reports.content.rows import row_of
from dashboard.reports.content.scoring import Counts, Scoring, scoring
from dashboard.reports.content.standings import Group, Placed, groups_of, model_of
from dashboard.reports.document import Block, Column, Table

RATES = {
    "on_time_rate": ("按期办结率", "{on_time} / {due}"), "closure_rate": ("办结率", "{closed_due} / {due}"),
    "rework_rate": ("返工率", "{reworked} / {ever_handled}"), "reopen_rate": ("重办率", "{reopened} / {ever_closed}"),
    "satisfaction": ("群众满意率", "{satisfied} / {rated}"),
}  # fmt: skip
"""Heading and formula of each rate."""
COUNTS = {
    "on_time": "按期办结（件）", "closed_due": "应办结中已结案（件）", "reworked": "返工（件）",
    "ever_handled": "曾处置（件）", "reopened": "重办（件）", "ever_closed": "曾结案（件）", "satisfied": "满意（件）",
}  # fmt: skip
"""Headings of the counts behind rates; pages leave them out."""
MORE_COUNTS = {
    "accepted": "受理（件）", "closed": "已结案（件）", "handled": "已处置（件）", "handled_due": "有时限已处置（件）",
    "late": "超期处置（件）", "overdue_cohort": "超期未处置（件）", "no_deadline": "无时限（件）",
    "extended": "延期（件）", "escalated": "上报上级（件）", "voided": "作废（件）",
    "accepted_flow": "期内受理（件）", "filed_flow": "期内立案（件）", "closed_flow": "期内办结（件）",
    "reopened_flow": "期内重办（件）", "handled_flow": "期内处置（件）",
    "failed_check_flow": "核查不通过（件）", "returned_flow": "退回（件）",
}  # fmt: skip
"""Headings of the other counts that score models name."""
REASONS = {"few": "应办结件数不足", "none": "没有应办结案件", "excluded": "不参与排名"}
SMALL, LAST = "样本少", "连续末位"
NOTES = (
    "办结率、按期办结率的分母为应办结件数，不含未到期在办件。",
    "升降在两期均参与排名的单位之间比较，名次变化超出数据波动的才标注。",
)


def key_of(level: str, place: int) -> str:
    """The key of a group's table."""
    return f"ranking.{level}.{place}"


def below_key(level: str) -> str:
    """The key of the table of those below the line."""
    return f"ranking.{level}.below"


def ranking_tables(m: Material, level: str) -> list[Table]:
    """The tables of a level."""
    groups = groups_of(m.known, level, m.snapshot.groups | m.office.groups)
    tables = [_table(m, level, place, group) for place, group in enumerate(groups, 1)]
    return [*tables, *_below(m, level)]


def _table(m: Material, level: str, place: int, group: Group) -> Table:
    behind = _behind(m, level, group.placed)
    columns = _columns(m, level, behind)
    title = f"{m.words.full}{_level(m, level)}排名" + (f"（{shortened(group.name)}）" if group.name else "")
    rows = [_row(m, level, columns, placed, behind) for placed in group.placed]
    return Table(key_of(level, place), title, columns, rows, [*NOTES])


def _behind(m: Material, level: str, placed: Sequence[Placed]) -> Scoring | None:
    """How the scores follow from counts, None where the snapshot does not have all of these."""
    counts, model = m.snapshot.counts.get(level, {}), model_of(m.snapshot)
    mine = [counts.get(one.row.place.code, {}) for one in placed]
    if model is None or any(name not in each for each in mine for name in (*COUNTS, "rated")):
        return None
    try:
        return scoring(model, mine)
    except (KeyError, ValueError):
        return None


def _columns(m: Material, level: str, behind: Scoring | None) -> list[Column]:
    rates = [
        Column(key, heading, "share", formula if behind else "", detail=key == "reopen_rate")
        for key, (heading, formula) in RATES.items()
    ]
    counted = (*COUNTS, *behind.counts) if behind else ()
    return [
        Column("rank", "名次", "rank"), Column("moved", "升降", align="left"),
        Column("name", _level(m, level), align="left"),
        *([Column("parent", "所属", align="left")] if _has_parent(level) else []),
        Column("due", "应办结（件）", "cases"), *rates, Column("rated", "有效评价（件）", "cases"),
        Column("score", "得分", "score", behind.formula if behind else ""), Column("grade", "等级", align="left"),
        Column("interval", "名次区间", align="left"), Column("note", "备注", align="left"),
        Column("code", "代码", align="left", detail=True), Column("places", "名次变化", "number", detail=True),
        Column("overdue", "超期未办结（件）", "cases", detail=True),
        *(Column(key, _heading(key), "cases", detail=True) for key in dict.fromkeys(counted) if key != "rated"),
        *(behind.columns if behind else ()),
    ]  # fmt: skip


def _heading(count: str) -> str:
    return COUNTS.get(count) or MORE_COUNTS.get(count, count)


def _has_parent(level: str) -> bool:
    return level not in ("district", "unit")


def _level(m: Material, level: str) -> str:
    return str(getattr(m.office.level_names, level, level))


def _row(m: Material, level: str, columns: Sequence[Column], placed: Placed, behind: Scoring | None) -> list[Any]:
    row = placed.row
    counts: Counts = m.snapshot.counts.get(level, {}).get(row.place.code, {}) if behind else {}
    values: dict[str, Any] = {
        **counts, **(behind.values(counts) if behind else {}), "rank": placed.rank, "moved": moved_word(placed.moved),
        "name": _name(row), "parent": _parent(m, row), "due": row.due, "rated": row.satisfaction_n,
        "grade": grade(m, row.score), "interval": interval_word(placed), "note": _note(m, level, placed),
        "code": row.place.code, "places": placed.moved, "overdue": row.overdue, "score": row.score,
        **{key: getattr(row, key) for key in RATES},
    }  # fmt: skip
    return row_of(columns, values)


def moved_word(moved: int | None) -> str | None:
    """升3, 降1; None where it did not move more than by chance."""
    return None if not moved else f"{'升' if moved > 0 else '降'}{abs(moved)}"


def interval_word(placed: Placed) -> str | None:
    """2–7; a single place where it is sure."""
    if placed.low is None or placed.high is None:
        return None
    return str(placed.low) if placed.low == placed.high else f"{placed.low}–{placed.high}"


def grade(m: Material, score: float | None) -> str | None:
    """The office's word for a score, None where it has none."""
    return None if score is None else next((each.name for each in m.office.grades if score >= each.score), None)


def _note(m: Material, level: str, placed: Placed) -> str:
    last = placed.row.place.code in m.snapshot.bottom.get(level, [])
    words = (("并列", placed.tied), (SMALL, placed.row.small), (LAST, last))
    return "、".join(word for word, holds in words if holds)


def _name(row: LeagueRow) -> str:
    return shortened(row.place.name or row.place.code, 60)


def _parent(m: Material, row: LeagueRow) -> str:
    above = row.parent
    return "" if above is None else shortened(above.name or above.code)


def _below(m: Material, level: str) -> list[Table]:
    rows = _unranked(m, level)
    if not rows:
        return []
    columns = [
        Column("name", _level(m, level), align="left"),
        *([Column("parent", "所属", align="left")] if _has_parent(level) else []),
        Column("due", "应办结（件）", "cases"), Column("overdue", "超期未办结（件）", "cases"),
        Column("reason", "原因", align="left"), Column("code", "代码", align="left", detail=True),
    ]  # fmt: skip
    values = [
        {
            "name": _name(row), "parent": _parent(m, row), "due": row.due, "overdue": row.overdue,
            "reason": reason(row), "code": row.place.code,
        }
        for row in rows
    ]  # fmt: skip
    filled = [[each[column.key] for column in columns] for each in values]
    return [Table(below_key(level), f"{m.words.full}不参与排名的{_level(m, level)}", columns, filled)]


def _unranked(m: Material, level: str) -> list[LeagueRow]:
    """Those without a rank. A notice is about a few cases: whom none of them concerns it counts, and lists not."""
    league, notice = m.known.of_level(level), m.snapshot.asked.kind == "notice"
    rows = [] if league is None else [row for row in league.rows if row.rank is None]
    return [row for row in rows if not (notice and row.reason == "none")]


def reason(row: LeagueRow) -> str:
    """Why a unit stands below the line."""
    return shortened(row.note, 60) if row.reason == "excluded" and row.note else REASONS.get(row.reason, row.reason)


def ranking_annexes(m: Material) -> Iterable[tuple[str, Sequence[Block]]]:
    """Title and tables of the annex of each level."""
    for level in (*m.snapshot.levels, *(["unit"] if m.snapshot.units is not None else [])):
        yield f"{m.words.full}{_level(m, level)}排名", ranking_tables(m, level)
