"""In Chromium: a wall is paired and revoked, a person signs in, changes the password, follows a link from elsewhere."""

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium import browser
from tests.doors.opened import PASSWORD, House, served

__all__ = ["browser"]
pytestmark = pytest.mark.browser


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with served(tmp_path) as made:
        yield made


def opened_page(browser: Browser) -> Page:
    return browser.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN").new_page()


def sign_in(page: Page, house: House, name: str, place: str) -> None:
    page.goto(f"{house.url}{place}")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"**{place}")


def screens(house: House, wanted: int, seconds: float) -> bool:
    end, pause = time.monotonic() + seconds, Event()
    while house.hub.screens != wanted and time.monotonic() < end:
        pause.wait(0.05)
    return house.hub.screens == wanted


def test_a_wall_is_paired_shows_the_city_and_goes_dark_when_revoked(house: House, browser: Browser) -> None:
    wall, admin = opened_page(browser), opened_page(browser)
    wall.goto(f"{house.url}/wall")
    wall.get_by_role("link", name="将此屏幕登记为大屏").click()
    wall.get_by_role("button", name="显示登记码").click()
    code = wall.locator(".code").inner_text()
    sign_in(admin, house, house.person("admin"), "/admin/devices")
    admin.get_by_label("登记码").fill(code)
    admin.get_by_label("设备名称").fill("指挥大厅主屏")
    admin.get_by_label("区域").fill("A")
    admin.get_by_role("button", name="批准登记").click()
    expect(admin.get_by_role("status")).to_contain_text("已批准")
    wall.wait_for_url("**/wall", timeout=10_000)
    assert screens(house, 1, 20)
    admin.goto(f"{house.url}/admin/devices")
    expect(admin.get_by_role("rowheader", name="指挥大厅主屏")).to_be_visible()
    admin.get_by_role("button", name="停用").click()
    assert screens(house, 0, 5)
    expect(wall.get_by_text("无权限查看")).to_be_visible(timeout=5_000)
    wall.goto(f"{house.url}/wall")
    expect(wall).to_have_url(f"{house.url}/login?next=%2Fwall")
    wall.context.close()
    admin.context.close()


def test_a_wall_that_was_cut_asks_anew_until_somebody_can_say_who_it_is(
    house: House, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, asked = opened_page(browser), Event()
    sign_in(page, house, house.person("leader"), "/wall")
    assert screens(house, 1, 20)
    server = house.hub.socketio.server

    def away(*_: object) -> None:
        asked.set()
        raise OSError("the store is away")

    with monkeypatch.context() as patched:
        patched.setattr(house.hub, "_authenticate", away)
        for sid, _ in list(server.manager.get_participants("/", None)):
            server.disconnect(sid)
        assert asked.wait(5) and screens(house, 0, 5)
    assert screens(house, 1, 10)
    expect(page.get_by_text("无权限查看")).to_be_hidden()
    page.context.close()


def test_a_first_password_is_changed_by_keyboard_alone(house: House, browser: Browser) -> None:
    page = opened_page(browser)
    name = house.person("auditor", must_change=True)
    page.goto(f"{house.url}/audit")
    page.wait_for_function("document.activeElement instanceof HTMLInputElement")
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account?next=*")
    for label, text in (("原密码", PASSWORD), ("新密码", "a password of my own")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("再输入一次新密码").fill("a password of my own")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("审计日志")
    page.context.close()


def test_a_link_in_another_site_leads_whoever_is_signed_in_to_the_page(house: House, browser: Browser) -> None:
    page = opened_page(browser)
    sign_in(page, house, house.person("auditor"), "/audit")
    page.goto("about:blank")
    page.set_content(f'<a href="{house.url}/audit?action=login">记录</a>')
    page.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("审计日志")
    assert page.url.endswith("/audit?action=login")
    page.context.close()


def test_another_site_cannot_send_our_forms(house: House, browser: Browser) -> None:
    page = opened_page(browser)
    sign_in(page, house, house.person("auditor"), "/audit")
    page.goto("about:blank")
    page.set_content(f'<form method="post" action="{house.url}/logout"><button>win</button></form>')
    page.get_by_role("button").click()
    page.wait_for_load_state()
    page.goto(f"{house.url}/audit")
    expect(page.get_by_role("heading", level=1)).to_have_text("审计日志")
    page.context.close()
