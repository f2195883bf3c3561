"""Every kind of report, what an office decides, and the sentences."""

import re
from pathlib import Path

import msgspec
import pytest

from dashboard.domain.indicators import Figures
from dashboard.domain.periods import LocalDays
from dashboard.domain.ranking import score
from dashboard.queries.score_models import SHIPPED, load_models
from dashboard.reports.content import compose
from dashboard.reports.content.scoring import scoring
from dashboard.reports.document import Table
from dashboard.reports.formulas import evaluate
from dashboard.reports.numbers import rounded
from dashboard.reports.office import Office, parse_office
from dashboard.reports.reading import blocks_of
from dashboard.reports.snapshot import Asked, Own, Snapshot
from dashboard.reports.wording import WORDING
from tests.reports import invented
from tests.reports.saying import composed, said

replace = msgspec.structs.replace
CONTENT = Path(__file__).parents[2] / "dashboard" / "reports" / "content"


def of_kind(kind: str, period: str, first: int, last: int, **asked: object) -> Snapshot:
    return invented.changed(asked=Asked(kind, period, **asked), first=first, last=last)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "period", "first", "last", "named", "words"),
    [
        ("week", "2026-09-21..2026-09-27", 20260921, 20260927, "2026年9月21日至27日", "受理量较上周增加312件"),
        ("quarter", "2026-Q3", 20260701, 20260930, "2026年第三季度", "较第二季度增加312件"),
        ("quarter", "2026-Q1", 20260101, 20260331, "2026年第一季度", "较2025年第四季度增加312件"),
        ("year", "2026", 20260101, 20261231, "2026年", "较2025年增加312件，增长2.6%。"),
        ("month", "2026-01", 20260101, 20260131, "2026年1月", "较2025年12月增加312件"),
        ("notice", "2026-09-03..2026-09-12", 20260903, 20260912, "2026年9月3日至12日", "较8月24日至9月2日增加312件"),
    ],
)
def test_other_periods(kind: str, period: str, first: int, last: int, named: str, words: str) -> None:
    document = composed(of_kind(kind, period, first, last))
    start = "" if kind == "week" else "关于"
    assert "".join(document.title).startswith(f"{start}{named}全市")
    assert words in said(document, "total")


def test_a_notice_over_filters_says_what_it_is_about() -> None:
    filters = {"category": "0401", "channel": "hotline", "unit": "u00", "state": "overdue"}
    document = composed(of_kind("notice", "2026-09", 20260901, 20260930, filters=filters))
    assert "".join(document.title) == "关于2026年9月全市城管局承办的12345热线超期未办结占道经营案件办理情况的专项通报"
    assert said(document, "opening") == "现将2026年9月全市城管局承办的12345热线超期未办结占道经营案件办理情况通报如下。"
    assert "crew" not in [section.key for section in document.sections]
    worded = composed(of_kind("notice", "2026-09", 20260901, 20260930, filters={"words": "飞线3号楼"}))
    assert "".join(worded.title) == "关于2026年9月全市标题或编号含“飞线3号楼”的案件办理情况的专项通报"


def test_an_excerpt_for_a_street_begins_with_where_it_stands() -> None:
    old = invented.snapshot()
    row = old.leagues["street"].rows[4]
    own = Own(row, old.place, "街道组", 53, 54, None, 30)
    snapshot = replace(old, asked=Asked("excerpt", "2026-09", row.place.code), place=row.place, leagues={}, own=own)
    document = compose(snapshot, Office())
    assert document.title == [f"{row.place.name}2026年9月", "网格化治理运行情况摘录"]
    assert document.to == f"{row.place.name}："
    assert f"{row.place.name}得分100.00分，在全市街道组53个参与排名的单位中" in said(document, "ranking")


@pytest.mark.parametrize(
    ("days", "lines"),
    [
        ((20261013, 20261020), ["关于2026年10月13日至20日", "全市城管局承办的占道经营案件", "办理情况的专项通报"]),
        ((20260901, 20260930), ["关于2026年9月", "全市城管局承办的占道经营案件", "办理情况的专项通报"]),
    ],
)
def test_long_titles_are_cut_at_the_period_and_never_inside_it(days: tuple[int, int], lines: list[str]) -> None:
    filters = {"category": "0401", "unit": "u00"}
    document = compose(of_kind("notice", "x", *days, filters=filters), Office())
    assert document.title == lines


@pytest.mark.parametrize(
    ("day", "minutes", "words"),
    [(20261001, 0, "9月30日24时"), (20261003, 480, "10月3日8时"), (20261003, 485, "10月3日8:05")],
)
def test_the_cut_off_is_told_as_a_date(day: int, minutes: int, words: str) -> None:
    cut = replace(invented.snapshot().cut, time=LocalDays("Asia/Shanghai").start(day) + minutes * 60_000)
    assert f"截至{words}，在办297件" in said(compose(invented.changed(cut=cut), Office()))


# what the office decides


def test_the_office_decides_words_parts_groups_and_names() -> None:
    office = parse_office(
        """
        organ = "某某办"
        to = "各单位："
        [title]
        month = "{area}{period}通报"
        [sections]
        month = ["ranking", "total"]
        [level_names]
        district = "区县"
        [groups]
        "990201" = "先行组"
        [wording]
        "total.accepted" = "共受理{accepted}件，其中超期未办结{total.overdue_open}件。"
        """,
        "",
    )
    document = composed(office=office)
    assert document.title == ["全市2026年9月通报"] and document.to == "各单位：" and document.organ == "某某办"
    assert [section.key for section in document.sections] == ["ranking", "total"]
    text = said(document)
    assert "（一）区县排名。" in text and "先行组参与排名的只有高新区" in text
    assert "共受理12418件，其中超期未办结45件。" in text


def test_red_and_black_lists_are_off_unless_turned_on() -> None:
    assert "红榜" not in said(composed())
    text = said(composed(office=parse_office("[red_black]\non = true\nred = 1\nblack = 1", "")))
    assert "红榜：科苑团结街道（100.00分）、川南光明乡（100.00分）。" in text
    assert "黑榜：学府永兴街道（第53名，96.93分）、川南乡（第49名，91.04分）。" in text


def test_who_is_alone_in_a_group_is_on_no_list() -> None:
    alone = invented.snapshot().leagues["street"].rows[0].place
    office = parse_office(f'[red_black]\non = true\n[groups]\n"{alone.code}" = "先行组"', "")
    red = said(composed(office=office)).split("红榜：")[1].split("。")[0]
    assert alone.name not in red and "（100.00分）" in red


def test_every_shipped_score_model_is_a_formula_too() -> None:
    more = {"late": 3, "extended": 2, "accepted_flow": 70, "filed_flow": 60, "handled": 5, "closed": 4}
    streets = invented.snapshot().counts["street"].values()
    units = [{**counts, **more, "handled_due": counts["closed_due"]} for counts in streets]
    for model in load_models(SHIPPED).values():
        behind = scoring(model, units)
        for counts in units:
            values = counts | behind.values(counts) | {"due": counts["handled_due"] + counts["overdue_cohort"]}
            found, wanted = evaluate(behind.formula, values), score(Figures(counts), model)
            assert (None if found is None else round(rounded(found, 2) * 100)) == wanted, model.key


# wording


def test_no_sentence_is_left_unused() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted(CONTENT.glob("*.py")))
    used = set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)*)"', source))
    made = [re.sub(r"\{[^{}]*\}", "[a-z]+", text.replace(".", r"\.")) for text in re.findall(r'f"([^"]+)"', source)]
    unused = [key for key in WORDING if key not in used and not any(_fits(one, key) for one in made)]
    assert unused == []


def _fits(pattern: str, key: str) -> bool:
    return re.fullmatch(r"[a-z_\\.\[\]+-]+", pattern) is not None and re.fullmatch(pattern, key) is not None


def test_tables_have_rows_as_long_as_their_columns() -> None:
    for _, block in blocks_of(composed()):
        if isinstance(block, Table):
            assert all(len(row) == len(block.columns) for row in block.rows)
