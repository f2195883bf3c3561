import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from dashboard.queries.answers import AsOf
from dashboard.queries.case_answers import CaseView, DeadlineChange, Entry, Pause, StageSpan
from dashboard.queries.drill_answers import CaseLine, CaseLines, Hit
from layouts import theme
from layouts.address import parse_address
from layouts.figures.stages import Labels, axis, counted, figure
from layouts.i18n import LANGUAGES, Lang, messages
from layouts.pages import case, cases
from layouts.parts.case_distance import from_scene
from layouts.parts.case_marks import limit_standing
from layouts.parts.case_table import case_table
from layouts.parts.case_words import HOUR, MINUTE, countdown, length, stamp

ZONE = "Asia/Shanghai"
START = 1_792_375_200_000  # 2026-10-19 10:00 in Shanghai
ASSETS = Path(__file__).parent.parent.parent / "assets"


def at(minutes: float) -> int:
    return START + round(minutes * MINUTE)


LINE = CaseLine(
    "YH20261019-0058", "小游园外占道经营", "closed", 4, "r1", ["苗圃路街道", "苗圃社区"], "0301", "占道经营", "hotline",
    "u1", "执法中队", at(9), at(278), at(304), at(386), False, False, False, 3,
)  # fmt: skip
VIEW = CaseView(
    as_of=AsOf(9, at(500)), line=LINE, crumbs=[("c", "宁川市"), ("s1", "苗圃路街道")], kind="event", urgency="normal",
    tags=[], address="苗圃路***", text="<b>占道</b>", reporter="刘**", phone="138****2207", lon=113.6, lat=34.7,
    clock="work", urged=0, reworked=False, reopened=False,
    stages=[
        StageSpan("accepting", at(2), at(9), "natural", 7, None, None),
        StageSpan("dispatching", at(9), at(26), "work", 17, None, None),
        StageSpan("handling", at(26), at(278), "work", 132, 240, at(386)),
        StageSpan("checking", at(278), at(304), "work", 26, None, None),
        StageSpan("rating", at(304), at(340), "natural", 36, None, None),
    ],
    deadlines=[DeadlineChange(at(26), None, at(386), "dispatched")], pauses=[], off_hours=[(at(120), at(240))],
    entries=[
        Entry(1, at(2), at(2), "case.reported", "/hotline", "", "", True, [("title", "占道"), ("crs", "wgs84")]),
        Entry(2, at(9), at(20), "case.accepted", "/platform", "陈**", "", True, []),
        Entry(3, at(12), at(12), "case.accepted", "/platform", "", "", False, []),
        Entry(
            4, at(278), at(278), "case.handled", "/platform", "", "执法中队", True, [("unit", "执法中队")],
            unit_en="Enforcement Squad",
        ),
        Entry(5, at(304), at(304), "case.checked", "/platform", "", "", True, [("passed", "true")]),
    ],
    near=[LINE], same_kind=[], masked=True,
)  # fmt: skip
LINES = CaseLines([LINE], 1234, "next-page", AsOf(9, at(500)))


def nodes(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for child in node for found in nodes(child)]
    if not isinstance(node, dict) or "props" not in node:
        return []
    return [node, *nodes(node["props"].get("children"))]


def tree(component: Any) -> list[dict[str, Any]]:
    return nodes(json.loads(json.dumps(component.to_plotly_json(), default=lambda c: c.to_plotly_json())))


def words(found: list[dict[str, Any]]) -> str:
    texts: list[str] = []
    for node in found:
        children = node["props"].get("children")
        parts = children if isinstance(children, list) else [children]
        texts += [part for part in parts if isinstance(part, str)]
    return "\n".join(texts)


def page(view: CaseView = VIEW, lang: str = "") -> list[dict[str, Any]]:
    return tree(case.layout(parse_address("/case", {"id": view.line.id, "lang": lang}), view, ZONE))


def listed(lines: CaseLines = LINES, **query: str) -> list[dict[str, Any]]:
    return tree(cases.layout(parse_address("/cases", query), lines))


def hrefs(found: list[dict[str, Any]]) -> list[str]:
    return [node["props"]["href"] for node in found if "href" in node["props"]]


def test_the_page_says_where_the_case_stands_and_how_long_it_took() -> None:
    said = words(page())
    for expected in ("已办结", "按期", "5 时 02 分", "刘** 138****2207", "姓名按权限脱敏", "执法中队", "“<b>占道</b>”"):
        assert expected in said
    chips = {node["props"]["className"] for node in page() if "chip" in str(node["props"].get("className"))}
    assert not [name for name in chips if "crit" in name or "warn" in name or "dub" in name]


def test_every_event_is_a_row_with_its_lateness_and_whether_it_counted() -> None:
    found = page()
    rows = [node["props"].get("className") for node in found if node["type"] == "Tr"]
    assert rows.count("case-idle") == 1
    said = words(found)
    assert said.count("未计入") == 1
    assert said.count("收到，晚") == 1 and "10-19 10:20 收到，晚 11 分" in said
    assert "核查通过" in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_ids_are_unique_and_related_cases_are_linked_in_the_same_language(lang: Lang) -> None:
    found = page(lang="en" if lang == "en" else "")
    ids = [str(node["props"]["id"]) for node in found if "id" in node["props"]]
    assert [name for name, n in Counter(ids).items() if n > 1] == []
    suffix = "&lang=en" if lang == "en" else ""
    assert f"/case?id=YH20261019-0058{suffix}" in hrefs(found)


def test_the_unit_of_a_step_has_its_name_in_the_language_of_the_page() -> None:
    assert "Enforcement Squad" in words(page(lang="en")) and "Enforcement Squad" not in words(page())


def placed(seq: int, lon: str, source: str = "/a", crs: str = "") -> Entry:
    details = [("lon", lon), ("lat", "34.7"), *([("crs", crs)] if crs else [])]
    type_ = "case.accepted" if seq == 1 else "case.handled"
    return Entry(seq, at(seq), at(seq), type_, source, "", "", True, details)


def test_the_distance_from_the_scene_is_told_only_in_the_same_coordinates() -> None:
    scene, near = placed(1, "113.6"), placed(2, "113.6001")
    assert from_scene([scene, near], scene) is None
    assert from_scene([scene, near], near) == 9
    assert from_scene([scene, near], placed(3, "113.6001", source="/b")) is None
    assert from_scene([scene, near], placed(3, "113.6001", crs="gcj02")) is None
    assert from_scene([placed(1, "113.6", crs="gcj02")], placed(3, "113.6001", "/b", "gcj02")) == 9
    assert from_scene([scene], VIEW.entries[0]) is None
    view = msgspec.structs.replace(VIEW, entries=[scene, near])
    assert "距案发点 9 米" in words(page(view))


def test_both_languages_have_the_same_words() -> None:
    chinese, english = (json.loads((ASSETS / "i18n" / f"case.{lang}.json").read_text("utf-8")) for lang in LANGUAGES)
    assert chinese.keys() == english.keys()
    assert all(key.startswith("case.") for key in chinese)
    assert not [
        key for key, message in english.items() if re.search("[\u4e00-\u9fff]", json.dumps(message, ensure_ascii=False))
    ]
    holes = re.compile(r"\{\w+\}")
    assert not [
        key for key in chinese if set(holes.findall(str(chinese[key]))) != set(holes.findall(str(english[key])))
    ]


def test_the_english_page_is_english_but_for_what_people_wrote() -> None:
    told = {"苗圃路***", "“<b>占道</b>”", "刘** 138****2207", "小游园外占道经营", "占道", "执法中队", "陈**"}
    said = {text.strip() for text in words(page(lang="en")).splitlines()}
    chinese = {text for text in said if re.search("[\u4e00-\u9fff]", text)} - told
    assert chinese <= {"占道经营 / Event", "苗圃路街道 苗圃社区"}


def test_a_case_of_every_state_has_a_page() -> None:
    empty = msgspec.structs.replace(
        VIEW,
        line=msgspec.structs.replace(LINE, state="unaccepted", stage=0, accepted_at=None, deadline=None),
        stages=[], entries=[], near=[], lon=None, lat=None, masked=False, deadlines=[],
    )  # fmt: skip
    said = words(page(empty))
    for expected in ("待受理", "还没有进入任何阶段", "没有坐标", "没有时限", "附近没有其他案件"):
        assert expected in said
    assert "姓名按权限脱敏" not in said


def test_the_place_is_told_to_the_browser_as_json() -> None:
    slot = next(node["props"] for node in page() if node["props"].get("data-part") == "case-map")
    assert json.loads(slot["data-options"]) == {
        "lon": 113.6, "lat": 34.7, "region": "r1", "state": "closed", "lang": "zh-CN",
    }  # fmt: skip


def bars(view: CaseView, name: str) -> list[tuple[float, str, float]]:
    trace = next(trace for trace in figure(view, Labels([""] * 5), ZONE).data if trace.name == name)
    return list(zip(trace.y, trace.base, (x / MINUTE for x in trace.x), strict=True))


def test_bars_leave_out_the_time_that_does_not_count() -> None:
    handling = [bar for bar in bars(VIEW, "taken") if bar[0] == 2]
    assert handling == [(2, "2026-10-19 10:26:00", 94.0), (2, "2026-10-19 14:00:00", 38.0)]
    assert bars(VIEW, "late") == []
    frames = figure(VIEW, Labels([""] * 5), ZONE).layout.shapes
    assert [(frame.x0, frame.x1, frame.line.dash) for frame in frames] == [
        ("2026-10-19 10:26:00", "2026-10-19 16:26:00", "dash")
    ]


def test_time_behind_the_limit_is_drawn_apart_and_loops_share_a_row() -> None:
    loops = [
        StageSpan("handling", at(0), at(60), "natural", 60, 100, at(100)),
        StageSpan("checking", at(60), at(80), "natural", 20, None, None),
        StageSpan("handling", at(80), None, "natural", 100, 20, at(100)),
    ]
    view = msgspec.structs.replace(
        VIEW, stages=loops, clock="natural", off_hours=[], as_of=AsOf(1, at(200)), pauses=[Pause(at(120), at(140), "")]
    )
    assert [(y, x) for y, _, x in bars(view, "taken")] == [(2, 60), (3, 20), (2, 20)]
    assert [(y, x) for y, _, x in bars(view, "late")] == [(2, 20), (2, 60)]
    dotted = [trace for trace in figure(view, Labels([""] * 5), ZONE).data if trace.name == "not_counted"]
    assert [list(trace.x) for trace in dotted] == [["2026-10-19 12:00:00", "2026-10-19 12:20:00"]]


def test_a_limit_far_away_does_not_squeeze_what_happened() -> None:
    far = [StageSpan("handling", at(0), at(120), "natural", 120, 90_000, at(90_000))]
    assert axis(far, at(200)) == (at(0), at(360))


def test_what_is_left_of_a_span() -> None:
    assert counted((0, 10), [(8, 20), (2, 3), (2, 4)]) == [(0, 2), (4, 8)]
    assert counted((0, 10), [(-5, 12)]) == []
    assert counted((5, 5), []) == []


def test_the_figure_uses_tokens_of_the_light_theme_only() -> None:
    light = {token["value"].upper() for token in theme.TOKENS["color"]["light"].values()}
    used = re.findall(r"#[0-9A-Fa-f]{6}\b", figure(VIEW, Labels([""] * 5), ZONE).to_json())
    assert used and {colour.upper() for colour in used} <= light


def test_the_style_sheet_stays_inside_its_pages_and_uses_tokens() -> None:
    sheet = (ASSETS / "leader_case.css").read_text("utf-8")
    plain = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    selectors = [
        part.strip()
        for head in re.findall(r"([^{}]+)\{", plain)
        if not head.strip().startswith("@")
        for part in head.split(",")
    ]
    assert len(selectors) > 60
    assert [one for one in selectors if not one.startswith(".leader")] == []
    assert re.findall(r"#[0-9A-Fa-f]{3,6}\b", plain) == []
    assert {float(size) for size in re.findall(r"font-size: ([\d.]+)px", plain)} >= {12.0, 13.0, 20.0}
    assert min(float(size) for size in re.findall(r"font-size: ([\d.]+)px", plain)) >= 12


def sorted_heads(**query: Any) -> list[tuple[str, str]]:
    return [
        (node["props"]["aria-sort"], words(nodes(node)).split("\n")[0])
        for node in listed(**query)
        if node["type"] == "Th" and "aria-sort" in node["props"]
    ]


def test_the_current_order_is_marked_and_a_click_turns_it() -> None:
    assert sorted_heads() == [("descending", "受理时间")]
    assert sorted_heads(sort="deadline") == [("ascending", "时限")]
    of_region = tree(case_table(parse_address("/region", {}), LINES, "zh-CN"))
    assert [words(nodes(node)) for node in of_region if "aria-sort" in node["props"]] == ["时限\n▲"]
    assert "/cases?state=open&sort=-accepted" in hrefs(of_region)
    links = hrefs(listed(region="s1", sort="-accepted", cursor="old"))
    assert "/cases?region=s1&sort=accepted" in links
    assert "/cases?region=s1&sort=deadline" in links


def test_filters_search_and_order_stay_in_every_link_of_the_list() -> None:
    found = listed(region="s1", state="open", sort="deadline", q="占道")
    links = hrefs(found)
    kept = "region=s1&state=open&sort=deadline"
    assert f"/cases?{kept}&cursor=next-page&q=%E5%8D%A0%E9%81%93" in links
    for kind in ("csv", "xlsx"):
        assert f"/export/cases.{kind}?{kept}&q=%E5%8D%A0%E9%81%93" in links
    hidden = {node["props"]["name"]: node["props"]["value"] for node in found if node["props"].get("type") == "hidden"}
    assert hidden == {"region": "s1", "state": "open", "sort": "deadline"}
    assert "1,234 件" in words(found)


def test_nothing_found_offers_to_clear_the_filters() -> None:
    found = listed(CaseLines([], 0, None, AsOf(1, at(0))), region="s1", state="overdue", q="xx")
    assert "没有符合条件的案件" in words(found)
    assert "/cases?region=s1" in hrefs(found)
    assert not [link for link in hrefs(found) if link.startswith("/export")]


def test_who_may_not_export_sees_no_files() -> None:
    for may in (True, False):
        found = tree(cases.layout(parse_address("/cases", {}), LINES, may_export=may))
        assert may == any(link.startswith("/export") for link in hrefs(found))
        assert may == ("png" in str(found))


def test_hits_lead_to_the_page_of_their_kind() -> None:
    hits = [
        Hit("region", "s1", "苗圃路街道", "street 雁湖区"),
        Hit("worker", "W1", "王**", ""),
        Hit("case", "C1", "占道", ""),
    ]
    found = tree(cases.layout(parse_address("/cases", {"q": "x"}), LINES, [*hits, Hit("case", LINE.id, "同一件", "")]))
    links = hrefs(found)
    assert "乡镇（街道） 雁湖区" in words(found)
    assert "同一件" not in words(found)
    assert {"/region?region=s1", "/worker?id=W1", "/case?id=C1"} <= set(links)
    many = [Hit("worker", f"W{n}", "王**", "") for n in range(12)]
    told = words(tree(cases.layout(parse_address("/cases", {"q": "王"}), LINES, many)))
    assert "未全部列出" in told and "未全部列出" not in words(found)


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({}, "on_time"),
        ({"handled_at": at(387)}, "late"),
        ({"handled_at": None, "state": "open", "overdue": True, "deadline": at(100)}, "overdue"),
        ({"handled_at": None, "state": "open", "deadline": at(600)}, "soon"),
        ({"handled_at": None, "state": "open", "deadline": at(700)}, "running"),
        ({"handled_at": None, "state": "open", "deadline": at(100), "suspended": True}, ""),
        ({"state": "void"}, ""),
        ({"deadline": None}, ""),
    ],
)
def test_the_time_limit_has_one_standing(changes: dict[str, Any], standing: str) -> None:
    assert limit_standing(msgspec.structs.replace(LINE, **changes), at(500)) == standing


def test_a_running_limit_is_counted_by_the_browser() -> None:
    line = msgspec.structs.replace(LINE, handled_at=None, state="open", stage=2, deadline=at(620))
    found = tree(case_table(parse_address("/region", {}), CaseLines([line], 1, None, AsOf(1, at(500))), "zh-CN"))
    running = [node["props"] for node in found if "data-countdown" in node["props"]]
    assert [(props["data-countdown"], props["children"]) for props in running] == [(str(at(620)), "2时0分")]
    assert len([node for node in found if node["type"] == "I" and node["props"].get("className") == "reached"]) == 3


@pytest.mark.parametrize(
    ("ms", "expected"),
    [(76 * HOUR, "3天4时"), (312 * MINUTE, "5时12分"), (23 * MINUTE, "0时23分"), (462_000, "07:42"), (0, "00:00")],
)
def test_countdowns(ms: int, expected: str) -> None:
    assert countdown(ms, "zh-CN") == expected


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [(0.5, "30 秒"), (26.4, "26 分"), (131.95, "2 时 12 分"), (302.4, "5 时 02 分"), (1440 * 3 + 250, "3 天 4 时")],
)
def test_lengths(minutes: float, expected: str) -> None:
    assert length(minutes, "zh-CN") == expected


def test_instants_show_their_year_only_where_it_is_another() -> None:
    assert stamp(at(0), at(10), ZONE) == "10-19 10:00"
    assert stamp(at(-400 * 1440), at(0), ZONE, seconds=True) == "2025-09-14 10:00:00"


def test_every_word_of_the_case_area_is_used_or_built_from_a_key() -> None:
    layouts = ASSETS.parent / "layouts"
    source = "\n".join(path.read_text("utf-8") for path in layouts.rglob("*.py"))
    built = ("case.stage.", "case.chip.", "case.first.", "case.last.", "case.passage.", "case.record.", "case.score.",
             "case.field.", "case.deadlines.", "case.list.", "case.clock.", "case.stages.", "case.kind.", "case.hit.",
             "case.step.", "case.near", "case.alike")  # fmt: skip
    unused = [key for key in messages("zh-CN") if key.startswith("case.") and f'"{key}"' not in source]
    assert [key for key in unused if not key.startswith(built)] == []


@pytest.mark.parametrize(
    ("seq", "q", "personal", "said"),
    [(200_001, "1380000", True, True), (200_000, "1380000", True, False), (200_001, "", True, False),
     (200_001, "1380000", False, False)],
)  # fmt: skip
def test_a_search_says_how_far_back_it_looks_for_people(seq: int, q: str, personal: bool, said: bool) -> None:
    lines = msgspec.structs.replace(LINES, as_of=AsOf(seq, LINES.as_of.time))
    found = tree(cases.layout(parse_address("/cases", {"q": q}), lines, personal=personal))
    assert ("最近 200,000 条事件" in str(found)) == said
