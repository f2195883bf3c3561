"""What a person in front of the wall sees while facts come in, cease, and come again."""

import os
import shutil
import time
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Browser

from scripts.build_frontend import DIST
from tests.browser import town
from tests.browser.wall_page import WallPage
from tests.program import Program

pytestmark = [pytest.mark.browser]
FIRST = "410101"
ALIVE = "state => document.getElementById('tile-open').dataset.state === state"


@pytest.fixture
def wall(served: Program, browser: Browser) -> Iterator[WallPage]:
    page = WallPage(browser, served)
    yield page
    page.close()


def percent(rate: dict[str, int]) -> str:
    if not rate["d"]:
        return "—"
    exact = Decimal(100 * rate["n"]) / rate["d"]
    return f"{exact.quantize(Decimal('0.01'), ROUND_HALF_UP):.2f}"


def shown_of(board: dict[str, Any]) -> dict[str, str]:
    tiles = board["tiles"]
    counts = {"workers": tiles["workers"]["online"]} | {k: tiles[k]["value"] for k in ("accepted", "open", "overdue")}
    rates = {key: percent(tiles[key]) for key in ("on_time", "satisfaction")}
    return {key: f"{n:,}" for key, n in counts.items()} | rates


def agree(wall: WallPage, program: Program, region: str = "", seconds: float = 8) -> dict[str, Any]:
    """The board, once the page shows exactly its numbers."""
    end = time.monotonic() + seconds
    while True:
        board: dict[str, Any] = program.get(f"/api/v1/snapshot?region={region}")
        if wall.numbers() == shown_of(board):
            return board
        assert time.monotonic() < end, (wall.numbers(), shown_of(board))
        wall.page.wait_for_timeout(100)


def test_numbers_are_those_of_the_api(wall: WallPage, served: Program) -> None:
    board = agree(wall, served)
    told = {figure["key"]: figure for figure in served.get("/api/v1/kpis")["figures"]}
    for tile, key in (("on_time", "on_time_rate"), ("satisfaction", "satisfaction")):
        rate = {"n": told[key]["numerator"], "d": told[key]["denominator"]}
        assert wall.numbers()[tile] == percent(rate) != "—"
    for tile, key in (("open", "open"), ("overdue", "overdue_open")):
        assert wall.numbers()[tile] == f"{told[key]['value']:,}"
    today = {figure["key"]: figure["value"] for figure in served.get(f"/api/v1/kpis?period={_day(board)}")["figures"]}
    assert wall.numbers()["accepted"] == f"{today['accepted']:,}"


def _day(board: dict[str, Any]) -> str:
    seconds = board["meta"]["time"] / 1000 + board["meta"]["zone_minutes"] * 60
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))


def test_an_overdue_case_shows_in_tile_list_and_stream_at_once_and_in_the_ranking_on_its_clock(
    wall: WallPage, served: Program
) -> None:
    before = agree(wall, served)
    rank = "() => [...document.querySelectorAll('.rank-row .rank-overdue')].map(cell => cell.textContent).join()"
    ranked = wall.page.evaluate(rank)
    case = town.accepted("J1", ago=5, due=town.at(2), title="井盖丢失一处")
    served.send("/api/v1/events", [case, town.event("J1", "supervised", 1)])
    wall.until_says("ticker-body", "井盖丢失一处", seconds=3)
    wall.until_says("overdue-body", "井盖丢失一处", seconds=3)
    after = agree(wall, served)
    assert after["tiles"]["overdue"]["value"] == before["tiles"]["overdue"]["value"] + 1
    assert after["tiles"]["accepted"]["value"] == before["tiles"]["accepted"]["value"] + 1
    assert wall.state("tile-overdue") == "normal"
    if after["ranking"]["computed"] == before["ranking"]["computed"]:
        assert wall.page.evaluate(rank) == ranked
    wall.until("([find, old]) => eval(find)() !== old", [rank, ranked], seconds=75)
    row = next(row for row in served.get("/api/v1/snapshot")["ranking"]["rows"] if row["code"] == FIRST)
    assert (row["overdue"], row["due"]) == (1, 4)

    served.send("/api/v1/events", town.event("J1", "closed", 0))
    wall.until("() => !document.getElementById('overdue-body').textContent.includes('井盖丢失一处')", seconds=3)
    assert agree(wall, served)["tiles"]["overdue"]["value"] == before["tiles"]["overdue"]["value"]
    assert wall.faults == []


def test_a_fix_moves_its_dot(wall: WallPage, served: Program) -> None:
    middle = served.get("/api/v1/map")["plane"]
    for _ in range(2):
        [fix, *_others] = fixes = town.fixes()
        served.send("/api/v1/positions", fixes)
        north = (float(str(fix["lat"])) - middle["lat"]) * town.METRES_PER_DEGREE
        there = wall.until(f"y => Math.abs({PLACE}?.[1] - y) < 1 && {PLACE}", north)
        assert wall.page.evaluate(INK, there), "nothing is drawn where the fix is"
        wall.page.wait_for_timeout(2500)
    wall.until_says("tile-workers-value", str(town.WORKERS))
    assert wall.page.evaluate(DOTS) == town.WORKERS


DOTS = "window.wall.workers.state.filter(state => state > 0).length"
PLACE = "[...window.wall.workers.x].map((x, i) => [x, window.wall.workers.y[i]])[0]"
INK = """([x, y]) => {
  const canvas = document.querySelectorAll('.map-stack canvas')[1], {map} = window.wall;
  const copy = Object.assign(document.createElement('canvas'), {width: canvas.width, height: canvas.height});
  map.drawDots(1);
  copy.getContext('2d').drawImage(canvas, 0, 0);
  const around = copy.getContext('2d').getImageData(map.to.x(x) - 1, map.to.y(y) - 1, 3, 3).data;
  return around.some((value, i) => i % 4 === 3 && value > 0);
}"""


def test_lost_positions_leave_the_cases_alone(wall: WallPage, served: Program) -> None:
    served.send("/api/v1/positions", town.fixes())
    wall.until("() => document.getElementById('tile-workers').dataset.state !== 'lost'")
    wall.until("() => document.getElementById('tile-workers').dataset.state === 'lost'", seconds=20)
    assert "中断" in wall.text("banner-title")
    wall.until("() => document.getElementById('map').dataset.state === 'lost'", seconds=3)
    assert "数据停滞" in wall.text("tile-workers-scope")
    assert wall.text("legend-moving") == "—"
    assert "案件、时限与排名正常" in wall.text("banner-text")
    served.send("/api/v1/events", town.accepted("J2", title="停滞时受理"))
    wall.until_says("ticker-body", "停滞时受理", seconds=3)
    assert wall.state("tile-open") == wall.state("ticker") == "normal"
    served.send("/api/v1/positions", town.fixes())
    wall.until("() => document.getElementById('banner').hidden")
    wall.until("() => document.getElementById('tile-workers').dataset.state !== 'lost'")
    assert "数据停滞" not in wall.text("tile-workers-scope")


def test_two_walls_on_different_regions_show_different_boards(served: Program, browser: Browser) -> None:
    east, quiet = WallPage(browser, served, "?region=4101"), WallPage(browser, served, "?region=410202")
    assert (east.text("wall-scope"), quiet.text("wall-scope")) == ("东城区", "空街道")
    agree(east, served, "4101")
    none = quiet.numbers()
    served.send("/api/v1/events", town.accepted("J3", title="只在东城"))
    east.until_says("ticker-body", "只在东城", seconds=3)
    agree(east, served, "4101")
    agree(quiet, served, "410202")
    assert quiet.numbers()["accepted"] == none["accepted"] == "0"
    assert "只在东城" not in quiet.text("ticker-body")
    east.close()
    quiet.close()


def test_text_of_a_case_is_text(wall: WallPage, served: Program) -> None:
    title = "<img src=x onerror='window.hit=1'><b>粗</b>"
    served.send("/api/v1/events", town.accepted("J4", ago=3, due=town.at(1), title=title))
    wall.until_says("ticker-body", "<img", seconds=3)
    wall.until_says("overdue-body", "<img", seconds=3)
    assert wall.page.evaluate("window.hit") is None
    assert wall.page.locator("#ticker-body img, #overdue-body img").count() == 0
    served.send("/api/v1/events", town.event("J4", "closed", 0))


def test_only_the_own_server_is_asked_and_nothing_is_complained_of(wall: WallPage, served: Program) -> None:
    agree(wall, served)
    served.send("/api/v1/positions", town.fixes())
    wall.page.wait_for_timeout(1500)
    asked = {urlsplit(request).netloc for request in wall.requests if not request.startswith(("data:", "blob:"))}
    assert asked == {f"127.0.0.1:{served.port}"}
    assert wall.faults == []


def test_a_killed_server_is_named_and_the_wall_comes_back_by_itself(wall: WallPage, served: Program) -> None:
    agree(wall, served)
    bright = wall.page.evaluate(COLOUR)
    loaded = wall.page.evaluate("performance.timeOrigin")
    served.kill()
    try:
        wall.until(ALIVE, "lost", seconds=25)
        assert "连接中断" in wall.text("banner-title")
        assert any(digit in wall.text("banner-title") for digit in "123456789"), "the banner tells no age"
        assert wall.state("ranking") == wall.state("overdue") == wall.state("map") == "lost"
        assert wall.page.evaluate(COLOUR) != bright
    finally:
        served.start()
    served.send("/api/v1/events", town.accepted("J5", title="恢复之后"))
    wall.until("() => document.getElementById('tile-open').dataset.state !== 'lost'", seconds=40)
    wall.until_says("ticker-body", "恢复之后")
    agree(wall, served)
    assert wall.page.evaluate("performance.timeOrigin") == loaded


COLOUR = "getComputedStyle(document.getElementById('tile-open-value')).color"


def test_a_page_whose_process_stood_still_shows_the_present_when_it_goes_on(wall: WallPage, served: Program) -> None:
    agree(wall, served)
    loaded = wall.page.evaluate(LOADED)
    drawing = [one for one in psutil.Process().children(recursive=True) if "--type=renderer" in one.cmdline()]
    for one in drawing:
        one.suspend()
    try:
        served.send("/api/v1/events", town.accepted("J6", title="页面停住之时"))
        Event().wait(SLEEP)
        served.send("/api/v1/events", town.accepted("J7", title="页面醒来之前"))
    finally:
        for one in drawing:
            one.resume()
    woken = time.monotonic()
    wall.until_says("ticker-body", "页面醒来之前", seconds=15)
    print(f"right again {time.monotonic() - woken:.1f} s after {SLEEP:.0f} s of standing still")
    agree(wall, served)
    assert wall.page.evaluate(LOADED) == loaded, "by a new snapshot, not by loading anew"


def test_a_wall_loads_itself_anew_once_when_there_is_a_new_build(
    wall: WallPage, served: Program, tmp_path: Path
) -> None:
    loaded = wall.page.evaluate(LOADED)
    shutil.copy(DIST / "wall.js", tmp_path)
    os.utime(tmp_path / "wall.js", (1, 1))
    (tmp_path / "fonts").symlink_to(DIST / "fonts")
    served.stop()
    try:
        served.entry = ("-m", "tests.browser.other_build", str(tmp_path))
        served.start()
        begun = time.monotonic()
        again = wall.until(f"loaded => {LOADED} !== loaded && {LOADED}", loaded, seconds=60)
        wall.page.wait_for_selector(".wall[data-ready=yes]", timeout=30_000)
        agree(wall, served, seconds=20)
        print(f"the new page is right {time.monotonic() - begun:.1f} s after the new build was ready")
        wall.page.wait_for_timeout(3000)
        assert wall.page.evaluate(LOADED) == again, "once"
    finally:
        served.stop()
        del served.entry
        served.start()


LOADED = "performance.timeOrigin"
SLEEP = float(os.environ.get("YIPING_SLEEP", "3"))
"""Seconds; ``scripts/faults`` takes 20, after which the server has cut the page."""
