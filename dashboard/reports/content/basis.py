"""What a report rests on: definitions, score model, checks, gaps, restated figures, corrections, the way to appeal."""

from collections.abc import Iterable

from dashboard.domain.indicators import BY_KEY
from dashboard.domain.periods import parse_period
from dashboard.reports.check_sums import sums
from dashboard.reports.content.material import Material, date, joined, name, paragraph, parts_of, shortened
from dashboard.reports.content.periods import listed_days
from dashboard.reports.content.rows import row_of
from dashboard.reports.document import Block, Column, Run, Table
from dashboard.reports.numbers import written
from dashboard.reports.restated_rows import SCORE, shown
from dashboard.reports.snapshot import Correction, Fact, ModelTerm
from dashboard.security.masking import mask_text

SUMS = {
    "equation": "期初结转、受理、重办合计（应为办结、作废、期末在办合计）", "channel": "各来源受理合计",
    "kind": "各性质受理合计", "hour": "各时段受理合计", "list.overdue": "超期未办结清单件数",
    "list.supervised": "督办清单件数", "list.suspended": "挂账清单件数",
}  # fmt: skip
"""What is added up, in words."""
CHANGED = (
    ("accepted", "不计入本单位"), ("late", "超期改为按期"), ("overdue_cohort", "不计超期未办结"),
    ("reworked", "不计返工"), ("rated", "不计评价"),
)  # fmt: skip
"""What a correction did, by the counter that it lowered: the first that fits."""


def basis(m: Material) -> list[Block]:
    """The blocks of the annex on definitions, scores, checks and appeals."""
    return [*_definitions(m), *_model(m), *_checks(m), *_gaps(m), *_restated(m), *_corrections(m), *_appeals(m)]


def _definitions(m: Material) -> list[Block]:
    columns = [Column("name", "指标", align="left"), Column("text", "口径", align="left")]
    rows = [[zh, text] for _, zh, text in m.snapshot.definitions if text]
    return [Table("definitions", "指标口径", columns, rows)] if rows else []


def _model(m: Material) -> list[Block]:
    model, terms = m.snapshot.model, m.snapshot.terms.get(m.snapshot.model.key, [])
    if not terms:
        return []
    columns = [
        Column("name", "计分项", align="left"), Column("weight", "权重", "number"),
        Column("way", "计分方法", align="left"), Column("text", "口径", align="left"),
    ]  # fmt: skip
    rows = [[each.zh or each.key, each.weight, way(each), each.definition_zh] for each in terms]
    return [
        *paragraph(m.say("annex.model", model=name(model.zh), version=name(model.version))),
        Table("model", "计分办法", columns, rows), *paragraph(*_rules(m)),
    ]  # fmt: skip


def _rules(m: Material) -> Iterable[list[Run]]:
    level = next(iter(m.snapshot.levels), "unit")
    limits = {"small": m.num(f"league|{level}|small"), "min_due": m.num(f"league|{level}|min_due")}
    grades = [
        m.say("annex.grade" if each.score else "annex.grade.rest", name=name(each.name), score=m.given(each.score))
        for each in m.office.grades
    ]
    yield m.say("annex.ties")
    yield m.say("annex.small", **limits)
    yield m.say("annex.interval", before=date(m.words.before))
    yield m.say("annex.grades", items=joined(grades, "，"))


def way(term: ModelTerm) -> str:
    """How a term is read: by rate, by what is left of it, between two shares, by bands."""
    if term.bands:
        return "；".join(f"不超过{limit}得{points}%" for limit, points in term.bands)
    text = "按（1−比率）" if term.inverted else "按比率"
    if (term.floor, term.full) == (0, 1):
        return text
    return f"{text}，{written(term.floor, 'share')}起计分，{written(term.full, 'share')}得满分"


def _checks(m: Material) -> list[Block]:
    columns = [
        Column("name", "核对项目", align="left"), Column("sum", "合计", "number"), Column("total", "应为", "number"),
        Column("rest", "差额", "number", "{total} - {sum}"), Column("code", "代码", align="left", detail=True),
    ]  # fmt: skip
    keys = ("name", "sum", "total", "code")
    rows = [row_of(columns, dict(zip(keys, row, strict=True))) for row in check_rows(m)]
    if not rows:
        return []
    return [*paragraph([*m.say("check.lead"), *_own(m)]), Table("checks", "数据核对", columns, rows, _level_notes(m))]


def _own(m: Material) -> list[Run]:
    """That numbers of 下步要求 are a person's, where there are any."""
    written = any(character.isdecimal() for text in m.office.next_steps for character in text)
    return m.say("check.own") if written and "next" in parts_of(m) else []


def _level_notes(m: Material) -> list[str]:
    return ["各级合计与总数的差额为没有落到该级的案件。"] if m.snapshot.leagues else []


def check_rows(m: Material) -> Iterable[tuple[str, int, int, str]]:
    """(what is added up, its sum, what it should be, code) of every sum that must hold."""
    for code, (added, total) in sums(m.snapshot).items():
        yield _sum_name(m, code), added, total, code


def _sum_name(m: Material, code: str) -> str:
    kind, _, rest = code.partition(".")
    if kind == "due":
        return f"{getattr(m.office.level_names, rest, rest)}应办结合计"
    return SUMS.get(code, code)


def _gaps(m: Material) -> list[Block]:
    columns = [Column("name", "地方", align="left"), Column("days", "没有数据的日期", align="left")]
    rows = [[m.name_of(code).text, listed_days(days)] for code, days in m.snapshot.gaps if days]
    return [Table("gaps", "没有数据的日期", columns, rows)] if rows else []


def _restated(m: Material) -> list[Block]:
    columns = [
        Column("period", "统计期", align="left"), Column("name", "指标", align="left"),
        Column("then", "原通报", align="left"), Column("now", "现为", align="left"),
    ]  # fmt: skip
    rows = [
        [_period(each.period), _title(m, each.key), _written(each.then), _written(each.now)]
        for each in shown(m.snapshot.restated)
    ]
    more = m.say("restated.more") if len(rows) < len(m.snapshot.restated) else []
    return [*paragraph(m.say("restated.lead"), more), Table("restated", "数据变化", columns, rows)] if rows else []


def _written(fact: Fact) -> str:
    return written(fact.value, fact.unit, fact.n, fact.d)


def _period(text: str) -> str:
    try:
        first = parse_period(text).first
    except ValueError:
        return shortened(text)
    return f"{first // 10_000}年{first // 100 % 100}月" if len(text) == 7 and "Q" not in text else shortened(text)


def _title(m: Material, key: str) -> str:
    """What a fact is called: the indicator's name, with the unit's where it is about one."""
    if key.startswith("row|"):
        code, _, field = key.split("|", 2)[2].rpartition("|")
        return m.name_of(code).text + ("得分" if field == SCORE else BY_KEY[field].zh)
    parts = key.split(".")
    found = BY_KEY.get(parts[-1])
    names = [m.snapshot.names[part] for part in parts[:-1] if part in m.snapshot.names]
    return shortened("".join([*names, key if found is None else found.zh]))


def _corrections(m: Material) -> list[Block]:
    columns = [
        Column("code", "案件编号", align="left"), Column("place", "地点", align="left"),
        Column("what", "更正内容", align="left"), Column("reason", "理由", align="left"),
    ]  # fmt: skip
    rows = [
        [shortened(one.case), m.name_of(one.region).text, what_changed(one), shortened(mask_text(one.reason), 200)]
        for one in m.snapshot.corrections
    ]
    return [*paragraph(m.say("corrections.lead")), Table("corrections", "申诉更正", columns, rows)] if rows else []


def what_changed(one: Correction) -> str:
    """A correction in words."""
    return next((word for counter, word in CHANGED if one.changes.get(counter, 0) < 0), "更正")


def _appeals(m: Material) -> list[Block]:
    if not m.office.appeal_days:
        return []
    days = m.given(m.office.appeal_days)
    route = m.say("appeal.route", route=name(m.office.appeal_route, 200) if m.office.appeal_route else None)
    return [*paragraph(m.say("appeal.window", days=days), m.say("appeal.result"), route)]
