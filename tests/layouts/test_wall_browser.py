"""The wall in a real browser over the invented city: live numbers, lost graphics, a server that goes away."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser
from werkzeug.serving import BaseWSGIServer, make_server

from scripts.build_frontend import build
from tests.chromium import started_chromium
from tests.layouts.fixture_server import create
from tests.servers import Relay

pytestmark = [pytest.mark.browser]
CONTEXT = "document.querySelectorAll('.map-stack canvas')[1].getContext('webgl2').getExtension('WEBGL_lose_context')"
NO_WEBGL = """HTMLCanvasElement.prototype.getContext = (own => function (kind, ...rest) {
  return kind.startsWith('webgl') ? null : own.call(this, kind, ...rest);
})(HTMLCanvasElement.prototype.getContext)"""
COLOURED = """() => {
  const canvas = document.querySelectorAll('.map-stack canvas')[1];
  const copy = Object.assign(document.createElement('canvas'), {width: 400, height: 400}).getContext('2d');
  window.wall.map.drawDots(1);
  copy.drawImage(canvas, 0, 0, 400, 400);
  return copy.getImageData(0, 0, 400, 400).data.filter((value, i) => i % 4 === 3 && value > 0).length;
}"""

NOTES = """() => {
  const note = document.getElementById('map-note');
  window.notes = [];
  const watch = {childList: true, subtree: true, characterData: true};
  new MutationObserver(() => notes.push(note.textContent)).observe(note, watch);
}"""


@pytest.fixture(scope="module")
def wall() -> Iterator[tuple[str, BaseWSGIServer]]:
    build()
    app, _, _ = create()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/wall", server
    server.shutdown()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with started_chromium() as started:
        yield started


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """Its pages end with the test: a wall left open goes on drawing in software and starves those of later tests."""
    yield chromium
    for context in chromium.contexts:
        context.close()


def open_page(browser: Browser, address: str, **context: Any) -> Any:
    page: Any = browser.new_context(viewport={"width": 1920, "height": 1080}, **context).new_page()
    page.faults = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.goto(address)
    page.wait_for_selector(".wall[data-ready=yes]", timeout=60_000)
    return page


def say(page: Any, element: str) -> str:
    text: str = page.locator(f"#{element}").text_content()
    return text


def test_numbers_are_the_boards_and_change_in_place(wall: tuple[str, BaseWSGIServer], browser: Browser) -> None:
    page = open_page(browser, wall[0])
    assert say(page, "tile-workers-value") == "3,127"
    assert say(page, "tile-on_time-value") == "98.72"
    assert page.locator("#ranking-body .rank-row").count() == 12
    before = say(page, "tile-accepted-value")
    node = page.evaluate_handle("document.getElementById('tile-accepted-value')")
    page.wait_for_function("(old) => document.getElementById('tile-accepted-value').textContent !== old", arg=before)
    assert node.evaluate("node => node.isConnected")
    assert page.faults == []


def test_a_lost_position_stream_degrades_only_its_own_panels(
    wall: tuple[str, BaseWSGIServer], browser: Browser
) -> None:
    page = open_page(browser, f"{wall[0]}?region=lost")
    page.wait_for_selector("#banner:not([hidden])")
    states = {
        name: page.get_attribute(f"#{name}", "data-state") for name in ("tile-workers", "map", "tile-open", "overdue")
    }
    assert states == {"tile-workers": "lost", "map": "lost", "tile-open": "normal", "overdue": "normal"}
    assert say(page, "legend-moving") == "—"


def test_workers_are_drawn_again_after_the_graphics_card_came_back(
    wall: tuple[str, BaseWSGIServer], browser: Browser
) -> None:
    page = open_page(browser, wall[0])
    page.wait_for_function(f"({COLOURED})() > 500")
    page.evaluate(f"window.lost = {CONTEXT}; lost.loseContext()")
    page.evaluate("new Promise(done => setTimeout(() => { lost.restoreContext(); done() }, 200))")
    page.wait_for_function(f"({COLOURED})() > 500")
    assert page.get_attribute("#map", "data-gl") == "yes"
    assert page.faults == []


def test_workers_are_drawn_without_a_graphics_card_that_stays_away(
    wall: tuple[str, BaseWSGIServer], browser: Browser
) -> None:
    page = open_page(browser, wall[0])
    page.wait_for_function(f"({COLOURED})() > 500")
    page.evaluate(f"{CONTEXT}.loseContext()")
    page.wait_for_selector("#map[data-gl=no]", timeout=15_000)
    page.wait_for_function(f"({COLOURED})() > 500")


def test_workers_are_drawn_where_there_never_was_webgl(wall: tuple[str, BaseWSGIServer], browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    page.add_init_script(NO_WEBGL)
    page.goto(wall[0])
    page.wait_for_selector("#map[data-gl=no]")
    page.wait_for_function(f"({COLOURED})() > 500")


def test_a_region_that_does_not_exist_is_said_so(wall: tuple[str, BaseWSGIServer], browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{wall[0]}?region=nosuch&lang=en")
    page.wait_for_selector("#notice:not([hidden])")
    assert say(page, "notice-title") == "No such region"


def test_who_wants_less_motion_sees_no_animation(wall: tuple[str, BaseWSGIServer], browser: Browser) -> None:
    page = open_page(browser, wall[0], reduced_motion="reduce")
    before = say(page, "tile-accepted-value")
    page.wait_for_function("(old) => document.getElementById('tile-accepted-value').textContent !== old", arg=before)
    assert page.evaluate("document.getAnimations().length") == 0


def test_a_server_that_falls_silent_is_named_and_comes_back_by_itself(
    wall: tuple[str, BaseWSGIServer], browser: Browser
) -> None:
    way = Relay(wall[1].server_port)
    page = open_page(browser, f"http://127.0.0.1:{way.port}/wall")
    slab = page.evaluate("wall.workers.slab")
    page.wait_for_function("first => wall.workers.slab > first + 1", arg=slab)
    page.evaluate(f"({NOTES})()")
    way.cut()
    page.wait_for_selector("#banner:not([hidden])", timeout=40_000)
    assert re.search("位置滞后 [0-9]+ 秒", page.evaluate("notes.join()")), "before that the dots say that they are late"
    assert "中断" in say(page, "banner-title")
    assert page.get_attribute("#tile-open", "data-state") == "lost"
    way.heal()
    page.wait_for_selector("#banner", state="hidden", timeout=40_000)
    page.wait_for_selector("#tile-open[data-state=normal], #tile-open[data-state=delayed]")
    way.close()
