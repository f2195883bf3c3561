"""Nothing is cut, small or on top of something else: every size and language, long names, large numbers, none."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import town
from tests.browser.wall_page import FULL_HD, UHD, WIDE, WallPage
from tests.program import Program

pytestmark = [pytest.mark.browser]
AUDIT = (Path(__file__).parent / "audit.js").read_text(encoding="utf-8")
LEAST = 17
LARGE = (Path(__file__).parent / "large.js").read_text(encoding="utf-8")


def faults(wall: WallPage, size: tuple[int, int]) -> list[str]:
    wall.page.set_viewport_size({"width": size[0], "height": size[1]})
    wall.page.evaluate("document.fonts.ready")
    wall.page.wait_for_timeout(1300)
    found: list[str] = wall.page.evaluate(AUDIT, LEAST)
    return [f"{size[0]}x{size[1]} {fault}" for fault in found]


def audit(wall: WallPage) -> list[str]:
    found = [fault for size in (FULL_HD, UHD, WIDE) for fault in faults(wall, size)]
    wall.close()
    return found + wall.faults


@pytest.fixture(scope="module")
def busy(program: Program, served: Program) -> Program:
    """Overdue cases, cases due soon and supervised ones in the district with the longest names, with long titles."""
    title = "沿街商铺占道经营并长期堆放杂物影响消防通道及行人通行且多次劝导后仍未整改问题"
    cases = [town.accepted(f"L{n}", 30, "410201", due=town.at(20 - n * 10), title=title) for n in range(8)]
    cases += [town.accepted(f"S{n}", 30, "410201", due=town.at(-1800 - n), title=title) for n in range(5)]
    program.send("/api/v1/events", [*cases, *(town.event(f"L{n}", "supervised", 5) for n in range(3))])
    program.send("/api/v1/positions", town.fixes())
    return program


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_long_names_and_titles(busy: Program, browser: Browser, lang: str) -> None:
    assert len(town.LONG_ZH) == len(town.STREET_ZH) == 40 and len(town.LONG_EN) >= 40
    assert audit(WallPage(browser, busy, f"?lang={lang}")) == []
    assert audit(WallPage(browser, busy, f"?lang={lang}&region=4102")) == []


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_numbers_of_six_digits(busy: Program, browser: Browser, lang: str) -> None:
    wall = WallPage(browser, busy, f"?lang={lang}")
    wall.page.evaluate(LARGE)
    wall.until_says("tile-overdue-value", "888,001")
    assert audit(wall) == []


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_nothing_has_happened_yet(busy: Program, browser: Browser, lang: str) -> None:
    wall = WallPage(browser, busy, f"?lang={lang}&region=410202")
    assert wall.numbers()["accepted"] == "0" and wall.numbers()["on_time"] == "—"
    assert audit(wall) == []


def test_english_says_everything_in_english(busy: Program, browser: Browser) -> None:
    wall = WallPage(browser, busy, "?lang=en&region=410202", WIDE)
    wall.page.wait_for_timeout(1200)
    words = wall.page.evaluate("document.querySelector('.wall').innerText")
    wall.close()
    own = "测试市网格化治理"
    left = {word for word in words.split() if any("\u4e00" <= sign <= "\u9fff" for sign in word)} - {own}
    assert left == set()
