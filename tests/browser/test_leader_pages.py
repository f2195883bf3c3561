"""From page to page of the drill-down without a reload: each stands alone, who walks by keyboard keeps the place."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.program import Program

pytestmark = [pytest.mark.browser]
WAIT = 20_000
NAV = ".top .nav a[href^='{}']"


@pytest.fixture
def page(served: Program, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([served.session_cookie("leader")])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(f"{served.url}/region")
    yield page
    context.close()


def stands_alone(page: Page, heading: str) -> None:
    """Nothing of the page before is left over."""
    expect(page.locator(".leader h1")).to_have_text([heading], timeout=WAIT)
    expect(page).to_have_title(re.compile(f"^{heading} · "))
    for part in (".top", "main", ".tabs", ".place"):
        expect(page.locator(f".leader {part}")).to_have_count(1)


def test_pages_with_and_without_components_follow_each_other(page: Page) -> None:
    stands_alone(page, "测试市")
    for path, heading in (("/cases", "案件"), ("/region", "测试市"), ("/cases", "案件"), ("/ranking", "考核排名")):
        page.locator(NAV.format(path)).click()
        stands_alone(page, heading)
    for heading in ("案件", "测试市"):
        page.go_back()
        stands_alone(page, heading)


def test_a_page_is_asked_for_once_by_whoever_comes_first_and_what_lies_below_comes_by_itself(page: Page) -> None:
    stands_alone(page, "测试市")
    expect(page.locator(".chart-graph .main-svg").first).to_be_attached(timeout=WAIT)
    expect(page.locator(".children-grid .ag-row").first).to_be_attached(timeout=WAIT)
    expect(page.locator("[data-later]")).to_have_count(0)
    assert page.evaluate("scrollY") == 0
    asked = page.evaluate("performance.getEntriesByType('resource').map(({name}) => new URL(name).pathname)")
    for door in ("/_dash-layout", "/_dash-dependencies", "/_dash-update-component"):
        assert asked.count(door) == 1
    assert asked.index("/_dash-update-component") < asked.index("/api/v1/map")


def test_the_focus_stays_on_what_was_chosen(page: Page) -> None:
    stands_alone(page, "测试市")
    page.locator(".filters a", has_text="上月").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".filters [aria-current=true]", has_text="上月")).to_be_focused(timeout=WAIT)


def test_a_grid_is_walked_by_keyboard(page: Page) -> None:
    stands_alone(page, "测试市")
    cell = page.locator(".children-grid .ag-cell.cell-link").first
    name = cell.inner_text(timeout=WAIT)
    page.locator(".children-grid .ag-header-cell").first.focus()
    page.keyboard.press("ArrowDown")
    expect(cell).to_be_focused()
    page.keyboard.press("Enter")
    stands_alone(page, name)


def test_a_sheet_closes_by_escape_and_by_a_click_elsewhere(page: Page) -> None:
    stands_alone(page, "测试市")
    button, sheet = page.locator(".menu-state summary"), page.locator(".menu-state .menu-sheet")
    button.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(button).to_be_focused()
    page.locator(".kpi-accepted summary").click()
    expect(page.locator(".kpi-accepted .definition-words")).to_be_visible()
    page.locator(".place").click()
    expect(page.locator(".kpi-accepted .definition-words")).to_be_hidden()


def test_a_file_says_in_words_what_it_holds(served: Program, page: Page) -> None:
    def about(path: str) -> str:
        return page.request.get(f"{served.url}/export/{path}").text()

    cases = about("cases.csv?region=410101&category=01&state=closed&q=井盖")
    assert "# 范围: 测试市 / 东城区 / 一街道 (410101)" in cases and "搜索: 井盖" in cases and "状态: 已办结" in cases
    assert f"# 周期: {page.locator('.figures-foot').inner_text(timeout=WAIT)[:7]}" in cases
    assert "# 周期: 当前时刻" in about("cases.csv?state=overdue")
    assert "办理结果 v1" in about("ranking.csv?level=street") and "(410101)" in about("score.csv?region=410101")


def test_a_picture_says_what_it_shows(page: Page) -> None:
    stands_alone(page, "测试市")
    told = page.evaluate("""async () => {
        const page = '/region?region=410101&period=2026-09&category=01', leader = document.getElementById('leader');
        const headers = {'Content-Type': 'application/json', 'X-CSRF-Token': leader.dataset.csrf};
        const send = (body) => fetch('/export/png', {method: 'POST', headers, body: JSON.stringify(body)});
        const outside = await send({name: 'x', page: '/region?region=nowhere', lang: 'en'});
        return [(await (await send({name: 'x', page, lang: 'zh-CN'})).json()).lines, outside.status];
    }""")  # fmt: skip
    lines, outside = told
    assert lines[:2] == ["范围: 测试市 / 东城区 / 一街道 (410101)", "周期: 2026-09"] and outside == 403
    assert lines[2].startswith("筛选: ") and lines[-1] == "指标口径版本: v1"


@pytest.mark.parametrize("lang", ["", "en"])
def test_a_page_is_no_wider_than_its_screen(page: Page, lang: str) -> None:
    """Also where a city has a long name: the English one of a district takes 291 of 1440 pixels."""
    stands_alone(page, "测试市")
    if lang:
        page.locator(".switch").click()
        expect(page.locator(".leader[lang=en]")).to_be_visible(timeout=WAIT)
    page.evaluate("document.querySelector('.brand b').textContent = '一个名字很长的自治州 Qianxinan Prefecture'")
    for width in (1440, 1280, 1024, 768):
        page.set_viewport_size({"width": width, "height": 1024})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(page.locator(".top .person")).to_be_visible()
