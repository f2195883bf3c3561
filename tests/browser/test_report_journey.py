"""A month's report from the first click to its files: made, appealed against, decided, frozen, issued, downloaded."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import town
from tests.program import Program

pytestmark = [pytest.mark.browser]
WAIT, WORK = 20_000, 90_000
"""Milliseconds until a page is there, and until something is made."""
CASE = "R1"


def middle_of_last_month() -> float:
    """Seconds since then."""
    month = date.today().replace(day=1) - timedelta(days=1)
    return (datetime.now() - datetime.combine(month.replace(day=15), datetime.min.time())).total_seconds()


@pytest.fixture(scope="module")
def office(program: Program, served: Program) -> Program:
    """The town, with four cases of the month before in one street, one of them late."""
    begin, hour = middle_of_last_month(), 3600
    events = []
    for n in range(1, 5):
        case, late = f"R{n}", n == 1
        events += [
            town.accepted(case, begin, due=town.at(begin - hour)),
            town.event(case, "handled", begin - (3 * hour if late else 600)),
            town.event(case, "closed", begin - (4 * hour if late else 1200)),
        ]
    assert program.send("/api/v1/events", events)["rejected"] == []
    return program


@contextmanager
def signed_in(browser: Browser, program: Program, role: str, region: str = "") -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    context.add_cookies([program.session_cookie(role, region)])  # type: ignore[list-item]
    page = context.new_page()
    page.set_default_timeout(WAIT)
    yield page
    context.close()


def time_passes(program: Program) -> None:
    """The time for appeals is over."""
    with closing(sqlite3.connect(program.directory / "yiping.db")) as database, database:
        database.execute("UPDATE report SET until = made + 1 WHERE state = 'appeals'")


def step(page: Page, state: str) -> None:
    """The report has come to a state."""
    expect(page.locator(".report-steps [aria-current=step] b")).to_have_text(state, timeout=WORK)


def act(page: Page, words: str, *, final: bool = False) -> None:
    page.locator(".report-act > summary", has_text=words).click()
    form = page.locator(".report-act[open] form")
    button = form.get_by_role("button", name=words)
    if final:
        button.click()
        expect(form.locator("[name=sure]:invalid")).to_have_count(1)
        form.locator("[name=sure]").check()
    button.click()


def known(page: Page, program: Program) -> None:
    """The cases have come into the extract that reports are frozen from."""
    month = (date.today().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    place = f"{program.url}/cases?period={month}"
    page.goto(place)
    while page.locator(".case-list, .card-case-list").get_by_text(CASE, exact=True).count() == 0:
        page.wait_for_timeout(500)
        page.goto(place)
        page.locator("main .card").first.wait_for()


def make(page: Page, program: Program) -> None:
    """From the archive to the draft."""
    page.goto(f"{program.url}/reports")
    page.get_by_role("link", name="制作通报").click()
    page.locator(".form-make select[name=levels]").select_option("district,street")
    page.get_by_role("button", name="生成草案").click()
    expect(page.locator(".report-said")).to_contain_text("已列入制作队列")
    page.locator(".report-works a", has_text="查看").click(timeout=WORK)
    step(page, "草案")


def test_from_the_first_click_to_the_files(browser: Browser, office: Program) -> None:
    with signed_in(browser, office, "center") as center, signed_in(browser, office, "street", "410101") as street:
        known(center, office)
        make(center, office)
        place = center.url
        street.goto(place)
        expect(street.locator("h1")).to_have_text("没有这个页面")
        act(center, "开放申诉")
        step(center, "申诉期")
        street.goto(place)
        _lodge(street)
        center.reload()
        _accept(center)
        expect(center.locator(".paper")).to_contain_text("按期办结率100.00%", timeout=WORK)
        time_passes(office)
        center.goto(place)
        act(center, "定稿", final=True)
        step(center, "已定稿")
        act(center, "发布", final=True)
        step(center, "已发布")
        _files(center)
        street.goto(f"{office.url}/reports?state=issued")
        expect(street.locator(".report-table tbody tr")).to_have_count(1)


def _lodge(page: Page) -> None:
    """Who is judged sees its own rows alone, and appeals."""
    expect(page.locator(".paper")).to_contain_text("一街道")
    expect(page.locator(".paper")).not_to_contain_text("二街道")
    page.locator(".report-act > summary", has_text="提出申诉").click()
    form = page.locator(".form-lodge")
    form.locator("[name=case]").fill(CASE)
    form.locator("[name=reason]").fill("停电，未能及时回传")
    form.locator("[name=evidence]").fill("停电公告12号")
    form.get_by_role("button").click()
    expect(page.locator(".report-said")).to_have_text("申诉已提交。")
    expect(page.locator(".report-appeals")).to_contain_text("停电，未能及时回传")


def _accept(page: Page) -> None:
    page.locator(".report-appeals summary").click()
    form = page.locator(".report-appeals form")
    form.locator("select").select_option("accept")
    form.locator("textarea").fill("经核实，属实")
    form.get_by_role("button").click()
    expect(page.locator(".appeal-accepted")).to_have_text("成立", timeout=WORK)


def _files(page: Page) -> None:
    for kind in ("DOCX", "PDF", "XLSX", "JSON"):
        with page.expect_download() as taken:
            page.locator(".report-files").get_by_role("link", name=kind, exact=True).click()
        assert taken.value.suggested_filename.endswith(kind.lower())
        assert taken.value.path().stat().st_size > 1000
    with page.expect_popup() as opened:
        page.locator(".report-files").get_by_role("link", name="HTML", exact=True).click()
    paper = opened.value
    expect(paper.locator("body")).to_contain_text("按期办结率100.00%")
    paper.close()
