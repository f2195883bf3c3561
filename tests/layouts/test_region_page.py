import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from dash import dcc, html
from dash.development.base_component import Component
from msgspec import structs

from dashboard.domain.indicators import INDICATORS
from dashboard.queries.drill_answers import Children, ChildRow
from dashboard.security.caller import DEMO, Caller
from layouts.address import Address, parse_address
from layouts.i18n import messages
from layouts.pages.region import heading_note, layout
from layouts.parts.chart import CROSS
from layouts.parts.children_table import GRID
from layouts.parts.periods import chosen, named_periods
from layouts.parts.region_map import breaks, options, shade
from layouts.parts.region_tiles import change_words, judged
from tests.layouts.invented_region import BREAKDOWN, HERE, NOW, STREETS, VIEW, ZONE, case, figures, league, row, view

READER = Caller("reader", "unit", frozenset({"read"}), HERE.code)
PLAIN = Address(region=HERE.code)


def walk(node: Any) -> Iterator[Component]:
    if isinstance(node, (list, tuple)):
        for child in node:
            yield from walk(child)
    elif isinstance(node, Component):
        yield node
        yield from walk(getattr(node, "children", None))


def words(node: Any) -> str:
    if isinstance(node, (list, tuple)):
        return "".join(words(child) for child in node)
    if isinstance(node, Component):
        return words(getattr(node, "children", None))
    return "" if node is None else str(node)


def classed(page: Component, name: str) -> list[Component]:
    return [node for node in walk(page) if name in (getattr(node, "className", None) or "").split()]


def one(page: Component, name: str) -> Component:
    (found,) = classed(page, name)
    return found


def links(page: Component) -> list[str]:
    return [node.href for node in walk(page) if isinstance(node, dcc.Link)]


def attribute(node: Component, name: str) -> Any:
    return node.to_plotly_json()["props"].get(name)


def page(query: str = "", caller: Caller = DEMO, **known: Any) -> Component:
    return layout(parse_address("/region", f"region={HERE.code}&{query}"), view(**known), caller)


@pytest.mark.parametrize("lang", ["", "lang=en"])
@pytest.mark.parametrize(
    "query", ["", "category=01&hour=07&weekday=3", "period=2026-10-01..2026-10-09", "shade=on_time_rate"]
)
def test_the_page_is_one_answer_in_every_language_and_state(lang: str, query: str) -> None:
    built = page(f"{query}&{lang}")
    assert json.dumps(built.to_plotly_json(), default=lambda node: node.to_plotly_json())
    ids = [str(node.id) for node in walk(built) if getattr(node, "id", None) is not None]
    assert len(ids) == len(set(ids))


def test_english_pages_hold_no_chinese_but_names_of_the_city() -> None:
    nobody = {"lines": VIEW.lines.__class__([], 0, None, VIEW.lines.as_of), "on_duty": []}
    text = words(page("lang=en", **nobody))
    for name in (
        "雁东镇",
        "滨湖街道",
        "站前街道",
        "市容环境",
        "暴露垃圾",
        "街面秩序",
        "网格员上报",
        "区消防救援大队",
        "警务网格",
        "驿站",
    ):
        text = text.replace(name, "")
    assert re.findall(r"[一-鿿]+", text) == []


def test_both_languages_have_the_same_words() -> None:
    ours = {lang: {key for key in messages(lang) if key.startswith("region.")} for lang in ("zh-CN", "en")}
    assert ours["zh-CN"] == ours["en"] and len(ours["en"]) > 100


def test_every_tile_shows_its_fraction_and_opens_its_definition() -> None:
    tile = one(page(), "kpi-on_time_rate")
    assert "99.06" in words(one(tile, "kpi-value"))
    assert "按期 2,102 / 应办结 2,122" in words(tile)
    card = words(one(tile, "definition-words"))
    assert "2,102 / 2,122" in card and "同批" in card and "10-20 17:52:08 · 序号 1,234,567" in card
    assert len(classed(page(), "definition")) == 7


def test_the_equation_shows_both_sides() -> None:
    text = words(one(page(), "balance"))
    assert text == "期初结转 28 + 受理 2,120 + 重办 3 = 办结 2,117 + 作废 3 + 期末在办 31"


def test_a_rate_over_nothing_is_a_dash_and_is_not_judged() -> None:
    kpis = VIEW.kpis
    unknown = kpis.__class__(
        kpis.region, kpis.period, kpis.first, kpis.last, kpis.as_of, figures(on_time_rate=None), {}, kpis.equation
    )
    tile = one(page(kpis=unknown), "kpi-on_time_rate")
    assert words(one(tile, "kpi-value")) == "—"
    assert "达标" not in words(tile)


def test_targets_are_judged_by_mark_and_word_and_only_a_miss_is_coloured() -> None:
    met, missed = judged("zh-CN", 0.98, 0.98), judged("zh-CN", 0.9799, 0.98)
    assert words(met) == "目标 ≥98% ✓ 达标" and not classed(met, "warn")
    assert words(missed) == "目标 ≥98% ◇ 未达标" and classed(missed, "warn")


@pytest.mark.parametrize(
    "key, kind, said",
    [
        ("on_time_rate", "before", "环比 ▼ 0.25 个百分点"),
        ("accepted", "before", "环比 ▲ 87 件"),
        ("on_time_rate", "year", "同比 —"),
        ("satisfaction", "before", "环比 —"),
    ],
)
def test_comparisons_in_percentage_points_or_cases(key: str, kind: str, said: str) -> None:
    assert change_words("zh-CN", VIEW.change(key, kind), kind) == said


def test_the_rank_is_shown_only_beside_its_peers() -> None:
    assert words(one(one(page(), "kpi-rank"), "kpi-main")).replace(" ", "") == "4/2"
    assert classed(page(peers=None), "kpi-rank") == []


def test_where_nothing_is_ranked_the_tile_says_why_and_counts_nothing() -> None:
    below = league("district", [row(HERE, None, reason="few", score=None, change=None, small=True)])
    tile = one(page(peers=below), "kpi-rank")
    assert words(one(tile, "kpi-main")) == "—"
    assert "应办结少于 30 件" in words(tile) and "样本少" not in words(tile) and "升降" not in words(tile)


def test_shares_of_the_regions_below_are_told_in_percent() -> None:
    share = f"{words(one(one(page(), 'kpi-on_time_rate'), 'kpi-value'))}%"
    rows = words(one(page(league=None), "card-children-list"))
    assert rows.count(share) == len(STREETS)
    unknown = Children("street", VIEW.kpis.as_of, [ChildRow(STREETS[0], figures(on_time_rate=None))])
    assert "—%" not in words(one(page(league=None, children=unknown), "card-children-list"))


def test_live_keys_stand_only_where_the_figures_are_live() -> None:
    def keys(built: Component) -> set[str]:
        return {key for node in walk(built) if (key := attribute(node, "data-live"))}

    stocks = {"open", "overdue", "due_soon", "supervised", "suspended", "online", "moving", "still", "silent"}
    assert keys(page()) == stocks
    assert keys(page("period=2026-10-20")) == stocks | {"accepted_today"}
    assert keys(page(live=False)) == set()


def test_a_filter_does_not_reach_workers_and_the_page_says_so() -> None:
    kpis = VIEW.kpis
    unknown = dict.fromkeys(("workers_online", "moving", "still", "silent"))
    filtered = kpis.__class__(
        kpis.region, kpis.period, kpis.first, kpis.last, kpis.as_of, figures(**unknown), {}, kpis.equation
    )
    built = page("category=01", kpis=filtered)
    tile = one(built, "kpi-workers_online")
    assert words(one(tile, "kpi-value")) == "40" and "/ 60" in words(tile)
    assert "不受筛选影响" in words(tile) and "不受筛选影响" in words(one(built, "card-on-duty"))
    assert "不受筛选影响" not in words(page())


def test_each_filter_in_force_is_a_chip_that_takes_only_itself_away() -> None:
    built = page("category=01&hour=07&weekday=3&lang=en")
    texts = [words(chip) for chip in classed(built, "chip")]
    assert (
        [text for text in texts if "市容环境" in text]
        and any("7:00" in text for text in texts)
        and any("Wed" in text for text in texts)
    )
    crosses = [parse_address("/region", node.href.split("?")[1]) for node in classed(built, "chip-clear")]
    assert [(found.category, found.hour, found.weekday) for found in crosses] == [
        ("", "07", "3"),
        ("01", "", "3"),
        ("01", "07", ""),
    ]
    assert one(built, "clear-all").href == f"/region?region={HERE.code}&lang=en"


def test_the_choice_in_force_is_no_link() -> None:
    menu = one(page("category=02"), "menu-category")
    assert [words(node) for node in classed(menu, "choice") if not isinstance(node, dcc.Link)] == ["街面秩序"]
    assert [words(node) for node in classed(menu, "deep")] == ["暴露垃圾"]


def test_periods_are_written_out_in_the_zone_of_the_office() -> None:
    assert named_periods(NOW, ZONE) == {
        "today": "2026-10-20",
        "month": "2026-10",
        "last_month": "2026-09",
        "quarter": "2026-Q4",
        "year": "2026",
    }
    new_year = 1_767_195_000_000  # 2025-12-31 15:30 UTC: still 2025 in London, 2025-12-31 23:30 in Shanghai
    assert named_periods(new_year, ZONE)["month"] == "2025-12"
    assert named_periods(new_year + 3_600_000, ZONE)["last_month"] == "2025-12"
    assert [chosen(text, NOW, ZONE) for text in ("", "2026-10", "2026-09", "2026-10-01..2026-10-02")] == [
        "month",
        "month",
        "last_month",
        "custom",
    ]


def test_the_form_of_dates_keeps_the_rest_of_the_address() -> None:
    form = one(page("period=2026-10-03..2026-10-09&category=01&lang=en"), "period-form")
    sent = {node.name: node.value for node in walk(form) if isinstance(node, dcc.Input)}
    assert sent == {"region": HERE.code, "category": "01", "lang": "en", "from": "2026-10-03", "to": "2026-10-09"}


def test_the_map_slot_says_what_the_browser_needs() -> None:
    (slot,) = [node for node in walk(page("shade=on_time_rate&layers=police")) if attribute(node, "data-part") == "map"]
    told = json.loads(attribute(slot, "data-options"))
    assert (told["region"], told["level"], told["layers"]) == (HERE.code, "street", ["police"])
    assert set(told["shade"]["values"]) == {place.code for place in STREETS} and told["shade"]["unit"] == "%"
    assert "region=CODE" in told["href"] and "shade=on_time_rate" in told["href"]


def test_a_unit_has_a_map_of_regions_alone() -> None:
    unit = page(caller=READER)
    assert '"live": false' in attribute(classed(unit, "map-slot")[0], "data-options")
    assert "辖区地图" in words(one(unit, "card-map")) and not classed(unit, "map-key")
    assert '"live": true' in attribute(classed(page(), "map-slot")[0], "data-options") and classed(page(), "map-key")


def test_layers_that_do_not_exist_are_not_asked_for() -> None:
    told = options(Address(layers="police,nonsense"), VIEW)
    assert told["layers"] == ["police"]


def test_classes_of_the_shading_cut_where_values_differ() -> None:
    assert breaks([]) == [] and breaks([3, 3, 3]) == []
    assert breaks([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]) == [3, 5, 7, 9]
    assert breaks([0, 0, 0, 0, 9]) == [9]
    assert shade("zh-CN", "open", VIEW.children.rows)["values"] == {place.code: n for n, place in enumerate(STREETS)}


def test_every_indicator_can_colour_the_map_and_stands_in_the_table_of_regions() -> None:
    built = page()
    shades = {parse_address("/region", href.split("?")[1]).shade for href in links(one(built, "menu-shade"))}
    (grid,) = [node for node in walk(built) if isinstance(getattr(node, "id", None), dict) and node.id["type"] == GRID]
    assert shades == {known.key for known in INDICATORS}
    assert {column["field"] for column in grid.columnDefs} == shades | {"name"}
    assert grid.rowData[0]["on_time_rate"] == pytest.approx(99.0575, abs=1e-3)
    assert grid.rowData[0]["text_on_time_rate"] == "99.06"
    assert parse_address("/region", grid.rowData[0]["href"].split("?")[1]).region == STREETS[0].code


def test_files_are_offered_to_those_who_may_take_them() -> None:
    def offered(caller: Caller) -> set[str]:
        return {node.href.split("?")[0] for node in walk(page(caller=caller)) if isinstance(node, html.A)}

    assert offered(DEMO) == {"/export/cases.csv", "/export/cases.xlsx", "/export/children.csv", "/export/children.xlsx"}
    assert offered(READER) == set()


def test_a_worker_is_a_link_only_for_those_who_may_open_a_day() -> None:
    def days(caller: Caller) -> list[str]:
        return [href for href in links(one(page(caller=caller), "card-on-duty")) if href.startswith("/worker")]

    assert len(days(DEMO)) == 50 and days(READER) == []


def test_fifty_workers_then_all_and_nobody_off_duty() -> None:
    def listed(query: str) -> int:
        return len([node for node in walk(one(page(query), "worker-list")) if isinstance(node, html.Tr)]) - 1

    assert listed("") == 50 and listed("view=workers") == 60


def test_the_analysis_says_how_far_it_is_prepared() -> None:
    assert "43%" in words(one(page(breakdown=None, prepared=0.43), "card-analysis"))
    assert "99%" in words(one(page(breakdown=None, prepared=0.999), "card-analysis"))


def test_only_a_page_that_waits_for_the_analysis_asks_for_it() -> None:
    def waiting(built: Component) -> list[Component]:
        return [node for node in walk(built) if attribute(node, "data-part") == "prepared"]

    assert len(waiting(page(breakdown=None, prepared=0.43))) == 1 and waiting(page()) == []


def test_a_region_whose_cases_are_all_closed_is_not_said_to_have_none() -> None:
    told = words(one(page(lines=VIEW.lines.__class__([], 0, None, VIEW.lines.as_of)), "card-cases"))
    assert "没有在办案件" in told and "没有案件" not in told


def test_what_is_being_prepared_is_not_said_to_be_nothing() -> None:
    built = page(breakdown=None, prepared=0.43, lines=VIEW.lines.__class__([], 0, None, VIEW.lines.as_of))
    for card in ("card-cases", "card-supervised"):
        told = words(one(built, card))
        assert "准备中" in told and "没有" not in told and "0 件" not in told
    assert classed(page(breakdown=None), "chart") == []


def test_marks_of_charts_carry_the_address_and_the_tables_the_same_links() -> None:
    built = page("category=01")
    graphs = {
        node.id["name"]: node.figure for node in walk(built) if isinstance(node, dcc.Graph) and node.id["type"] == CROSS
    }
    assert set(graphs) == {"funnel", "trend", "heat", "category", "channel", "weekday"}
    chosen_again, other = graphs["category"].data[0].customdata
    assert "category" not in chosen_again and "category=02" in other
    assert graphs["channel"].data[0].customdata[-1] == ""
    assert "period=2026-10-01" in graphs["trend"].data[0].customdata[0]
    assert "hour=05&weekday=3" in graphs["heat"].data[0].customdata[2][5]
    assert set(graphs["category"].data[0].customdata) <= set(links(one(built, "chart-category")))


def test_the_funnel_says_what_it_leaves_out_of_the_accepted() -> None:
    whole = BREAKDOWN.funnel[0].n
    hours = [BREAKDOWN.hours[0].__class__("09", "09", "09", whole + 68)]
    told = words(one(page(breakdown=structs.replace(BREAKDOWN, hours=hours)), "chart-funnel"))
    assert "受理后作废的 68 件不计入" in told
    hours = [BREAKDOWN.hours[0].__class__("09", "09", "09", whole)]
    assert "作废" not in words(one(page(breakdown=structs.replace(BREAKDOWN, hours=hours)), "chart-funnel"))


def test_nothing_below_and_no_cases_are_said() -> None:
    empty = BREAKDOWN.__class__(BREAKDOWN.as_of, [], [], [], [], [], [], [], [[0] * 24] * 7, [])
    built = page(breakdown=empty, children=VIEW.children.__class__("", VIEW.children.as_of, []), league=None)
    assert words(built).count("本周期没有符合条件的案件") == 8
    assert classed(built, "card-children-list") == [] and classed(built, "card-children") == []
    assert one(one(built, "region-main"), "card-on-duty") is one(built, "card-on-duty")


def test_an_empty_list_offers_to_clear_filters_only_where_there_are_some() -> None:
    none = VIEW.lines.__class__([], 0, None, VIEW.lines.as_of)
    assert "清除筛选" not in words(one(page(lines=none), "card-cases"))
    assert "清除筛选" in words(one(page("category=01", lines=none), "card-cases"))


def test_a_list_that_does_not_hold_everybody_does_not_say_all() -> None:
    known = {"moving": 2000.0, "still": 1200.0, "silent": 13.0}
    more = words(one(page(kpis=structs.replace(VIEW.kpis, figures=figures(**known))), "more"))
    assert more == "查看前 60 人"
    assert words(one(page(kpis=structs.replace(VIEW.kpis, figures=[])), "more")) == "查看全部 60 人"


def test_english_pages_name_places_units_and_categories_in_english() -> None:
    line = case(1, places_en=["Zhanqian Street", "Zhanbei"], category_en="Safety hazards", unit_en="Fire Brigade")
    built = page("lang=en", lines=VIEW.lines.__class__([line], 1, None, VIEW.lines.as_of), supervised=[line])
    for card in ("card-cases", "card-supervised"):
        assert "Zhanqian Street Zhanbei" in words(one(built, card)) and "Fire Brigade" in words(one(built, card))
    assert "Safety hazards" in words(one(built, "card-cases"))


def test_where_nobody_is_ranked_the_regions_stand_in_their_own_order() -> None:
    below = league("street", [row(place, None, reason="few") for place in reversed(STREETS)])
    for known in (None, below):
        built = one(page(league=known), "card-children-list")
        named = [words(node) for node in walk(built) if isinstance(node, dcc.Link)]
        assert named == [place.name for place in STREETS]
    assert classed(page(), "card-children-list") == []


def test_the_phone_sees_first_what_needs_attention() -> None:
    card = one(page(), "card-attention")
    assert words(one(card, "attention-number")) == "5" and "state=overdue" in links(card)[0]
    (line,) = classed(one(page(supervised=[case(11)]), "card-supervised"), "line")
    assert "0011" in line.href
    assert "没有督办案件" in words(one(page(), "card-supervised"))


def test_what_citizens_wrote_stays_text() -> None:
    evil = "<img src=x onerror=alert(1)>[a](javascript:x)"
    built = page(lines=VIEW.lines.__class__([case(1, title=evil)], 1, None, VIEW.lines.as_of))
    assert evil in words(built)
    assert not [node for node in walk(built) if isinstance(node, (dcc.Markdown, html.Iframe, html.Script))]


def test_how_much_lies_below() -> None:
    assert heading_note("zh-CN", VIEW) == "17 个乡镇（街道） · 175 个社区（村） · 网格员 880 人"
    few = view(counts=[("street", 1), ("community", 1), ("grid", 2)], workers=1)
    assert heading_note("en", few) == "1 street · 1 community · 2 grids · 1 worker"
