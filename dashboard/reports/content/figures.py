"""主要指标: the totals of the period beside the one before and the year before, as tables that calculate."""

from typing import Any

from dashboard.domain.indicators import BY_KEY
from dashboard.reports.content.material import Material
from dashboard.reports.content.rows import row_of
from dashboard.reports.document import Column, Table

COUNTS = (
    "accepted", "filed", "closed", "reopened", "voided", "due_to_close", "no_deadline", "closed_late", "overdue_open",
    "due_soon", "open", "suspended", "supervised",
)  # fmt: skip
RATES = ("on_time_rate", "closure_rate", "closed_share", "rework_rate", "reopen_rate", "satisfaction")
HOURS = ("handling_hours", "handling_hours_p90", "work_hours", "work_hours_p90")
SPANS = ("before", "year")


def figure_tables(m: Material) -> list[Table]:
    """Counts, rates and times; tables without a row are left out."""
    tables = [
        _plain(m, "counts", "主要件数", COUNTS, "cases"), _rates(m),
        _plain(m, "times", "处置用时（小时）", HOURS, "hours"),
    ]  # fmt: skip
    return [table for table in tables if table.rows]


def _spans(m: Material) -> list[tuple[str, str]]:
    """The earlier periods that have a name and any value."""
    words = {"before": m.words.before, "year": m.words.year}
    known = (*COUNTS, *RATES, *HOURS)
    return [
        (span, words[span])
        for span in SPANS
        if words[span] and any(m.value(f"{span}.total.{key}") is not None for key in known)
    ]


def _plain(m: Material, key: str, title: str, keys: tuple[str, ...], unit: str) -> Table:
    hours = unit == "hours"
    columns = [Column("name", "指标", align="left"), Column("now", "本期", "hours" if hours else "cases")]
    for span, word in _spans(m):
        columns.append(Column(span, word, "hours" if hours else "cases"))
        columns.append(Column(f"{span}_change", "增减", "hours" if hours else "number", f"{{now}} - {{{span}}}"))
    columns.append(Column("code", "代码", align="left", detail=True))
    rows = [_plain_row(m, one, columns) for one in keys if m.value(f"total.{one}") is not None]
    return Table(key, f"{m.words.full}{title}", columns, rows)


def _plain_row(m: Material, key: str, columns: list[Column]) -> list[Any]:
    earlier = {span: m.value(f"{span}.total.{key}") for span in SPANS}
    return row_of(columns, {"name": BY_KEY[key].zh, "now": m.value(f"total.{key}"), "code": key, **earlier})


def _rates(m: Material) -> Table:
    columns = [Column("name", "指标", align="left"), Column("now", "本期（%）", "share", "{n} / {d}")]
    for span, word in _spans(m):
        columns.append(Column(span, f"{word}（%）", "share", f"{{{span}_n}} / {{{span}_d}}"))
        quotients = f"{{n}} / {{d}} - {{{span}_n}} / {{{span}_d}}"
        columns.append(Column(f"{span}_change", "升降（百分点）", "points", quotients))
    for part in ("", *(f"{span}_" for span, _ in _spans(m))):
        columns += [Column(f"{part}{side}", side, "cases", detail=True) for side in ("n", "d")]
    columns.append(Column("code", "代码", align="left", detail=True))
    rows = [_rate_row(m, key, columns) for key in RATES if m.value(f"total.{key}") is not None]
    return Table("rates", f"{m.words.full}主要比率", columns, rows)


def _rate_row(m: Material, key: str, columns: list[Column]) -> list[Any]:
    values: dict[str, Any] = {"name": BY_KEY[key].zh, "code": key}
    for prefix, fact in (("", f"total.{key}"), *((f"{span}_", f"{span}.total.{key}") for span in SPANS)):
        found = m.known.fact(fact)
        values |= {f"{prefix}n": found.n, f"{prefix}d": found.d}
    return row_of(columns, values)
