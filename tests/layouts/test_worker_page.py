"""The worker's page and the form in front of it: figures, privacy, links within retention, both languages."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from dash.development.base_component import Component
from flask import Flask, g

from callbacks.looks import register_looks
from callbacks.worker_page import in_english
from dashboard.domain.regions import Region, RegionTree
from dashboard.queries.errors import NotFoundHere
from dashboard.queries.worker_answers import Cell
from dashboard.queries.worker_looks import granted
from dashboard.security.caller import RIGHTS, Caller
from dashboard.store.store import Store
from layouts.address import WORKER, Address
from layouts.figures import day_line
from layouts.i18n import messages
from layouts.pages import worker
from layouts.parts.worker_purpose import PURPOSES
from tests.layouts.invented_worker import at, case_line, worker_day

ZONE = "Asia/Shanghai"
PAGE = Address(WORKER, id="W00317", date="2026-10-20")
UNTIL = at("18:22")


def parts(component: Any) -> Iterator[Component]:
    """A component and everything in it."""
    if isinstance(component, Component):
        yield component
        children = getattr(component, "children", None)
        for child in children if isinstance(children, list | tuple) else [children]:
            yield from parts(child)


def words(component: Component) -> str:
    """All text of a component."""
    found: list[str] = []
    for part in parts(component):
        children = getattr(part, "children", None)
        found += [c for c in (children if isinstance(children, list | tuple) else [children]) if isinstance(c, str)]
    return " | ".join(found)


def page(lang: str = "", **changes: object) -> Component:
    return worker.layout(
        PAGE.to(lang=lang), worker_day(**changes), "日常检查", UNTIL, who="周** · 指挥中心", at=at("17:52"), zone=ZONE
    )


def test_the_figures_are_those_of_the_brief() -> None:
    told = words(page())
    for figure in ("9 时 24 分", "4 时 36 分", "/ 3 时 02 分", "1 时 30 分", "16 分", "2.5 公里", "6 / 7", "85.7 %",
                   "2 件 / 1 件 / 1 件", "≥ 15 分钟，共 6 处 3 时 02 分"):  # fmt: skip
        assert figure in told, figure
    assert "08:28 – 17:52" in told and "12:00 – 13:30" in told


def test_it_says_who_looked_why_and_how_long_that_holds_without_a_second_clock() -> None:
    assert "周** · 指挥中心，事由：日常检查；30 分钟内再看不必重填" in words(page())
    assert "17:52:00" not in words(page()) and "18:22" not in words(page())


def test_a_day_without_a_shift_says_so_and_tells_no_figure_of_what_nobody_measured() -> None:
    off = {"time": [], "lon": [], "lat": [], "stops": [], "spans": [], "hidden": 0.0, "touched": []}
    told = words(page(**off, moving=0.0, still=0.0, gap=0.0, gaps=0, distance=0.0, inside=0.0, outside=0.0))
    assert "当日不当班" in told and "当日没有排班" in told
    figures = told[told.index("移动 / 静止") : told.index("上报 / 处置")]
    assert figures.count("—") == 5 and "0 分" not in figures and "0 次" not in figures


def test_the_number_is_masked_with_the_name() -> None:
    assert "****0317" in words(page()) and "W00317" not in words(page())
    assert "W00317" in words(page(name="李小明"))


def test_the_map_gets_the_track_and_no_hidden_start() -> None:
    (slot,) = [part for part in parts(page()) if getattr(part, "data-part", "") == "track"]
    options = json.loads(getattr(slot, "data-options"))
    assert options.keys() >= {"worker", "time", "lon", "lat", "stops", "spans", "cells", "region"}
    assert len(options["time"]) == len(options["lon"]) == len(options["lat"]) == 800
    assert options["region"] == "r1" and "李" not in getattr(slot, "data-options")


@pytest.mark.parametrize(("hidden", "said"), [(0.0, "当日没有定位记录"), (50.0, "当日轨迹均在起点遮蔽范围内")])
def test_a_day_without_a_track_says_why(hidden: float, said: str) -> None:
    empty = page(time=[], lon=[], lat=[], stops=[], hidden=hidden)
    assert said in words(empty) and "当日没有 15 分钟以上的停留" in words(empty)
    assert not [part for part in parts(empty) if getattr(part, "data-part", "") == "track"]


def test_a_day_off_is_told_as_one() -> None:
    free = page(spans=[], shifts=[], stops=[], time=[], lon=[], lat=[], moving=0, still=0, gap=0, gaps=0, touched=[])
    assert "当日没有排班" in words(free) and "—" in words(free)


@pytest.mark.parametrize(
    ("day", "links"),
    [
        (20261020, ["2026-10-19"]),
        (20261018, ["2026-10-17", "2026-10-19"]),
        (20260722, ["2026-07-23"]),
    ],
)
def test_days_lead_no_further_than_retention(day: int, links: list[str]) -> None:
    hrefs = [str(part.href) for part in parts(page(day=day)) if getattr(part, "href", "")]
    assert [href[-10:] for href in hrefs if href.startswith(WORKER)] == links


def test_without_a_fix_nothing_is_known_which_is_not_zero() -> None:
    told = words(page(time=[], lon=[], lat=[], stops=[], moving=0, still=0, inside=0, outside=0, distance=0, gap=474))
    assert "0.0 公里" not in told and "/ 7" not in told and "当日未到" not in told
    assert told.count("—") == 4 + 7


def test_a_day_that_cannot_be_shown_leads_to_today() -> None:
    found = worker.no_such_day(PAGE.to(date="2030-01-01"))
    assert [part.href for part in parts(found) if getattr(part, "href", "")] == ["/worker?id=W00317"]
    assert "这一天没有可查看的轨迹" in words(found)


def test_steps_lead_to_their_cases_and_titles_stay_text() -> None:
    bad = [type(step)(step.time, step.type, case_line(9, "<script>1</script>")) for step in worker_day().touched[:1]]
    links = [part for part in parts(page(touched=bad)) if str(getattr(part, "href", "")).startswith("/case?")]
    assert [(link.href, link.children) for link in links] == [("/case?id=NC20261020-0009", "<script>1</script>")]


def test_no_word_ranks_or_scores_a_person() -> None:
    told = " ".join(str(words) for lang in ("zh-CN", "en") for key, words in messages(lang).items()
                    if key.startswith("worker."))  # fmt: skip
    judging = ("排名", "得分", "评分", "均值", "目标", "rank", "score", "average", "target")
    assert not [word for word in judging if word in told]


def test_english_is_complete() -> None:
    told = words(page("en", name="L***", phone="", role="", crumbs=[], cells=[], touched=[], stops=[]))
    told = told.replace("周** · 指挥中心", "").replace("日常检查", "")
    assert not [letter for letter in told if "一" <= letter <= "鿿"]
    assert "9 h 24 min" in told


def test_the_line_has_every_span_once_and_stops_by_number() -> None:
    day = worker_day()
    figure = day_line.figure(day, ZONE)
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert sum(len(trace.x) for trace in bars) + len(figure.layout.shapes) == len(day.spans)
    assert [label for trace in bars for label in trace.text if label] == ["1", "2", "3", "4", "5", "6"]
    assert list(figure.layout.xaxis.range) == ["2026-10-20 08:00:00.000000", "2026-10-20 18:00:00.000000"]
    marks = {trace.marker.symbol: len(trace.x) for trace in figure.data if trace.type == "scatter"}
    assert marks == {"circle": 2, "circle-open": 1, "square": 1}


def test_the_line_stands_as_a_table_too() -> None:
    (table,) = [part for part in parts(page()) if getattr(part, "className", "") == "as-table"]
    assert words(table).count(" – ") == len(worker_day().spans)
    assert "停留 ≥ 15 分 3 | 11:02 – 11:26 | 24 分" in words(table)


@pytest.mark.parametrize("lang", ["", "en"])
def test_the_form_sends_the_token_and_the_way_on(lang: str) -> None:
    form = worker.purpose_form(PAGE.to(lang=lang, view="purpose"), "李**", "tok-1")
    sent = {part.name: part.value for part in parts(form) if getattr(part, "type", "") == "hidden"}
    assert sent == {
        "id": "W00317", "date": "2026-10-20", "next": PAGE.to(lang=lang).href, "csrf_token": "tok-1",
    }  # fmt: skip
    assert [part.value for part in parts(form) if type(part).__name__ == "Option"] == list(PURPOSES)
    assert [part for part in parts(form) if getattr(part, "role", "") == "alert"]
    named = {part.htmlFor for part in parts(form) if type(part).__name__ == "Label"}
    assert named <= {getattr(part, "id", None) for part in parts(form)}


class OneWorker:
    """Knows one worker, for callers of one region."""

    def person(self, id_: str, caller: Caller) -> None:
        if id_ != "W00317" or caller.region == "elsewhere":
            raise NotFoundHere("there is no such worker", "id")


@pytest.fixture
def door(tmp_path: Any) -> Iterator[tuple[Flask, Store]]:
    server, store = Flask("door"), Store(f"sqlite:///{tmp_path / 'looks.db'}")
    register_looks(server, store, OneWorker(), lambda: 1000)  # type: ignore[arg-type]
    yield server, store
    store.close()


def send(server: Flask, caller: Caller, **form: str) -> tuple[int, str]:
    server.before_request_funcs = {None: [lambda: setattr(g, "caller", caller)]}
    answer = server.test_client().post("/worker/purpose", data=form)
    return answer.status_code, answer.headers.get("Location", "")


LEADER = Caller("周", "leader", RIGHTS["leader"], id="s-1")


def test_a_purpose_opens_the_page_it_was_given_for(door: tuple[Flask, Store]) -> None:
    server, store = door
    found = send(server, LEADER, id="W00317", date="2026-10-19", purpose="verify", words="复核 0058",
                 next="/worker?id=W00317&date=2026-10-20&lang=en")  # fmt: skip
    assert found == (303, "/worker?id=W00317&date=2026-10-19&lang=en")
    look = granted(store.engine, LEADER, "W00317", 1000)
    assert look is not None and look.purpose == "Verifying a case: 复核 0058"


@pytest.mark.parametrize(
    "target", ["//evil.example/worker?id=W00317", "https://evil.example/", "/logout", "\\\\evil", ""]
)
def test_it_leads_nowhere_but_to_the_workers_page(door: tuple[Flask, Store], target: str) -> None:
    assert send(door[0], LEADER, id="W00317", purpose="daily", next=target) == (303, "/worker?id=W00317")


@pytest.mark.parametrize(
    "form", [{}, {"purpose": "other"}, {"purpose": "other", "words": " x "}, {"purpose": "fun", "words": "because"},
             {"purpose": "daily", "words": "x" * 200}],
)  # fmt: skip
def test_without_a_purpose_it_leads_back_to_the_form(door: tuple[Flask, Store], form: dict[str, str]) -> None:
    server, store = door
    assert send(server, LEADER, id="W00317", **form) == (303, "/worker?id=W00317&view=purpose")
    assert granted(store.engine, LEADER, "W00317", 1000) is None


@pytest.mark.parametrize(
    ("caller", "worker_id", "status"),
    [
        (Caller("某", "unit", RIGHTS["unit"]), "W00317", 403),
        (LEADER, "W9", 404),
        (Caller("东", "street", RIGHTS["street"], "elsewhere"), "W00317", 404),
    ],
)
def test_it_opens_nothing_that_the_caller_may_not_see(
    door: tuple[Flask, Store], caller: Caller, worker_id: str, status: int
) -> None:
    assert send(door[0], caller, id=worker_id, purpose="daily")[0] == status
    assert granted(door[1].engine, caller, worker_id, 1000) is None


def test_places_of_a_day_are_named_in_english() -> None:
    tree = RegionTree([
        Region("c", "宁川市", 0, name_en="Ningchuan"), Region("c1", "第3网格", 4, "c", name_en="Grid 3"),
        Region("c11", "6号微网格", 5, "c1", name_en="Micro-grid 6"), Region("c12", "7号微网格", 5, "c1"),
    ])  # fmt: skip
    stop = msgspec.structs.replace(worker_day().stops[0], region="c11", region_name="第3网格 · 6号微网格")
    cells = [Cell("c11", "6号微网格", True), Cell("c12", "7号微网格", True), Cell("x", "没有", True)]
    day = msgspec.structs.replace(worker_day(), stops=[stop], cells=cells)
    told = in_english(day, tree)
    assert told.stops[0].region_name == "Grid 3 · Micro-grid 6"
    assert [cell.name for cell in told.cells] == ["Micro-grid 6", "7号微网格", "没有"]
