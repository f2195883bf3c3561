"""A document by hand over the invented city's September: every kind of block, before any wording of an office."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from dashboard.queries.drill_answers import CaseLine
from dashboard.queries.score_answers import League, LeagueRow
from dashboard.reports.document import Annex, Block, Chart, Column, Document, Num, Paragraph, Run, Section, Table, Words
from dashboard.reports.files.grids import cells
from dashboard.reports.numbers import written
from dashboard.reports.snapshot import Snapshot, check_code, digest
from tests.reports.invented import CATEGORIES, CHANNELS, renamed, snapshot

LEAGUE = (
    Column("rank", "名次", "rank"), Column("move", "升降", "text", align="left"),
    Column("code", "代码", "text", detail=True),
    Column("name", "单位", "text", align="left"), Column("on_time", "按期办结件数", "cases", detail=True),
    Column("closed", "办结件数", "cases", detail=True), Column("due", "应办结（件）", "cases"),
    Column("on_time_rate", "按期办结率", "share", "{on_time} / {due}"),
    Column("closure_rate", "办结率", "share", "{closed} / {due}"),
    Column("reworked", "返工件数", "cases", detail=True),
    Column("rework_rate", "返工率", "share", "{reworked} / {closed}"), Column("rated", "有效评价（件）", "cases"),
    Column("satisfaction", "群众满意率", "share"), Column("overdue", "超期未办结（件）", "cases", "{due} - {closed}"),
    Column("score", "得分", "score"), Column("note", "备注", "text", align="left"),
)  # fmt: skip
CASES = (
    Column("id", "案件编号", "text", align="left"), Column("title", "标题", "text", align="left"),
    Column("place", "地点", "text", align="left"), Column("category", "小类", "text", align="left"),
    Column("unit", "责任单位", "text", align="left"), Column("hours", "超期时长（小时）", "hours"),
)  # fmt: skip
DEFINITIONS = (
    Column("zh", "指标", "text", align="left"), Column("definition", "定义和公式", "text", align="left"),
)  # fmt: skip
NOTES = ["比率单位为%。应办结件数为办结件数与超期未办结件数之和，不含未到期在办件。", "升降为与8月名次比较。"]


def document(frozen: Snapshot | None = None, *, issued: int = 20261009, draft: bool = False) -> Document:
    """The whole document; ``frozen`` is the invented snapshot unless said."""
    frozen = frozen or snapshot()
    hashed = digest(frozen)
    return Document(
        masthead="网格化治理工作通报", number="〔2026〕第9期", organ="宁川市综治中心",
        title=["关于2026年9月全市网格化治理", "运行情况的通报"], to="各县（市、区）综治中心，市直有关单位：",
        opening=[_opening(frozen)], sections=_sections(frozen), annexes=_annexes(frozen),
        cc="市委办公室，市政府办公室。", printed_by="宁川市综治中心", issued=issued,
        footer="演示数据　数据截至2026年9月30日24:00　评分规则2026年第3版", hash=hashed, code=check_code(hashed),
        demo=frozen.demo, draft=draft,
    )  # fmt: skip


def changed(**changes: object) -> Document:
    """The document with other fields."""
    return msgspec.structs.replace(document(), **changes)


def num(frozen: Snapshot, key: str, form: str = "") -> Num:
    fact = frozen.fact(key)
    return Num(key, form, written(fact.value, fact.unit, fact.n, fact.d, form))


def _opening(frozen: Snapshot) -> Paragraph:
    return Paragraph([
        Words("2026年9月", role="date"),
        Words("，全市网格化治理平台受理各类事件"), num(frozen, "total.accepted"),
        Words("件，办结率"), num(frozen, "total.closure_rate"),
        Words("，按期办结率"), num(frozen, "total.on_time_rate"),
        Words("，群众满意率"), num(frozen, "total.satisfaction"), Words("。现将有关情况通报如下。"),
    ])  # fmt: skip


def _sections(frozen: Snapshot) -> list[Section]:
    lead: list[Run] = [Words("一、总体情况。", strong=True)]
    lead += [Words("受理量较"), Words("8月", role="date"), Words("增加")]
    total = Paragraph([
        *lead, num(frozen, "change.total.accepted", "change"), Words("件，按期办结率提高"),
        num(frozen, "change.total.on_time_rate", "points"), Words("。在办"), num(frozen, "total.open"), Words("件。"),
    ])  # fmt: skip
    crew = Paragraph([
        Words("（一）巡查。", strong=True), Words("累计巡查"), num(frozen, "crew.9902.hours"), Words("小时、"),
        num(frozen, "crew.9902.metres"), Words("公里。"),
    ])  # fmt: skip
    return [
        Section("total", "一", "总体情况", [total]),
        Section("analysis", "二", "案件分析", [*_charts(frozen), _channels(frozen)]),
        Section("crew", "三", "队伍运行", [crew]),
        Section("next", "四", "下步要求", [Paragraph([], blank=True)]),
    ]


def _charts(frozen: Snapshot) -> list[Block]:
    top = CATEGORIES[:6]
    hours = [f"{hour}时" for hour in range(24)]
    rates = [0.9712, None, 0.9833, 0.9858]
    return [
        Chart("categories", "案件较多的小类", "bars", [name for _, name, _ in top],
              [frozen.fact(f"category.{code}").value for code, *_ in top], "cases"),
        Chart("hours", "各时段受理件数", "columns", hours,
              [frozen.fact(f"hour.{hour:02d}").value for hour in range(24)], "cases"),
        Chart("trend", "按期办结率", "line", ["6月", "7月", "8月", "9月"], rates, "share", reference=0.98),
    ]  # fmt: skip


def _channels(frozen: Snapshot) -> Table:
    columns = [
        Column("name", "来源", "text", align="left"), Column("cases", "件数", "cases"),
        Column("all", "全部", "cases", detail=True),
        Column("share", "占比", "share", "{cases} / {all}"), Column("change", "占比变化", "points"),
    ]  # fmt: skip
    rows: list[list[Any]] = [
        [name, count, 12418, count / 12418, (count - 5 * n) / 12418 - count / 12106]
        for n, (_, name, count) in enumerate(CHANNELS)
    ]
    return Table("channels", "案件来源", columns, rows)


def league_table(frozen: Snapshot, level: str, title: str) -> Table:
    """All columns of a ranking at one level."""
    league: League = frozen.leagues[level] if level != "unit" else frozen.units  # type: ignore[assignment]
    counts = frozen.counts[level]
    return Table(level, title, list(LEAGUE), [_ranked(row, counts[row.place.code]) for row in league.rows], NOTES)


def _ranked(row: LeagueRow, n: dict[str, int]) -> list[Any]:
    def share(a: int, b: int) -> float | None:
        return a / b if b else None

    move = "—" if not row.change else f"升{row.change}" if row.change > 0 else f"降{-row.change}"
    due, closed = n["handled_due"], n["closed_due"]
    note = row.note or ("样本少" if row.small else "数据量不足" if row.rank is None else "")
    return [
        row.rank, move, row.place.code, row.place.name, n["on_time"], closed, due, share(n["on_time"], due),
        share(closed, due), n["reworked"], share(n["reworked"], closed), n["rated"], share(n["satisfied"], n["rated"]),
        due - closed, row.score, note or None,
    ]  # fmt: skip


def case_table(cases: Sequence[CaseLine], key: str, title: str) -> Table:
    rows: list[list[Any]] = [
        [line.id, line.title, "".join(line.places), line.category_name, line.unit_name, 4.5 + n]
        for n, line in enumerate(cases)
    ]
    return Table(key, title, list(CASES), rows)


def _annexes(frozen: Snapshot) -> list[Annex]:
    words: list[list[Any]] = [[zh, text] for _, zh, text in frozen.definitions]
    return [
        Annex(1, "2026年9月县（市、区）考核排名", [league_table(frozen, "district", "2026年9月县（市、区）考核排名")]),
        Annex(2, "2026年9月乡镇（街道）考核排名", [league_table(frozen, "street", "2026年9月乡镇（街道）考核排名")]),
        Annex(3, "2026年9月社区考核排名", [league_table(frozen, "community", "2026年9月社区考核排名")]),
        Annex(4, "超期、督办案件清单", [
            case_table(frozen.lists["overdue"], "overdue", "超期未办结案件"),
            case_table(frozen.lists["supervised"], "supervised", "督办案件"),
        ]),
        Annex(5, "指标定义和计算公式", [Table("definitions", "指标定义", list(DEFINITIONS), words), Paragraph([
            Words("对本通报数据有异议的，可在公示之日起"),
            num(frozen, "list.supervised"), Words("个工作日内提出申诉。"),
        ])]),
    ]  # fmt: skip


def spoken(document: Document) -> list[str]:
    """Every number as texts and shown cells say it, in reading order."""
    parts = [*document.sections, *document.annexes]
    blocks: list[Block] = [*document.opening, *(block for part in parts for block in part.blocks)]
    found: list[str] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found += [run.text for run in block.runs if isinstance(run, Num)]
        elif isinstance(block, Table):
            found += [text for row in cells(block) for text in row]
    return found


def hostile(word: Callable[[str], str]) -> Document:
    """The document with every text of a person replaced."""
    made = document(renamed(word))
    return msgspec.structs.replace(
        made, masthead=word(made.masthead), organ=word(made.organ), cc=word(made.cc), to=word(made.to),
        title=[word(line) for line in made.title], printed_by=word(made.printed_by), number=word(made.number),
    )  # fmt: skip
