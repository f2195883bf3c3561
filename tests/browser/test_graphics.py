"""The dots when the graphics card goes, comes back, or was never there; and a person who wants less motion."""

import pytest
from playwright.sync_api import Browser

from tests.browser import town
from tests.browser.wall_page import WallPage
from tests.program import Program

pytestmark = [pytest.mark.browser]
LOSE = """() => {
  const gl = document.querySelectorAll('.map-stack canvas')[1].getContext('webgl2');
  window.lost = gl.getExtension('WEBGL_lose_context');
  window.lost.loseContext();
}"""
NO_WEBGL = """HTMLCanvasElement.prototype.getContext = (own => function (kind, ...rest) {
  return /webgl/.test(kind) ? null : own.call(this, kind, ...rest);
})(HTMLCanvasElement.prototype.getContext)"""
DRAWN = """() => {
  const canvas = document.querySelectorAll('.map-stack canvas')[1];
  const {width, height} = canvas, copy = Object.assign(document.createElement('canvas'), {width, height});
  const pen = copy.getContext('2d');
  window.wall.map.drawDots(1);
  pen.drawImage(canvas, 0, 0);
  return pen.getImageData(0, 0, width, height).data.filter((value, i) => i % 4 === 3 && value > 0).length >= 50;
}"""
"""At least 50 pixels: eight dots of about four device pixels across."""
SLOW = """[...document.querySelectorAll('.wall *')].filter(element => [null, '::before', '::after'].some(part => {
  const {transitionDuration, animationName, animationDuration} = getComputedStyle(element, part);
  const long = times => times.split(',').some(time => parseFloat(time) > 0.01);
  return long(transitionDuration) || animationName !== 'none' && long(animationDuration);
})).map(element => element.id || element.className)"""


@pytest.fixture
def peopled(served: Program) -> Program:
    served.send("/api/v1/positions", town.fixes())
    return served


def test_dots_come_back_with_the_graphics_card(peopled: Program, browser: Browser) -> None:
    wall = WallPage(browser, peopled)
    wall.until(DRAWN)
    wall.page.evaluate(LOSE)
    wall.page.evaluate("setTimeout(() => window.lost.restoreContext(), 300)")
    wall.until(DRAWN)
    assert wall.page.get_attribute("#map", "data-gl") == "yes"
    assert wall.faults == []
    wall.close()


def test_dots_are_drawn_flat_when_the_graphics_card_stays_away(peopled: Program, browser: Browser) -> None:
    wall = WallPage(browser, peopled)
    wall.until(DRAWN)
    wall.page.evaluate(LOSE)
    wall.until("document.getElementById('map').dataset.gl === 'no'", seconds=15)
    wall.until(DRAWN)
    wall.close()


def test_dots_are_drawn_flat_where_there_is_no_webgl(peopled: Program, browser: Browser) -> None:
    wall = WallPage(browser, peopled, script=NO_WEBGL)
    wall.until("document.getElementById('map').dataset.gl === 'no'")
    wall.until(DRAWN)
    assert wall.faults == []
    wall.close()


def test_less_motion_means_none(peopled: Program, browser: Browser) -> None:
    wall = WallPage(browser, peopled, reduced_motion="reduce")
    wall.page.evaluate("window.moved = 0; document.addEventListener('transitionrun', () => window.moved++)")
    peopled.send("/api/v1/events", town.accepted("G1", title="少些动画"))
    peopled.send("/api/v1/positions", town.fixes())
    wall.until_says("ticker-body", "少些动画")
    assert wall.page.evaluate("document.getAnimations().length + window.moved") == 0
    assert wall.page.evaluate(SLOW) == []
    wall.close()
