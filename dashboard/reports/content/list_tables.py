"""The lists of cases: 超期, 督办, 挂账, 三跨. What citizens wrote is masked: a report circulates."""

from dashboard.domain.periods import LocalDays
from dashboard.queries.drill_answers import CaseLine
from dashboard.reports.content.material import Material, name, paragraph, shortened
from dashboard.reports.content.rows import row_of
from dashboard.reports.document import Block, Column, Table, Words
from dashboard.security.masking import mask_text

LISTS = {"overdue": "超期未办结案件", "supervised": "督办案件", "suspended": "挂账案件", "crossing": "三跨案件"}
"""The lists with their titles, in order; the last is called as the office calls it."""
TITLE, TOP = 60, 10
HOUR = 3_600_000


def list_tables(m: Material) -> list[Table]:
    """A table for each list that is not empty."""
    titles = LISTS | {"crossing": f"{crossing(m).text}案件"}
    return [_table(m, key, title) for key, title in titles.items() if m.snapshot.lists.get(key)]


def crossing(m: Material) -> Words:
    """What cases are called that cross departments, levels or regions: 三跨, or the office's word."""
    return name(m.snapshot.names.get("list.crossing") or "三跨")


def list_blocks(m: Material) -> list[Block]:
    """The tables, and before each that does not hold all of its cases how many it does."""
    found: list[Block] = [*_overdue_units(m)]
    for table in list_tables(m):
        m.tables[table.key] = table
        shown, every = m.num(f"rows|{table.key}|code|*"), m.num(table.key)
        if (m.value(table.key) or 0) > len(table.rows):
            found += paragraph(m.say("lists.cut", shown=shown, all=every), evidence=[table.key])
        found.append(table)
    return found


def _overdue_units(m: Material) -> list[Table]:
    """Units with most overdue cases among those accepted in the period, where there is something to compare."""
    level = "street" if "street" in m.snapshot.leagues else next(iter(m.snapshot.levels), "")
    league = m.known.of_level(level)
    rows = [] if league is None else [row for row in league.rows if row.overdue > 0]
    rows.sort(key=lambda row: (-row.overdue, row.place.code))
    columns = [
        Column("name", str(getattr(m.office.level_names, level, level)), align="left"),
        Column("cases", "超期未办结（件）", "cases"), Column("due", "应办结（件）", "cases"),
        Column("share", "占应办结", "share", "{cases} / {due}"), Column("code", "代码", align="left", detail=True),
    ]  # fmt: skip
    values = [
        row_of(columns, {"name": shortened(row.place.name or row.place.code), "cases": row.overdue, "due": row.due,
                         "code": row.place.code})
        for row in rows[:TOP]
    ]  # fmt: skip
    title = f"{m.words.full}受理案件中超期未办结较多的单位"
    return [Table("overdue", title, columns, values)] if len(values) > 1 else []


def list_key(name: str) -> str:
    """The key of a list's table."""
    return f"list.{name}"


def _table(m: Material, key: str, title: str) -> Table:
    days = LocalDays(m.snapshot.zone)
    columns = [
        Column("code", "案件编号", align="left"), Column("title", "事由", align="left"),
        Column("category", "类别", align="left"), Column("place", "地点", align="left"),
        Column("unit", "责任单位", align="left"), Column("accepted", "受理时间", align="left"),
        Column("deadline", "办理期限", align="left"), Column("hours", "超期（小时）", "hours"),
    ]  # fmt: skip
    if key in ("suspended", "crossing"):
        columns = columns[:-1]
    rows = [_row(m, case, days)[: len(columns)] for case in m.snapshot.lists[key]]
    return Table(list_key(key), f"{title}清单", columns, rows)


def _row(m: Material, case: CaseLine, days: LocalDays) -> list[str | float | None]:
    place = "".join(case.places) or m.snapshot.names.get(case.region, case.region)
    title = case.title or case.category_name or case.category
    return [
        shortened(case.id, TITLE), shortened(mask_text(title), TITLE), shortened(case.category_name or case.category),
        shortened(place, TITLE), shortened(case.unit_name or case.unit) or None, _time(case.accepted_at, days),
        _time(case.deadline, days), late(case, m.snapshot.cut.time),
    ]  # fmt: skip


def late(case: CaseLine, at: int) -> float | None:
    """Hours past the deadline at an instant, None where it is not past it."""
    if case.deadline is None or not case.overdue or case.deadline >= at:
        return None
    return (at - case.deadline) / HOUR


def _time(at: int | None, days: LocalDays) -> str | None:
    return None if at is None else f"{days.local(at):%Y-%m-%d %H:%M}"
