"""Login at a provider that runs, through the program's own addresses."""

import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from werkzeug.test import TestResponse

from dashboard.config import OidcRole, OidcSettings, Settings
from dashboard.security.doorman import SESSION
from dashboard.security.oidc_login import COOKIE
from tests.doors.opened import House, Visitor, opened
from tests.security import provider
from tests.security.provider import CLIENT, SECRET, Desk, running_provider

ROLES = (OidcRole("chiefs", "leader", "*"), OidcRole("checkers", "auditor", "*"))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    monkeypatch.setattr(provider, "BACK", "http://localhost/oidc/callback")
    with running_provider() as running:
        running.person |= {"name": "刘伟", "groups": ["chiefs"]}
        yield running


@pytest.fixture
def house(tmp_path: Path, desk: Desk) -> Iterator[House]:
    (tmp_path / "oidc-secret").write_text(SECRET)
    settings = Settings(oidc=OidcSettings(desk.issuer, CLIENT, "oidc-secret", ROLES))
    with opened(tmp_path, settings=settings) as made:
        yield made


def come_back(visitor: Visitor, start: str = "/oidc/start?next=/account") -> TestResponse:
    there = visitor.get(start)
    assert there.status_code == 303
    back = requests.get(there.location, allow_redirects=False, timeout=5).headers["Location"]
    return visitor.get(f"{urlsplit(back).path}?{urlsplit(back).query}", headers={"Sec-Fetch-Site": "cross-site"})


def test_the_login_offers_the_provider(house: House) -> None:
    page = house.visitor().get("/login?next=/audit").get_data(as_text=True)
    assert "使用 127.0.0.1 登录" in page and 'href="/oidc/start?next=%2Faudit"' in page


def test_a_person_of_the_provider_gets_an_account_and_a_session(house: House) -> None:
    visitor = house.visitor()
    answer = come_back(visitor)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200 and 'content="0;url=/account"' in text
    assert visitor.cookie(COOKIE) == "" and len(visitor.cookie(SESSION)) >= 40
    assert any("SameSite=Strict" in line for line in answer.headers.getlist("Set-Cookie") if SESSION in line)
    account = visitor.get("/account").get_data(as_text=True)
    assert "liu" in account and "原密码" not in account
    assert [row.detail for row in house.log("login")] == ["openid"]
    assert len(house.log("account.created")) == 1
    assert visitor.get("/audit").status_code == 403


def test_the_cookie_of_the_way_may_come_back_with_the_provider(house: House) -> None:
    told = house.visitor().get("/oidc/start").headers.getlist("Set-Cookie")
    assert any(line.startswith(COOKIE) and "SameSite=Lax" in line and "HttpOnly" in line for line in told)


def test_whose_browser_began_no_login_gets_none(house: House) -> None:
    victim, attacker = house.visitor(), house.visitor()
    back = requests.get(attacker.get("/oidc/start").location, allow_redirects=False, timeout=5).headers["Location"]
    query = urlsplit(back).query
    assert victim.get(f"/oidc/callback?{query}").status_code == 403
    victim.get("/oidc/start")
    assert victim.get(f"/oidc/callback?{query}").status_code == 403
    assert victim.cookie(SESSION) == ""
    assert {row.detail for row in house.log("login.refused")} == {"openid: state"}


def test_an_answer_counts_once(house: House) -> None:
    visitor = house.visitor()
    there = visitor.get("/oidc/start")
    back = requests.get(there.location, allow_redirects=False, timeout=5).headers["Location"]
    path = f"/oidc/callback?{urlsplit(back).query}"
    assert [visitor.get(path).status_code, visitor.get(path).status_code] == [200, 403]


def test_who_has_no_role_stays_out_and_reads_no_reason(house: House, desk: Desk) -> None:
    desk.person["groups"] = ["staff"]
    visitor = house.visitor()
    answer = come_back(visitor)
    assert answer.status_code == 403 and "统一身份认证未完成" in answer.get_data(as_text=True)
    assert visitor.cookie(SESSION) == "" and house.log("login.refused")[0].detail == "openid: role"


def test_a_login_elsewhere_leads_to_no_third_site(house: House) -> None:
    answer = come_back(house.visitor(), "/oidc/start?next=//evil.example")
    assert 'content="0;url=/region"' in answer.get_data(as_text=True)
