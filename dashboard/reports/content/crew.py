"""四、队伍运行: totals of units, never of persons, and nobody is judged by them."""

from typing import Any

from dashboard.reports.content.material import Material, name, paragraph
from dashboard.reports.content.rows import row_of
from dashboard.reports.document import Block, Column, Table
from dashboard.reports.snapshot import Unit

KEYS: dict[str, tuple[str, Unit]] = {
    "workers": ("网格员（人）", "people"), "on_duty": ("上岗（人）", "people"), "grids": ("网格（个）", "number"),
    "hours": ("累计上岗（小时）", "hours"), "metres": ("巡查里程（公里）", "metres"),
}  # fmt: skip


def crew(m: Material) -> list[Block]:
    """The whole's numbers in two sentences; the table of units is in the annex."""
    start = f"crew.{m.snapshot.place.code}"
    if not m.value(f"{start}.workers"):
        return [*paragraph(m.say("crew.none"))]
    total = m.say(
        "crew.total", workers=m.num(f"{start}.workers"), on_duty=m.num(f"{start}.on_duty"),
        covered=m.num(f"n|{start}.coverage"), coverage=m.num(f"{start}.coverage", "rate1"),
    )  # fmt: skip
    work = m.say("crew.work", hours=m.num(f"{start}.hours"), km=m.num(f"{start}.metres"))
    if not total and not work:
        return [*paragraph(m.say("crew.none"))]
    see = m.say("ranking.see", annex=m.annex("crew"))
    return [*paragraph(total, work, m.say("crew.note"), see, evidence=["crew"] if see else [])]


def crew_table(m: Material) -> list[Table]:
    """Totals of the units directly below, where there are any."""
    keys = (key.removeprefix("crew.") for key in m.snapshot.facts if key.startswith("crew."))
    codes = sorted({key.rpartition(".")[0] for key in keys} - {m.snapshot.place.code})
    columns = [
        Column("name", "单位", align="left"),
        *(Column(key, heading, unit) for key, (heading, unit) in KEYS.items()),
        Column("coverage", "网格巡查覆盖率", "share", "{covered} / {grids}"),
        Column("covered", "巡查覆盖网格（个）", "number", detail=True),
        Column("code", "代码", align="left", detail=True),
    ]  # fmt: skip
    rows = [_row(m, code, columns) for code in codes]
    return [_told(Table("crew", f"{m.words.full}队伍运行", columns, rows))] if rows else []


def _told(table: Table) -> Table:
    """Without columns in which nothing is known."""
    told = [column.detail or any(row[x] is not None for row in table.rows) for x, column in enumerate(table.columns)]
    kept = [x for x, holds in enumerate(told) if holds]
    rows = [[row[x] for x in kept] for row in table.rows]
    return Table(table.key, table.title, [table.columns[x] for x in kept], rows)


def _row(m: Material, code: str, columns: list[Column]) -> list[Any]:
    values = {key: m.value(f"crew.{code}.{key}") for key in KEYS}
    covered, word = m.known.fact(f"crew.{code}.coverage").n, name(m.snapshot.names.get(code) or code)
    return row_of(columns, {**values, "covered": covered, "name": word.text, "code": code})
