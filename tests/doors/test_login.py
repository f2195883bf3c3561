from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.security.doorman import SESSION
from tests.doors.opened import PASSWORD, House, opened


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path) as made:
        yield made


def test_a_stranger_is_sent_to_the_login_and_back(house: House) -> None:
    visitor = house.visitor()
    sent = visitor.get("/audit?who=li")
    assert (sent.status_code, sent.location) == (303, "/login?next=%2Faudit%3Fwho%3Dli")
    name = house.person("auditor")
    entered = visitor.login(name, next="/audit?who=li")
    assert (entered.status_code, entered.location) == (303, "/audit?who=li")
    assert "登录" in visitor.get("/audit").get_data(as_text=True)


@pytest.mark.parametrize(
    "place",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "/ok\r\nX: y", "javascript:x",
     "\\\\evil.example", "/%0d", "", "/login", "/a\\b"],
)  # fmt: skip
def test_a_login_goes_on_to_no_other_site(house: House, place: str) -> None:
    visitor = house.visitor()
    entered = visitor.login(house.person("leader"), next=place)
    assert entered.status_code == 303
    assert entered.location == ("/%0d" if place == "/%0d" else "/region")


def test_wrong_passwords_and_unknown_names_look_alike(house: House) -> None:
    name = house.person("leader")
    wrong, unknown = house.visitor().login(name, "wrong password"), house.visitor().login("nobody", "wrong password")
    assert wrong.status_code == unknown.status_code == 403
    told = [answer.get_data(as_text=True).split('role="alert"')[1][:80] for answer in (wrong, unknown)]
    assert told[0] == told[1]
    assert PASSWORD not in wrong.get_data(as_text=True)


def test_guessing_is_slowed_down_and_a_right_password_does_not_help_meanwhile(house: House) -> None:
    name, visitor = house.person("leader"), house.visitor()
    statuses = [visitor.login(name, f"guess number {n}").status_code for n in range(8)]
    assert statuses[:5] == [403] * 5 and statuses[-1] == 429
    waiting = visitor.login(name)
    assert waiting.status_code == 429 and int(waiting.headers["Retry-After"]) > 0
    house.watch.pass_seconds(int(waiting.headers["Retry-After"]))
    assert visitor.login(name).status_code == 303


def test_every_login_has_a_new_token_and_a_planted_one_is_never_taken_over(house: House) -> None:
    name, visitor = house.person("leader"), house.visitor()
    visitor.client.set_cookie(SESSION, "planted-by-somebody-else")
    visitor.login(name)
    first = visitor.cookie(SESSION)
    assert first != "planted-by-somebody-else" and len(first) >= 40
    stranger = house.visitor()
    stranger.client.set_cookie(SESSION, "planted-by-somebody-else")
    assert stranger.get("/account").status_code == 303
    visitor.login(name)
    assert visitor.cookie(SESSION) != first


def test_the_session_cookie_is_for_the_browser_alone(house: House) -> None:
    name, visitor = house.person("leader"), house.visitor()
    told = [line for line in visitor.login(name).headers.getlist("Set-Cookie") if line.startswith(SESSION)]
    assert "HttpOnly" in told[0] and "SameSite=Strict" in told[0] and "Path=/" in told[0] and "Domain" not in told[0]
    over_tls = house.visitor().client
    page = over_tls.get("/login", base_url="https://city.example")
    seal = page.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": seal, "name": name, "password": PASSWORD}
    answer = over_tls.post(
        "/login", data=form, base_url="https://city.example", headers={"Referer": "https://city.example/login"}
    )
    cookies = answer.headers.getlist("Set-Cookie")
    assert any(line.startswith(f"__Host-{SESSION}=") and "Secure" in line for line in cookies), cookies


def test_logout_ends_the_session_on_the_server(house: House) -> None:
    visitor = house.signed_in("auditor")
    token = visitor.cookie(SESSION)
    assert visitor.post("/logout", "/audit").location == "/login"
    thief = house.visitor()
    thief.client.set_cookie(SESSION, token)
    assert thief.get("/audit").status_code == 303
    assert len(house.log("logout")) == 1


def test_a_one_time_password_must_be_changed_before_anything_else(house: House) -> None:
    visitor = house.visitor()
    visitor.login(house.person("auditor", must_change=True))
    assert visitor.get("/audit").location == "/account?next=%2Faudit"
    page = visitor.get("/account").get_data(as_text=True)
    assert "首次登录" in page
    same = visitor.post("/account/password", "/account", old=PASSWORD, new=PASSWORD, again=PASSWORD)
    short = visitor.post("/account/password", "/account", old=PASSWORD, new="short", again="short")
    differ = visitor.post("/account/password", "/account", old=PASSWORD, new="another long one", again="another")
    assert [answer.status_code for answer in (same, short, differ)] == [400] * 3
    before = visitor.cookie(SESSION)
    new = "quite another one"
    wanted = {"old": PASSWORD, "new": new, "again": new, "next": "/audit?actor=li"}
    assert visitor.post("/account/password", "/account", **wanted).location == "/audit?actor=li"
    assert visitor.cookie(SESSION) != before
    assert visitor.get("/audit").status_code == 200
    later = {"old": new, "new": PASSWORD, "again": PASSWORD, "next": "/audit"}
    assert visitor.post("/account/password", "/account", **later).location == "/account?done=changed"


def test_own_sessions_can_be_ended_and_no_others(house: House) -> None:
    name = house.person("leader")
    here, there, other = house.visitor(), house.visitor(), house.signed_in("leader")
    for visitor in (here, there):
        visitor.login(name)
    opened_by = {row.who: row.subject for row in house.log("login")}
    strangers, theres = opened_by.keys() - {name}, house.log("login")[0].subject
    for id_ in (opened_by[strangers.pop()], theres):
        here.post("/account/sessions/end", "/account", id=id_)
    assert there.get("/account").status_code == 303
    assert other.get("/account").status_code == 200


def test_a_link_from_another_site_is_asked_for_again_by_ourselves(house: House) -> None:
    answer = house.visitor().get("/audit?who=%22%3E%3Cscript%3E", headers={"Sec-Fetch-Site": "cross-site"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'http-equiv="refresh" content="0;url=/audit?who=%22%3E%3Cscript%3E"' in text and "<script" not in text


def test_the_login_speaks_both_languages(house: House) -> None:
    get = house.visitor().get
    assert "User name" in get("/login?lang=en").get_data(as_text=True)
    assert "User name" in get("/login", headers={"Accept-Language": "en-GB,en"}).get_data(as_text=True)
    assert "用户名" in get("/login").get_data(as_text=True)
