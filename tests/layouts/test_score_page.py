import json

import msgspec
import pytest
from dash.development.base_component import Component
from plotly.utils import PlotlyJSONEncoder

from dashboard.domain.explain import earned
from dashboard.domain.ranking import DEFAULT
from dashboard.queries.answers import AsOf, Place
from dashboard.queries.drill_answers import CaseLine
from dashboard.queries.score_answers import (
    CaseMover,
    Explanation,
    League,
    LeagueRow,
    ModelInfo,
    Mover,
    TermPart,
    WhatIf,
)
from dashboard.security.caller import DEMO, Caller
from layouts.address import RANKING, REGION, SCORE, Address
from layouts.figures import waterfall
from layouts.i18n import LANGUAGES, Lang
from layouts.pages import ranking, score
from layouts.parts.league import league_panel
from layouts.parts.score_movers import signed
from tests.domain.test_explain import UNIT

AS_OF = AsOf(912, 1_792_230_600_000)
MODELS = [ModelInfo("outcomes", "3", "办理结果", "Outcomes"), ModelInfo("patrol", "1", "巡查处置法", "Patrol")]
DISTRICT = Place("d1", "雁湖区", "Yanhu", "district", "c")
EVIL = "<img src=x onerror=alert(1)>](javascript:alert(1))"


def row(code: str, name: str, rank: int | None = 1, **more: object) -> LeagueRow:
    plain = LeagueRow(
        Place(code, name, f"Street {code}", "street", "d1"), DISTRICT, rank, False, False, "", rank, rank, None, 90.0,
        141, 0.9433, 0.9858, 0.01, 0.0, 0.9655, 87, 0,
    )  # fmt: skip
    return msgspec.structs.replace(plain, **more)


ROWS = [
    row("s1", "雁东镇", 1, low=1, high=4, change=7, score=98.47),
    row("s2", "滨湖街道", 2, tied=True, small=True, change=-6, score=91.0, overdue=2),
    row("s3", "站前街道", None, reason="few", score=None, due=12),
    row("s4", "南关街道", None, reason="excluded", note="防汛", score=None),
]


def league(rows: list[LeagueRow] = ROWS) -> League:
    return League("street", "2026-10", "c", MODELS[0], MODELS, 30, 100, 89.51, AS_OF, rows)


def explained(**more: object) -> Explanation:
    parts = [
        TermPart(
            one.term.key, one.term.zh, one.term.en, one.n, one.d, one.term.inverted, one.missing,
            float(one.term.weight), one.weight / 100, one.points / 100, (one.weight - one.points) / 100, 3,
            one.term.definition_zh, one.term.definition_en,
        )
        for one in earned(UNIT, DEFAULT)
    ]  # fmt: skip
    case = CaseLine(
        "YH-1", "楼道飞线充电", "open", 2, "s1", ["雁东镇"], "0203", "消防", "hotline", "u", "消防大队", 1, None, None,
        AS_OF.time - 49 * 3_600_000, True, False, True, None,
    )  # fmt: skip
    plain = Explanation(
        ROWS[0].place, DISTRICT, "2026-10", AS_OF, MODELS[0], MODELS,
        row("s1", "雁东镇", 102, low=98, high=104, score=sum(part.points for part in parts)), 105, 89.51,
        row("s1", "雁东镇", 104, score=62.09), "2026-09", parts,
        [Mover(Place("m1", "站北社区", "North", "community", "s1"), 60, 91.5, -1.25)],
        [CaseMover(case, ["overdue"], -2.13, True)], 5.25,
        [WhatIf("overdue", 2, 2.13, 93.5, 101), WhatIf("in_time", 7, 2.5, 93.87, None)],
    )  # fmt: skip
    return msgspec.structs.replace(plain, **more)


def drawn(component: Component) -> str:
    return json.dumps(component.to_plotly_json(), cls=PlotlyJSONEncoder, ensure_ascii=False)


def at(path: str, lang: Lang = "zh-CN", **fields: str) -> Address:
    return Address(path, lang="en" if lang == "en" else "", **fields)


def test_the_page_says_score_rank_interval_before_and_median() -> None:
    page = drawn(score.layout(at(SCORE), explained(), DEMO))
    for words in ("102", "/ 105", "可能在第 98–104 名", "62.09", "第 104 名", "89.51", "名次变化在误差范围内"):
        assert words in page
    assert "其中 4.50 分来自按期办结率（90 / 100）" in page


def test_terms_show_weight_fraction_and_points_that_sum() -> None:
    told = explained()
    page = drawn(score.layout(at(SCORE), told, DEMO))
    for part in told.parts:
        assert f"{part.n} / {part.d}" in page and f"{part.points:.2f}" in page
    assert f"{told.row.score:.2f}" in page and "100%" in page


def test_cases_and_chances_are_told_with_their_points() -> None:
    page = drawn(score.layout(at(SCORE), explained(), DEMO))
    for words in ("YH-1", "楼道飞线充电", "超 2天1时", "−2.13", "超期未结，督办", "2 件超期案件今日办结", "+2.13"):
        assert words in page
    assert "并且 7 件未到期的案件按期办结" in page and "5.25 分不能挽回" in page and "申请复核" in page


def test_a_unit_without_cases_has_no_waterfall() -> None:
    none = row("s1", "雁东镇", None, reason="none", score=None, due=0)
    page = drawn(score.layout(at(SCORE), explained(row=none, parts=[], cases=[], what_if=[], before=None), DEMO))
    assert "没有应办结的案件" in page and "上期没有得分" in page and "score-waterfall" not in page


def test_a_unit_below_the_line_keeps_its_score_and_says_why_it_has_no_rank() -> None:
    few = row("s1", "雁东镇", None, reason="few", small=True, score=91.5, due=12)
    page = drawn(score.layout(at(SCORE), explained(row=few), DEMO))
    assert "91.50" in page and "应办结 12 件，少于 30 件，得分仅供参考" in page and "league-tag" not in page
    out = msgspec.structs.replace(few, reason="excluded", note="防汛")
    assert "不列名次：防汛" in drawn(score.layout(at(SCORE), explained(row=out), DEMO))


def test_models_are_links_and_the_default_needs_no_name() -> None:
    page = drawn(score.layout(at(SCORE, region="s1", model="patrol"), explained(model=MODELS[1]), DEMO))
    assert '"/score?region=s1"' in page
    assert '"/score?region=s1&model=patrol"' not in page


def test_exports_are_for_those_who_may() -> None:
    blind = Caller("li", "leader", frozenset({"read"}))
    for page in (
        lambda caller: score.layout(at(SCORE), explained(), caller),
        lambda caller: ranking.layout(at(RANKING), league(), caller),
    ):
        for file in ("/export/", '"data-part": "png"'):
            assert file in drawn(page(DEMO)) and file not in drawn(page(blind))


def test_score_and_ranking_say_up_to_which_event_they_count() -> None:
    """What a picture of them is signed with."""
    for page in (score.layout(at(SCORE), explained(), DEMO), ranking.layout(at(RANKING), league(), DEMO)):
        (cut,) = [part for part in page._traverse() if "as-of" in (getattr(part, "className", "") or "").split()]
        assert cut.children.endswith("· 序号 912")


def test_the_grid_carries_numbers_to_sort_and_texts_to_read() -> None:
    page = ranking.layout(at(RANKING), league(), DEMO)
    (grid,) = [part for part in page._traverse() if getattr(part, "id", "") == ranking.GRID]
    first, second = grid.rowData
    assert (first["rank"], first["text_rank"], first["text_change"]) == (1, "1 (1–4)", "▲7")
    assert (second["text_rank"], second["text_change"]) == ("2 并列", "▼6")
    assert second["link"] == "[滨湖街道](/score?region=s2) 样本少"
    assert (first["on_time"], first["text_on_time"]) == (pytest.approx(94.33), "94.33%")
    assert first["text_satisfaction"] == "96.55% (87)"
    assert first["link"] == "[雁东镇](/score?region=s1)"
    assert not getattr(grid, "dangerously_allow_code", False)


def test_units_below_the_line_stand_apart_with_their_reason() -> None:
    page = drawn(ranking.layout(at(RANKING), league(), DEMO))
    assert "应办结少于 30 件" in page and "防汛" in page
    assert "本周期尚无数据" in drawn(ranking.layout(at(RANKING), league([]), DEMO))


def test_a_name_is_never_markdown() -> None:
    page = ranking.layout(at(RANKING), league([row("s1", EVIL)]), DEMO)
    (grid,) = [part for part in page._traverse() if getattr(part, "id", "") == ranking.GRID]
    assert grid.rowData[0]["link"].startswith(r"[\<img src=x onerror=alert\(1\)\>\]\(javascript")


def test_the_panel_links_names_and_ranks_and_draws_a_far_fall_in_amber() -> None:
    page = drawn(league_panel(at(REGION, region="d1", category="02"), league(), "zh-CN", limit=3))
    assert '"/region?region=s1&category=02"' in page and '"/score?region=s1"' in page
    assert page.count('"warn"') == 1 and "南关街道" not in page
    assert '"/ranking?region=c&level=street"' in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_languages_are_complete(lang: Lang) -> None:
    told = explained()
    page = drawn(score.layout(at(SCORE, lang), told, DEMO)) + drawn(ranking.layout(at(RANKING, lang), league(), DEMO))
    assert score.heading(lang, told) and score.crumbs(at(SCORE, lang), told)
    assert score.heading_note(lang, told, "Asia/Shanghai") and ranking.heading(lang, league())
    if lang == "en":
        chinese = {sign for sign in page if "一" <= sign <= "鿿"}
        assert chinese <= set("楼道飞线充电防汛"), chinese


@pytest.mark.parametrize(
    ("points", "printed"), [(-2.126, "−2.13"), (0.5, "+0.50"), (0, "0.00"), (-0.098, "−0.10"), (-0.00051, "−0.0005")]
)
def test_points_keep_their_sign_and_never_read_nothing(points: float, printed: str) -> None:
    assert signed(points) == printed


def test_the_waterfall_goes_down_to_the_score() -> None:
    steps = [waterfall.Step("a", 8.51, "−8.51"), waterfall.Step("b", 6.9, "−6.90"), waterfall.Step("c", 0.0, "0.00")]
    figure = waterfall.figure(steps, 84.59, 89.51, waterfall.Words("满分", "得分", "84.59", "中位 89.51"))
    long = waterfall.figure([waterfall.Step("群众满意率  权重 20", 1, "")], 99, None, waterfall.Words("", "", ""))
    assert long.layout.margin.l > 13 * 9 and figure.layout.margin.l < long.layout.margin.l, "words of rows have room"
    bars = figure.data[0]
    start = waterfall.axis_start(84.59)
    assert bars.base[1] == pytest.approx(91.49) and bars.base[2] == bars.base[3] == pytest.approx(84.59)
    assert start + bars.x[-1] == pytest.approx(84.59)
    assert [note.text for note in figure.layout.annotations][-1] == "中位 89.51"
    assert figure.layout.xaxis.tickangle == 0 and figure.layout.xaxis.nticks <= 4, "on a telephone 150 px wide"


@pytest.mark.parametrize(("lowest", "start"), [(99.9, 98), (98.2, 95), (91, 80), (67.04, 60), (3, 0)])
def test_the_axis_leaves_room_for_the_last_number(lowest: float, start: int) -> None:
    assert waterfall.axis_start(lowest) == start
