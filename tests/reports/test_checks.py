"""One wrong number of each sort, and where it is found."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from dashboard.reports.checks import Fault, faults
from dashboard.reports.content import compose
from dashboard.reports.document import Annex, Block, Chart, Column, Document, Num, Paragraph, Run, Section, Table, Words
from dashboard.reports.fault_words import in_words
from dashboard.reports.office import Office
from dashboard.reports.reading import blocks_of, tables_of
from dashboard.reports.snapshot import Fact, Snapshot, digest
from tests.reports import invented

replace = msgspec.structs.replace


@pytest.fixture(scope="module")
def document() -> Document:
    return compose(invented.snapshot(), Office())


def over(document: Document, change: Callable[[Block], Block]) -> Document:
    """The document with every block of its sections and annexes changed."""

    def changed(part: Section | Annex) -> Any:
        return replace(part, blocks=[change(block) for block in part.blocks])

    sections, annexes = (list(map(changed, parts)) for parts in (document.sections, document.annexes))
    return replace(document, sections=sections, annexes=annexes)


def with_cell(document: Document, key: str, row: int, column: str, value: Any) -> Document:
    def change(block: Block) -> Block:
        if not isinstance(block, Table) or block.key != key:
            return block
        place = [one.key for one in block.columns].index(column)
        rows = [list(each) for each in block.rows]
        rows[row][place] = value
        return replace(block, rows=rows)

    return over(document, change)


def with_runs(document: Document, change: Callable[[Run], Sequence[Run]]) -> Document:
    def changed(block: Block) -> Block:
        if not isinstance(block, Paragraph):
            return block
        return replace(block, runs=[new for run in block.runs for new in change(run)])

    return over(document, changed)


def found(document: Document, snapshot: Snapshot | None = None) -> list[Fault]:
    return faults(document, snapshot or invented.snapshot())


def test_a_composed_report_has_no_fault(document: Document) -> None:
    assert found(document) == []


def test_every_block_has_a_number_that_is_checked(document: Document) -> None:
    numbers = [run for _, block in blocks_of(document) if isinstance(block, Paragraph) for run in block.runs]
    assert sum(isinstance(run, Num) for run in numbers) > 150


def test_a_wrong_number_in_the_text_is_named_with_its_paragraph(document: Document) -> None:
    def wrong(run: Run) -> list[Run]:
        return [replace(run, text="12419") if isinstance(run, Num) and run.fact == "total.accepted" else run]

    assert found(with_runs(document, wrong)) == [
        Fault("一、总体情况第1段", "“受理”之后：写作12419，应为12418（total.accepted）")
    ]


def test_a_number_whose_fact_nobody_knows_is_a_fault(document: Document) -> None:
    opening = [Paragraph([Num("total.nothing", "", "7")])]
    assert found(replace(document, opening=opening)) == [
        Fault("开头第1段", "“”之后：写作7，应为—（total.nothing）")
    ]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (Words("办结12件。"), "“办结12件。”中有未经核对的数字"),
        (Words("9月12件", role="date"), "“9月12件”不是日期"),
        (Words("99.9%", role="name"), "“99.9%”不是已知的名称"),
    ],
)
def test_digits_stand_only_in_numbers_dates_and_names(document: Document, words: Words, what: str) -> None:
    assert found(replace(document, opening=[Paragraph([words])])) == [Fault("开头第1段", f"“”之后：{what}")]


def test_what_a_person_wrote_stands_under_what_is_next_alone(document: Document) -> None:
    own = Paragraph([Words("达到95%以上。", role="own")])
    assert [fault.where for fault in found(replace(document, opening=[own]))] == ["开头第1段"]


def test_dates_and_names_may_have_digits(document: Document) -> None:
    runs: list[Run] = [Words("9月30日24时", role="date"), Words("12345热线", role="name")]
    assert found(replace(document, opening=[Paragraph(runs)])) == []


def test_a_digit_in_a_note_is_a_fault(document: Document) -> None:
    def noted(block: Block) -> Block:
        return replace(block, notes=["共9个。"]) if isinstance(block, Table) and block.key == "channels" else block

    assert found(over(document, noted)) == [
        Fault("附件6·表“2026年9月案件来源”附注", "“共9个。”中有未经核对的数字")
    ]


def test_missing_evidence_is_a_fault(document: Document) -> None:
    opening = [Paragraph([Words("一是。")], evidence=["NC-1"])]
    assert found(replace(document, opening=opening)) == [Fault("开头第1段", "依据NC-1不存在")]


def test_a_rate_that_is_not_its_formula_is_named_with_its_cell(document: Document) -> None:
    told = found(with_cell(document, "ranking.district.1", 1, "on_time_rate", 0.9))
    where = "表“2026年9月县（市、区）排名（区组）”第2行“青渡区”·按期办结率"
    assert Fault(where, "写作99.27，按公式应为99.27") not in told
    assert {fault.where for fault in told} == {where}


def test_a_score_that_is_not_its_formula_is_named(document: Document) -> None:
    told = found(with_cell(document, "ranking.district.1", 0, "score", 99.47))
    where = "表“2026年9月县（市、区）排名（区组）”第1行“望川区”·得分"
    assert Fault(where, "写作99.47，按公式应为99.46") in told
    assert Fault(where, "为99.47，应为99.46") in told


def test_a_count_behind_a_rate_is_checked_against_the_frozen_counts(document: Document) -> None:
    told = found(with_cell(document, "ranking.street.1", 4, "on_time", 1))
    assert any(fault.where.endswith("·按期办结（件）") and fault.what.startswith("为1，应为") for fault in told)


@pytest.mark.parametrize(
    ("key", "column", "value"),
    [
        ("ranking.community.1", "rank", 7), ("ranking.street.below", "due", 99), ("ranking.unit.1", "note", "样本少"),
        ("channels", "cases", 1), ("categories", "before", 3), ("hours", "cases", 3), ("grids", "cases", 3),
        ("repeats", "cases", 3), ("counts", "now", 3), ("rates", "before_n", 3), ("times", "year", 3.0),
        ("crew", "workers", 3), ("list.overdue", "code", "X"), ("list.supervised", "hours", 1.0),
        ("overdue", "cases", 3), ("checks", "sum", 3), ("model", "weight", 3.0), ("restated", "now", "1%"),
        ("definitions", "text", "别的口径"),
    ],
)  # fmt: skip
def test_a_wrong_cell_of_any_table_is_named(document: Document, key: str, column: str, value: Any) -> None:
    table = tables_of(document)[key]
    heading = next(one.heading for one in table.columns if one.key == column)
    told = found(with_cell(document, key, 0, column, value))
    assert any(f.where.startswith(f"表“{table.title}”第1行") and f.where.endswith(f"·{heading}") for f in told), told


def test_a_table_that_nobody_knows_and_a_lost_row_are_faults(document: Document) -> None:
    extra = replace(document.annexes[0], blocks=[Table("own", "自编", [Column("n", "数", "number")], [[1]])])
    told = found(replace(document, annexes=[extra, *document.annexes[1:]]))
    assert Fault("表“自编”", "没有与之核对的冻结数据") in told

    def shorter(block: Block) -> Block:
        mine = isinstance(block, Table) and block.key == "ranking.unit.1"
        return replace(block, rows=block.rows[1:]) if mine else block

    assert Fault("unit排名", "“生态环境分局”在表中出现0次，应为一次") in found(over(document, shorter))


def test_a_chart_must_be_its_table(document: Document) -> None:
    def wrong(block: Block) -> Block:
        if not isinstance(block, Chart) or block.key != "hours":
            return block
        return replace(block, values=[*block.values[:3], 31, *block.values[4:]])

    assert found(over(document, wrong)) == [
        Fault("二、案件分析·图“各时段受理案件（件）”", "数值与表“2026年9月案件受理时段”不符：3图为31，表为30")
    ]


def with_fact(key: str, value: float) -> Snapshot:
    old = invented.snapshot()
    return replace(old, facts=old.facts | {key: replace(old.fact(key), value=value, n=int(value))})


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("channel.patrol", 7121, Fault("合计channel", "合计为12419，应为12418")),
        ("kind.part", 2512, Fault("合计kind", "合计为12417，应为12418")),
        ("list.overdue", 44, Fault("合计list.overdue", "合计为44，应为45")),
        ("total.due_to_close", 12404, Fault("合计due.district", "合计为12405，应为12404")),
    ],
)
def test_sums_that_do_not_come_out_are_faults_of_the_snapshot(key: str, value: float, fault: Fault) -> None:
    snapshot = with_fact(key, value)
    assert fault in found(compose(snapshot, Office()), snapshot)


def test_the_equation_of_flows() -> None:
    facts = {"carried": 283, "accepted": 12418, "reopened": 31, "closed": 12360, "voided": 44, "open": 328}
    old = invented.snapshot()
    right = replace(old, facts=old.facts | {f"equation.{key}": Fact(n, "cases") for key, n in facts.items()})
    assert found(compose(right, Office()), right) == []
    wrong = replace(right, facts=right.facts | {"equation.open": Fact(327, "cases")})
    assert found(compose(wrong, Office()), wrong) == [Fault("合计equation", "合计为12732，应为12731")]


def test_a_rank_that_does_not_follow_from_the_order_is_a_fault() -> None:
    old = invented.snapshot()
    league = old.leagues["district"]
    rows = [*league.rows[:3], replace(league.rows[3], rank=6), *league.rows[4:]]
    snapshot = replace(old, leagues=old.leagues | {"district": replace(league, rows=rows)})
    told = found(compose(snapshot, Office()), snapshot)
    assert Fault(f"district排名·{league.rows[3].place.name}", "名次为6，应为4") in told


def test_the_document_must_be_of_this_snapshot(document: Document) -> None:
    other = invented.changed(demo=False)
    told = [fault.where for fault in found(document, other)]
    assert told == ["封面", "封面"]
    assert found(replace(document, code="0000-0000"))[0].where == "页脚"
    assert digest(other) != document.hash


def test_faults_are_told_in_words() -> None:
    assert msgspec.to_builtins(Fault("附件1", "应办结 12 ≠ 13")) == {"where": "附件1", "what": "应办结 12 ≠ 13"}


@pytest.mark.parametrize(("where", "said"), [
    ("leagues.street.s1.on_time_rate", "排名·乡镇（街道）·一街·按期办结率"),
    ("counts.unit.u1.late", "件数·责任单位·城管·超期处置（件）"), ("before.total.accepted", "上期·总体·受理数"),
    ("list.overdue.C1", "清单·超期·C1"), ("units.u1.rank", "责任单位排名·城管·名次"),
    ("附件1 第2行", "附件1 第2行"), ("new.thing", "new·thing"),
])  # fmt: skip
def test_the_place_of_a_fault_is_told_in_words(where: str, said: str) -> None:
    assert in_words(where, {"s1": "一街", "u1": "城管"}) == said
