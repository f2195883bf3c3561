"""What a composed report says, in the usual month and where there is little to say."""

from collections.abc import Sequence

import msgspec
import pytest

from dashboard.queries.score_answers import LeagueRow
from dashboard.reports.checks import faults
from dashboard.reports.content import compose
from dashboard.reports.document import Paragraph
from dashboard.reports.group_ranks import groups_in
from dashboard.reports.office import Office, parse_office
from dashboard.reports.reading import body_length, tables_of
from dashboard.reports.snapshot import Correction, Fact, Snapshot
from tests.reports import invented
from tests.reports.saying import composed, issues, said

replace = msgspec.structs.replace


def test_the_first_page_as_the_design_has_it() -> None:
    document = composed()
    assert document.title == ["关于2026年9月全市网格化治理", "工作运行情况的通报"]
    assert (document.number, document.organ, document.issued) == ("〔2026〕第9期", "宁川市综治中心", 0)
    assert said(document, "opening") == (
        "9月，全市网格化治理平台受理各类事件12418件，办结12360件，办结率99.64%，按期办结率98.58%，群众满意率99.29%。"
        "现将有关情况通报如下。"
    )
    assert document.demo and document.footer.startswith("演示数据　数据截至2026年9月30日24时")


def test_the_parts_stand_in_the_order_of_real_notices() -> None:
    headings = [(section.number, section.heading) for section in composed().sections]
    assert headings == [
        ("一", "总体情况"), ("二", "案件分析"), ("三", "排名情况"), ("四", "队伍运行"),
        ("五", "超期、督办、挂账和三跨案件"), ("六", "存在问题"), ("七", "下步要求"),
    ]  # fmt: skip


@pytest.mark.parametrize("left_out", ["total", "analysis", "ranking", "crew", "lists", "next"])
def test_a_problem_is_not_told_where_the_office_leaves_out_what_it_rests_on(left_out: str) -> None:
    parts = [part for part in Office().sections.month if part != left_out]
    office = parse_office(f"[sections]\nmonth = {parts}", "")
    document = composed(office=office)
    assert [section.key for section in document.sections] == parts
    assert ("疑难案件" in issues(document)) == (left_out != "lists")


def test_rates_change_in_points_and_counts_in_cases_and_percent() -> None:
    text = said(composed(), "total")
    assert "按期办结率98.58%，较8月上升0.25个百分点，较上年同期上升1.27个百分点" in text
    assert "受理量较8月增加312件，增长2.6%；较上年同期增加1398件，增长12.7%。" in text
    assert "处置时长中位数4.5小时，较8月缩短0.2小时" in text


def test_gaps_in_the_data_are_told_by_place_and_day() -> None:
    document = composed()
    assert "其中高桥和平镇9月12日、渡口文昌街道9月18日至20日没有数据，有关指标只反映已收到的案件。" in said(document)
    assert "统计期内各地每日均有数据。" in said(composed(invented.changed(gaps=[])))


def test_days_without_data_anywhere_are_told_once() -> None:
    streets = [row.place.code for row in invented.snapshot().leagues["street"].rows]
    gaps = [(code, [20260905, 20260906, *([20260920] if n else [])]) for n, code in enumerate(streets)]
    text = said(composed(invented.changed(gaps=gaps)), "total")
    assert "统计期内各地9月5日至6日均没有数据，有关指标只反映已收到的案件。" in text
    assert "等" not in text.split("数据截至")[1]


def test_a_latin_name_stands_apart_from_its_date() -> None:
    snapshot = invented.snapshot()
    [code, *_] = [row.place.code for row in snapshot.leagues["street"].rows]
    names = snapshot.names | {code: "UNITED NEIGHBORHOODS OF THE HISTORIC ARLINGTON HEIGHTS"}
    text = said(composed(invented.changed(gaps=[(code, [20260905])], names=names)), "total")
    assert "其中UNITED NEIGHBORHOODS OF THE HISTORIC ARLINGTON HEIGHTS 9月5日没有数据" in text


def test_all_that_is_in_hand_is_late() -> None:
    facts = invented.snapshot().facts
    facts = facts | {"total.open": facts["total.overdue_open"]}
    assert "在办45件，均已超期。" in said(compose(invented.changed(facts=facts), Office()), "total")


def test_many_gaps_are_counted() -> None:
    streets = [row.place.code for row in invented.snapshot().leagues["street"].rows[:7]]
    text = said(composed(invented.changed(gaps=[(code, [20260905, 20260907]) for code in streets])), "total")
    assert "9月5日、7日；" in text and "等7个地方部分日期没有数据" in text


def test_levels_are_ranked_by_group_with_the_best_and_the_last() -> None:
    text = said(composed(), "ranking")
    assert "（一）县（市、区）排名。共9个，全部参与排名，得分中位数99.12分。区组依次为望川区（99.46分）、" in text
    assert "排名靠后的为学府松柏街道（第51名，97.25分）" in text
    assert "路体长春街道应办结不足30件，数据量不足，不参与排名。" in text
    assert "科苑长春乡不参与排名，原因为泄洪期间不可抗力。" in text


def test_a_ranking_table_has_live_formulas_and_hides_what_only_they_need() -> None:
    table = tables_of(composed())["ranking.street.1"]
    columns = {column.key: column for column in table.columns}
    assert columns["on_time_rate"].formula == "{on_time} / {due}"
    assert columns["score"].formula.startswith("45 * {on_time} / {due} + 20 * {closed_due} / {due} + 15 * (1 - ")
    assert [column.heading for column in table.columns if not column.detail] == [
        "名次", "升降", "乡镇（街道）", "所属", "应办结（件）", "按期办结率", "办结率", "返工率", "群众满意率",
        "有效评价（件）", "得分", "等级", "名次区间", "备注",
    ]  # fmt: skip


def test_ranks_inside_a_group_begin_with_one_and_ties_share_a_place() -> None:
    for key, table in tables_of(composed()).items():
        if key.startswith("ranking.") and not key.endswith("below"):
            ranks = [row[0] for row in table.rows]
            assert ranks[0] == 1
            assert all(rank == place or rank == ranks[place - 2] for place, rank in enumerate(ranks, 1))


def test_crew_numbers_are_totals_and_say_so() -> None:
    assert "以上为单位合计，不含个人数据，不用于考核个人。" in said(composed(), "crew")


def test_problems_rest_on_tables_or_cases() -> None:
    document = composed()
    section = next(section for section in document.sections if section.key == "issues")
    assert all(isinstance(block, Paragraph) and block.evidence for block in section.blocks)
    assert "楼道飞线充电884件，较8月增长31.7%。" in issues(document)


def test_what_is_next_waits_for_a_person_or_begins_with_the_offices_words() -> None:
    blank = composed().sections[-1].blocks[0]
    assert isinstance(blank, Paragraph) and blank.blank and not blank.runs
    office = Office(next_steps=("各地于10月15日前报办理结果。",))
    assert "各地于10月15日前报办理结果。" in said(composed(office=office))


def test_what_a_person_demands_may_have_numbers_and_the_annex_says_that_nobody_checked_them() -> None:
    office = Office(next_steps=("按期办结率达到95%以上，30件超期案件逐件销号。",))
    document, words = composed(office=office), "下步要求由印发单位撰写，其中的数字不在核对之列。"
    assert "按期办结率达到95%以上，30件超期案件逐件销号。" in said(document)
    assert faults(document, invented.snapshot()) == []
    texts = [run.text for annex in document.annexes for block in annex.blocks if isinstance(block, Paragraph)
             for run in block.runs]  # fmt: skip
    assert words in "".join(texts) and words not in str(composed(office=Office(next_steps=("请各地落实。",))).annexes)


def test_the_text_before_the_annexes_keeps_to_four_thousand_characters() -> None:
    assert body_length(composed()) < 4000
    assert body_length(composed(invented.snapshot(20))) < 4000


def test_the_issue_day_is_all_that_two_issues_differ_in() -> None:
    one, other = (compose(invented.snapshot(), Office(), issued=day, draft=False) for day in (20261009, 20261010))
    assert one != other and replace(one, issued=20261010) == other


# little to say


def without(*prefixes: str) -> Snapshot:
    """The snapshot without facts of these beginnings."""
    old = invented.snapshot()
    return replace(old, facts={key: fact for key, fact in old.facts.items() if not key.startswith(prefixes)})


def with_facts(**facts: Fact) -> Snapshot:
    """The snapshot with other totals: ``change__accepted`` is ``change.total.accepted``."""
    old = invented.snapshot()
    keys = {f"{key.replace('__', '.total.')}" if "__" in key else f"total.{key}": fact for key, fact in facts.items()}
    return replace(old, facts=old.facts | keys)


def empty() -> Snapshot:
    """A month in which nothing came in."""
    old = invented.snapshot()
    facts = {
        key: Fact(None, fact.unit, 0, 0) if fact.unit in ("share", "hours") else Fact(0, fact.unit, 0)
        for key, fact in old.facts.items()
        if key.startswith(("total.", "list."))
    }
    return replace(
        old, facts=facts, leagues={}, before_leagues={}, units=None, counts={}, lists={}, gaps=[], bottom={},
        restated=[], groups={},
    )  # fmt: skip


def test_a_month_without_data() -> None:
    text = said(composed(empty()))
    assert text.splitlines()[:3] == [
        "9月，全市网格化治理平台没有受理案件。现将有关情况通报如下。", "受理0件，办结0件。",
        "截至9月30日24时，没有在办案件。",
    ]  # fmt: skip
    assert "统计期内没有案件，不作分析。" in text
    assert "没有队伍运行数据。" in text
    assert "没有超期未办结、督办、挂账和三跨案件。" in text


def test_one_case_is_not_analysed() -> None:
    one = {"total.accepted": Fact(1, "cases", 1), "channel.patrol": Fact(1, "cases", 1)}
    text = said(composed(replace(empty(), facts=empty().facts | one)))
    assert "受理各类事件1件，办结0件。现将" in text and "案件数量少，不作结构分析。" in text and "占" not in text


def test_without_ratings_no_rate_is_told() -> None:
    document = compose(with_facts(satisfaction=Fact(None, "share", 0, 0)), Office())
    assert "没有有效的群众评价，满意率不作统计。" in said(document)
    assert "群众满意率" not in said(document, "opening")


def test_without_an_earlier_period_nothing_is_compared() -> None:
    text = said(composed(replace(without("before.", "change.", "year.", "change_year."), before_leagues={})), "total")
    assert "较" not in text and "持平" not in text


def test_what_did_not_change_is_level() -> None:
    level = with_facts(change__on_time_rate=Fact(0.00001, "points"), change__accepted=Fact(0, "cases", 0))
    text = said(compose(level, Office()), "total")
    assert "受理量与8月持平；" in text and "按期办结率98.58%，与8月持平，" in text


def test_levels_stand_from_above_to_below_however_they_are_stored() -> None:
    old = invented.snapshot()
    stored = replace(old, leagues=dict(sorted(old.leagues.items())), bottom=dict(sorted(old.bottom.items())))
    assert list(stored.leagues) == ["community", "district", "street"]
    found, wanted = compose(stored, Office()), compose(old, Office())
    assert [annex.title for annex in found.annexes] == [annex.title for annex in wanted.annexes]
    assert said(found) == said(wanted) and faults(found, stored) == []


def test_what_came_back_once_is_counted_and_not_named() -> None:
    once = {f"repeat.{key}": Fact(1, "cases") for key in ("1", "2", "3", "cases", "places", "days")}
    old = invented.snapshot()
    text = said(compose(replace(old, facts=old.facts | once), Office()), "analysis")
    assert "重复投诉较集中" not in text and "在同一地点再次发生的" in text


def test_a_cut_off_in_the_year_after_the_period_says_so() -> None:
    old = invented.snapshot()
    later = replace(old, cut=replace(old.cut, time=old.cut.time + 120 * 86_400_000))
    assert "截至2027年1月28日24时，" in said(compose(later, Office()), "total")
    assert "截至9月30日24时，" in said(compose(old, Office()), "total")


def test_nobody_ranked() -> None:
    old = invented.snapshot()
    league = old.leagues["district"]
    rows = [replace(row, rank=None, score=None, reason="few", low=None, high=None, due=3) for row in league.rows]
    snapshot = replace(old, leagues={"district": replace(league, rows=rows, median=None)}, bottom={})
    text = said(compose(snapshot, Office()), "ranking")
    assert "没有达到排名要求的单位。" in text and "等9个单位应办结不足30件" in text


def test_a_notice_counts_whom_it_does_not_concern_and_lists_them_not() -> None:
    month = tables_of(composed())["ranking.street.below"]
    asked = replace(invented.snapshot().asked, kind="notice", filters={"category": "01"})
    notice = composed(invented.changed(asked=asked))
    assert [row[-1] for row in month.rows] == ["990202004", "990207010", "990207011"]
    assert [row[-1] for row in tables_of(notice)["ranking.street.below"].rows] == ["990202004", "990207010"]
    assert "没有应办结案件，不参与排名" in said(notice, "ranking")


def test_all_tied() -> None:
    old = invented.snapshot()
    league = old.leagues["district"]
    rows = [replace(row, rank=1, tied=True, score=99.0, low=1, high=9) for row in league.rows]
    snapshot = replace(old, leagues={"district": replace(league, rows=rows)}, groups={}, counts={}, bottom={})
    text = said(compose(snapshot, Office()), "ranking")
    assert "9个单位得分均为99.00分，并列第1名。" in text


def test_many_share_a_place() -> None:
    old = invented.snapshot()
    league = old.leagues["street"]
    ranked = [row for row in league.rows if row.rank is not None]
    tied = [replace(row, rank=1, tied=True, score=100.0) for row in ranked[:40]]
    rest = [replace(row, rank=place, tied=False) for place, row in enumerate(ranked[40:], 41)]
    leagues = {"street": replace(league, rows=[*tied, *rest])}
    snapshot = replace(old, leagues=leagues, groups={}, counts={}, bottom={}, before_leagues={})
    text = said(compose(snapshot, Office()), "ranking")
    assert "等40个单位（并列第1名，100.00分），排名靠后的为" in text


def test_several_places_of_one_region_are_numbered() -> None:
    old = invented.snapshot()
    same = dict.fromkeys(("repeat.1", "repeat.3"), "高桥和平镇“暴露垃圾”")
    document = compose(replace(old, names=old.names | same), Office())
    names = [row[0] for row in tables_of(document)["repeats"].rows]
    assert names[0] == "高桥和平镇“暴露垃圾”（第1处）" and names[2] == "高桥和平镇“暴露垃圾”（第2处）"
    assert "处）" not in names[1] and f"{names[0]}（17件）" in said(document, "analysis")
    assert faults(document, replace(old, names=old.names | same)) == []


def test_a_level_without_units_is_not_told_of() -> None:
    """A city whose communities nobody imported is not told that none of them is good enough."""
    old = invented.snapshot()
    leagues = old.leagues | {"community": replace(old.leagues["community"], rows=[])}
    document = compose(replace(old, leagues=leagues), Office())
    assert "社区" not in said(document, "ranking") and "（三）责任单位排名。" in said(document, "ranking")
    assert "社区（村）应办结合计" not in [row[0] for row in tables_of(document)["checks"].rows]


def test_a_single_ranked_unit() -> None:
    old = invented.snapshot()
    league = old.leagues["district"]
    snapshot = replace(old, leagues={"district": replace(league, rows=league.rows[:1])}, groups={}, bottom={})
    assert "参与排名的只有临岚县，得分99.58分。" in (text := said(compose(snapshot, Office()), "ranking"))
    assert "与8月相比" not in text


def ranked_as(rows: Sequence[LeagueRow], spans: Sequence[tuple[int, int]], *changes: int | None) -> list[LeagueRow]:
    """Units in this order with these rank intervals, and what the league says of their movement."""
    told = zip(rows, spans, changes or [None] * len(rows), strict=True)
    return [
        replace(row, rank=rank, low=low, high=high, change=change, tied=False)
        for rank, (row, (low, high), change) in enumerate(told, 1)
    ]


def moves(now: Sequence[LeagueRow], then: Sequence[LeagueRow]) -> list[int | None]:
    league = invented.snapshot().leagues["district"]
    [group] = groups_in(replace(league, rows=[*now]), replace(league, rows=[*then]), {}, {}, None)
    return [one.moved for one in group.placed]


def test_who_is_excluded_or_new_moves_nobody_else() -> None:
    a, b, c, d, e = invented.snapshot().leagues["district"].rows[:5]
    sure = [(rank, rank) for rank in (1, 2, 3, 4)]
    then = ranked_as((a, b, c, d), sure)
    assert moves(ranked_as((a, c, d), sure[:3], None, 1, 1), then) == [None, None, None]
    assert moves(ranked_as((a, e, d, c), sure, None, None, 1, -1), then) == [None, None, 1, -1]
    assert moves(ranked_as((a, b, d, c), [(1, 1), (2, 2), (3, 4), (3, 4)]), then) == [None] * 4


def test_the_last_of_many_has_not_fallen_from_the_last_of_few() -> None:
    """Both periods have these three; nine more are new. c is last in both, its interval among the three is wide."""
    a, b, c, *_ = invented.snapshot().leagues["district"].rows
    new = [replace(a, place=replace(a.place, code=f"new{n}")) for n in range(6)]
    then = ranked_as((a, b, c), [(1, 1), (2, 3), (2, 3)])
    now = ranked_as((a, *new, c, b), [(1, 1), *[(2, 8)] * 6, (8, 9), (8, 9)], *[None] * 7, -5, -7)
    assert moves(now, then) == [None] * 9


def test_units_that_are_each_of_their_own_kind_are_ranked_as_one() -> None:
    old = invented.snapshot()
    alone = replace(old, groups={row.place.code: f"组{n}" for n, row in enumerate(old.leagues["district"].rows)})
    text = said(compose(alone, Office()), "ranking")
    assert "组1" not in text and "参与排名的只有" not in text


def test_a_level_of_many_groups_is_told_by_its_lead_and_its_annex() -> None:
    old = invented.snapshot()
    pairs = {row.place.code: f"第{n // 2}组" for n, row in enumerate(old.leagues["street"].rows)}
    many = compose(replace(old, leagues={"street": old.leagues["street"]}, groups=pairs, before_leagues={}), Office())
    assert "组排名" not in said(many, "ranking") and "详见附件1" in said(many, "ranking")
    assert sum(key.startswith("ranking.street.") for key in tables_of(many)) > 40


def test_nothing_to_complain_of() -> None:
    old = invented.snapshot()
    quiet = replace(
        without("category", "before.category", "repeat"), leagues={}, units=None, gaps=[], bottom={},
        lists=old.lists | {"crossing": []},
    )  # fmt: skip
    quiet = replace(quiet, facts=quiet.facts | {"list.crossing": Fact(0, "cases", 0)})
    assert issues(compose(quiet, Office())) == "按期办结率、群众满意率未低于目标，返工率、重办率与8月相比没有明显上升。"


def test_rates_below_their_targets_are_problems() -> None:
    office = parse_office("[thresholds]\non_time = 0.99\nsatisfaction = 0.995", "")
    text = issues(composed(office=office))
    assert "按期办结率98.58%，低于99%的目标，相差0.42个百分点。" in text
    assert "群众满意率99.29%，低于99.5%的目标，相差0.21个百分点。" in text


def test_rates_that_became_worse_are_problems() -> None:
    worse = with_facts(change__rework_rate=Fact(0.002, "points"), change__reopen_rate=Fact(0.002, "points"))
    text = issues(compose(worse, Office()))
    assert "返工率较8月上升0.20个百分点，返工58件" in text and "重办率较8月上升0.20个百分点，重办31件" in text


def test_corrections_and_restatements_are_listed() -> None:
    one = Correction("a1", "NC-7", "990201003", {"late": -1, "on_time": 1}, "系统故障，13800001111可证；属实")
    tables = tables_of(composed(invented.changed(corrections=[one])))
    assert tables["corrections"].rows[0][:3] == ["NC-7", "高桥和平镇", "超期改为按期"]
    assert "13800001111" not in str(tables["corrections"].rows)
    assert tables["restated"].rows == [["2026年8月", "按期办结率", "98.35%", "98.33%"]]


def test_titles_of_cases_are_masked() -> None:
    lists = {"overdue": [invented.case(1, "张三投诉，电话13812345678")]}
    old = invented.snapshot()
    snapshot = replace(old, lists=lists, facts=old.facts | {"list.overdue": Fact(1, "cases", 1)})
    assert "13812345678" not in str(tables_of(compose(snapshot, Office()))["list.overdue"].rows)


def test_a_list_that_was_cut_says_so() -> None:
    old = invented.snapshot()
    snapshot = replace(old, lists=old.lists | {"overdue": old.lists["overdue"][:20]})
    assert "下表列出20件，共45件，其余可在平台查询。" in said(composed(snapshot))
