"""The tables behind 案件分析: channels, categories, hours, grids, repeated complaints."""

from collections.abc import Sequence

from dashboard.reports.content.material import KINDS, Material, shortened
from dashboard.reports.content.rows import row_of
from dashboard.reports.document import Column, Table, Words

TOP = 10
PLACE = 60
"""Ideographs of a place that complains again: its region and, in quotes, the category."""
HOURS = tuple(f"{hour:02d}" for hour in range(24))


def analysis_tables(m: Material) -> list[Table]:
    """Every table that has a row."""
    tables = [
        _counted(m, "channels", "来源", "channel", [(code, m.channel(code)) for code in ordered(m, "channel")]),
        _counted(m, "kinds", "性质", "kind", [(code, kind_name(m, code)) for code in ordered(m, "kind")]),
        _categories(m), _hours(m),
        _counted(m, "grids", "网格", "grid", [(code, m.name_of(code)) for code in ordered(m, "grid")[:TOP]]),
        _repeats(m),
    ]  # fmt: skip
    return [table for table in tables if table.rows]


def ordered(m: Material, prefix: str) -> list[str]:
    """Codes under a prefix by their number of cases, most first; those without any left out."""
    start = f"{prefix}."
    found = {key[len(start) :]: fact.value or 0 for key, fact in m.snapshot.facts.items() if key.startswith(start)}
    return sorted((code for code, n in found.items() if n > 0), key=lambda code: (-found[code], code))


def kind_name(m: Material, code: str) -> Words:
    """事件类, 部件类, or what the source calls it."""
    return Words(KINDS[code], role="name") if code in KINDS else m.name_of(code)


def repeats(m: Material) -> list[str]:
    """Numbers of the places that complain again, the worst first."""
    return [code for code in ordered(m, "repeat") if code.isdecimal()][:TOP]


def _counted(m: Material, key: str, heading: str, prefix: str, named: Sequence[tuple[str, Words]]) -> Table:
    """Cases and their share of what was accepted."""
    total = m.value("total.accepted")
    columns = [
        Column("name", heading, align="left"), Column("cases", "受理（件）", "cases"),
        Column("share", "占比", "share", "{cases} / {total}"),
        Column("code", "代码", align="left", detail=True), Column("total", "受理合计（件）", "cases", detail=True),
    ]  # fmt: skip
    values = ({"name": word.text, "cases": m.value(f"{prefix}.{code}"), "code": code} for code, word in named)
    rows = [row_of(columns, {**each, "total": total}) for each in values]
    return Table(key, f"{m.words.full}案件{heading}", columns, rows)


def _categories(m: Material) -> Table:
    """The most frequent categories beside the period before."""
    columns = [
        Column("name", "类别", align="left"), Column("cases", "受理（件）", "cases"),
        Column("share", "占比", "share", "{cases} / {total}"), Column("before", f"{m.words.before}（件）", "cases"),
        Column("change", "增减（件）", "number", "{cases} - {before}"),
        Column("code", "代码", align="left", detail=True), Column("total", "受理合计（件）", "cases", detail=True),
    ]  # fmt: skip
    total = m.value("total.accepted")
    rows = [
        row_of(columns, {
            "name": m.name_of(code).text, "cases": m.value(f"category.{code}"), "code": code, "total": total,
            "before": m.value(f"before.category.{code}"),
        })
        for code in [code for code in ordered(m, "category") if code][:TOP]
    ]  # fmt: skip
    return Table("categories", f"{m.words.full}数量居前的案件类别", columns, rows)


def _hours(m: Material) -> Table:
    columns = [
        Column("name", "时段", align="left"), Column("cases", "受理（件）", "cases"),
        Column("code", "代码", align="left", detail=True),
    ]  # fmt: skip
    counted = [int(m.value(f"hour.{hour}") or 0) for hour in HOURS]
    rows = [[hour_name(int(hour)), n, hour] for hour, n in zip(HOURS, counted, strict=True)] if any(counted) else []
    return Table("hours", f"{m.words.full}案件受理时段", columns, rows)


def hour_name(hour: int) -> str:
    """8时至9时."""
    return f"{hour}时至{hour + 1}时"


def _repeats(m: Material) -> Table:
    columns = [
        Column("name", "地点和类别", align="left"), Column("cases", "重复投诉（件）", "cases"),
        Column("code", "代码", align="left", detail=True),
    ]  # fmt: skip
    rows = [[name, int(m.value(f"repeat.{code}") or 0), code] for code, name in repeat_names(m).items()]
    return Table("repeats", f"{m.words.full}重复投诉", columns, rows)


def repeat_names(m: Material) -> dict[str, str]:
    """Region and category of each place that complains again, by its number; several of one region are numbered."""
    names = {code: shortened(m.snapshot.names.get(f"repeat.{code}", ""), PLACE) for code in repeats(m)}
    same: dict[str, list[str]] = {}
    for code, name in names.items():
        same.setdefault(name, []).append(code)
    return {
        code: f"{name}（第{same[name].index(code) + 1}处）" if len(same[name]) > 1 else name
        for code, name in names.items()
        if name
    }
