"""Map, track and pictures of the light pages in a real browser, under the pages' content security policy."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect

from scripts.build_frontend import build
from tests.browser import leader_page
from tests.browser.leader_page import Site, map_options, slot, track_options
from tests.chromium import browser

__all__ = ["browser"]
pytestmark = [pytest.mark.browser]
REPLACE = """([options, same]) => {
  const old = document.getElementById('slot'), fresh = old.cloneNode(false);
  fresh.dataset.options = JSON.stringify(options);
  old.replaceWith(fresh);
}"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    build()
    with leader_page.served() as served:
        yield served


class Opened:
    """One page with everything that it asked for and complained of."""

    def __init__(self, browser: Browser, site: Site, html: str, **context: Any) -> None:
        site.pages[""] = html
        self.page: Page = browser.new_context(viewport={"width": 1200, "height": 900}, **context).new_page()
        self.faults: list[str] = []
        self.requests: list[str] = []
        self.subscriptions: list[str] = []
        self.sockets = 0
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("console", lambda line: self.faults.append(line.text) if line.type == "error" else None)
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", self._opened)
        self.page.goto(f"{site.url}/page")

    def _opened(self, socket: WebSocket) -> None:
        self.sockets += 1
        socket.on("framesent", self._sent)

    def _sent(self, frame: str | bytes) -> None:
        asked = re.search(r'"subscribe",\{"region":"(\w*)"', frame) if isinstance(frame, str) else None
        if asked:
            self.subscriptions.append(asked[1])

    def regions(self) -> set[str]:
        """What was subscribed to so far."""
        return set(self.subscriptions)

    def until(self, expression: str, seconds: float = 15) -> None:
        """Return once an expression of the page holds; asked from outside, because the page forbids evaluation."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(expression):
            assert time.monotonic() < end, expression
            self.page.wait_for_timeout(50)


@pytest.fixture
def live_map(browser: Browser, site: Site) -> Iterator[Opened]:
    row = f'<table><tr data-region="{site.children()[1]["code"]}"><td>line</td></tr></table>'
    opened = Opened(browser, site, leader_page.page(slot("map", map_options()), row, '<b data-live="online"></b>'))
    opened.until("!!(window.leader?.map?.to && window.leader.live.view(performance.now()))")
    yield opened
    opened.page.context.close()


def middle(opened: Opened, site: Site, number: int) -> tuple[float, float]:
    """Where a child region's label lies on the screen."""
    x, y = site.children()[number]["label"]
    place = "([x, y]) => { const m = window.leader.map, b = m.stage.getBoundingClientRect();"
    place += " return [b.left + m.to.x(x) / m.stack.ratio, b.top + m.to.y(y) / m.stack.ratio]; }"
    left, top = opened.page.evaluate(place, [x, y])
    return left, top


def test_pointing_says_what_a_place_is_and_a_click_goes_there_without_a_reload(live_map: Opened, site: Site) -> None:
    page, child = live_map.page, site.children()[0]
    page.evaluate("window.stayed = true; addEventListener('_dashprivate_pushstate', () => { window.told = true; })")
    page.mouse.move(*middle(live_map, site, 0))
    expect(page.locator(".lmap-callout")).to_contain_text(child["name"])
    page.mouse.click(*middle(live_map, site, 0))
    live_map.until("!!window.told")
    assert page.url.endswith(f"/page?period=2026-10&region={child['code']}")
    assert page.evaluate("window.stayed")
    assert live_map.faults == []


def test_every_place_is_reached_by_tab_and_entered_by_enter(live_map: Opened, site: Site) -> None:
    page, child = live_map.page, site.children()[2]
    links = page.locator(".lmap-links a")
    expect(links).to_have_count(len(site.children()))
    links.nth(2).focus()
    expect(page.locator(".lmap-callout")).to_contain_text(child["name"])
    page.keyboard.press("Enter")
    live_map.until("location.search.includes('region=')")
    assert page.url.endswith(child["code"])


def test_a_line_of_a_table_and_its_place_are_pointed_at_together(live_map: Opened, site: Site) -> None:
    page, code = live_map.page, site.children()[1]["code"]
    page.locator("tr[data-region]").hover()
    assert page.evaluate("window.leader.map.pointed.code") == code
    page.mouse.move(*middle(live_map, site, 1))
    expect(page.locator("tr[data-region]")).to_have_class("pointed")


def test_a_new_slot_gets_the_same_canvases_and_no_new_subscription(live_map: Opened) -> None:
    page = live_map.page
    page.evaluate("window.kept = document.querySelector('.lmap canvas')")
    page.evaluate(REPLACE, [map_options(labels={"x": "y"}), True])
    live_map.until("document.getElementById('slot').contains(window.kept)")
    assert live_map.regions() == {""}
    page.evaluate(REPLACE, [map_options(region="long"), False])
    live_map.until("!!window.leader.live.view(performance.now()) && window.leader.live.region === 'long'")
    assert page.evaluate("document.getElementById('slot').contains(window.kept)")
    assert live_map.regions() == {"", "long"} and live_map.sockets == 1
    # A message lost makes the page ask once more: no fault, but after the new region never for the old one.
    assert live_map.subscriptions == sorted(live_map.subscriptions)


def test_a_pause_holds_numbers_and_says_since_when(live_map: Opened) -> None:
    page, shown = live_map.page, "document.querySelector('[data-live]').textContent"
    live_map.until(f"{shown} !== ''")
    page.get_by_label("暂停更新").click()
    expect(page.locator(".lmap-paused")).to_contain_text("已暂停更新，自")
    board = page.evaluate("window.held = window.leader.live.shown; true")
    live_map.until("window.leader.live.newest !== window.held")
    assert board and page.evaluate("window.leader.live.view(performance.now()).board === window.held")
    page.get_by_label("恢复更新").click()
    live_map.until("window.leader.live.view(performance.now()).board !== window.held")


def test_zoom_by_keys_and_back(live_map: Opened) -> None:
    page = live_map.page
    page.locator(".lmap-stage").focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("window.leader.map.camera.zoom") == 1.5
    page.get_by_role("button", name="显示全部").click()
    assert page.evaluate("window.leader.map.camera") == {"zoom": 1, "x": 0, "y": 0}


def test_buildings_come_only_when_asked_for_and_from_here_alone(live_map: Opened, site: Site) -> None:
    page = live_map.page
    assert not [url for url in live_map.requests if "lazy" in url]
    page.get_by_label("建筑三维视图").click()
    live_map.until("!!document.querySelector('.lmap-tall-scene[data-ready=yes]')")
    assert [url for url in live_map.requests if "lazy/buildings_worker" in url]
    assert all(url.startswith((site.url, "blob:", "data:")) for url in live_map.requests)
    expect(page.locator(".lmap-tall-name")).to_have_count(len(site.children()))
    expect(page.get_by_role("button", name="返回平面地图")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".lmap-tall")).to_have_count(0)
    expect(page.get_by_label("建筑三维视图")).to_be_focused()
    assert live_map.faults == []


def test_a_shade_has_a_legend_with_its_limits_and_hatches_what_is_missing(browser: Browser, site: Site) -> None:
    codes = [region["code"] for region in site.children()]
    shade = {"key": "on_time", "values": dict(zip(codes[1:], range(90, 90 + len(codes)), strict=False)),
             "breaks": [92, 95], "unit": "%", "label": "按期办结率", "decimals": 1}  # fmt: skip
    opened = Opened(browser, site, leader_page.page(slot("map", map_options(shade=shade, layers=["cameras"]))))
    legend = opened.page.locator(".lmap-legend")
    expect(legend).to_contain_text("92.0 – 95.0")
    expect(legend).to_contain_text("—")
    expect(legend).to_contain_text("视频监控")
    assert opened.faults == []
    opened.page.context.close()


def test_a_track_is_moved_through_by_keys_and_linked_with_its_stops(browser: Browser, site: Site) -> None:
    options = track_options(site.plane, *site.children()[0]["label"])
    opened = Opened(browser, site, leader_page.page(slot("track", options), f"<table>{leader_page.ROWS}</table>"))
    page, shown = opened.page, opened.page.locator(".track-time")
    opened.until("!!document.querySelector('.track-slider')")
    before = shown.text_content()
    page.locator(".track-slider").focus()
    page.keyboard.press("Home")
    assert shown.text_content() != before
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="600 倍速").click()
    page.get_by_role("button", name="播放").click()
    opened.until(f"document.querySelector('.track-time').textContent === '{before}'")
    page.locator("tr[data-stop='2']").hover()
    expect(page.locator("tr[data-stop='2']")).to_have_class("pointed")
    assert opened.faults == []
    page.context.close()


def test_a_table_is_saved_with_the_servers_watermark_after_it_was_written_down(browser: Browser, site: Site) -> None:
    table = "<table id='t'><tr><th>街道</th><th>件</th></tr><tr><td>南关</td><td>12</td></tr></table>"
    button = slot("png", {"target": "t", "name": "街道/表", "title": "街道"})
    opened = Opened(browser, site, leader_page.page(table, button), accept_downloads=True)
    with opened.page.expect_download() as saved:
        opened.page.get_by_role("button", name="保存为图片").click()
    assert saved.value.suggested_filename == "街道_表.png"
    with open(saved.value.path(), "rb") as file:
        assert file.read(8) == b"\x89PNG\r\n\x1a\n"
    assert site.exported[-1][0] == "token"
    assert site.exported[-1][1] == {"name": "街道/表", "page": "/page", "lang": "zh-CN"}
    site.export_status = 403
    opened.page.get_by_role("button", name="保存为图片").click()
    expect(opened.page.locator(".png-said")).to_have_text("无权限导出")
    site.export_status = 200
    opened.page.context.close()
