"""Every address: who may come, in which spelling, with which headers, from whose page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.api.rights import PATHS
from dashboard.config import Settings
from dashboard.security.doorman import SESSION
from dashboard.security.keys import create_key
from tests.doors.opened import House, Visitor, opened


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("house")) as made:
        yield made


def every_path(house: House) -> list[str]:
    """One address for every rule of the application."""
    rules = {rule.rule for rule in house.server.url_map.iter_rules()}
    return sorted({rule.replace("<id>", "x").replace("<path:path>", "stray/x").split("<")[0] for rule in rules})


def test_nothing_but_the_doors_is_open_to_strangers(house: House) -> None:
    stranger = house.visitor()
    open_to_all = [path for path in every_path(house) if stranger.get(path).status_code == 200]
    assert open_to_all == ["/_favicon.ico", "/healthz", "/login", "/pair", "/readyz"], open_to_all
    for path in every_path(house):
        answer = stranger.get(path)
        if answer.status_code == 303:
            assert answer.location.startswith("/login"), path


def test_data_of_pages_is_refused_to_strangers_in_json(house: House) -> None:
    stranger = house.visitor()
    for path in ("/_dash-layout", "/_dash-dependencies", "/_dash-component-suites/dash/deps/x.js"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert stranger.client.post("/_dash-update-component", json={}).status_code == 401


PLACES = {
    "/wall": {"leader", "center", "street", "wall"},
    "/region": {"leader", "center", "street", "unit"},
    "/cases": {"leader", "center", "street", "unit"},
    "/case": {"leader", "center", "street", "unit"},
    "/ranking": {"leader", "center", "street", "unit"},
    "/score": {"leader", "center", "street", "unit"},
    "/worker": {"leader", "center", "street"},
    "/reports": {"leader", "center", "street", "unit"},
    "/reports/compare": {"leader", "center", "street", "unit"},
    "/report": {"leader", "center", "street", "unit"},
    "/report/x.pdf": {"leader", "center", "street", "unit"},
    "/export/x.csv": {"leader", "center", "street", "unit"},
    "/admin/accounts": {"admin"},
    "/admin/devices": {"admin"},
    "/admin/sessions": {"admin"},
    "/admin/keys": {"admin"},
    "/audit": {"auditor"},
    "/audit/log.csv": {"auditor"},
    "/_dash-layout": {"leader", "center", "street", "unit", "wall"},
}


@pytest.mark.parametrize("role", ["leader", "center", "street", "unit", "auditor", "admin"])
def test_each_role_opens_its_own_pages_and_no_other(house: House, role: str) -> None:
    visitor = house.signed_in(role)
    refused = {path for path in PLACES if visitor.get(path).status_code == 403}
    assert refused == {path for path, roles in PLACES.items() if role not in roles}


def test_a_refusal_is_a_page_in_words_and_stands_in_the_log_once_a_minute(house: House) -> None:
    visitor = house.signed_in("auditor")
    before = len(house.log("access.refused"))
    for _ in range(5):
        answer = visitor.get("/region?region=A")
        assert answer.status_code == 403 and "无权限查看" in answer.get_data(as_text=True)
    rows = house.log("access.refused")
    assert len(rows) == before + 1 and (rows[0].subject, rows[0].result) == ("/region", "refused")
    house.watch.pass_seconds(60)
    visitor.get("/region")
    assert len(house.log("access.refused")) == before + 2


def test_refusals_of_the_api_stand_in_the_log_too(house: House) -> None:
    bound = {"Authorization": f"Bearer {create_key(house.doorman.engine, 'bound', ['read'], 'A')}"}
    stranger = house.visitor()
    house.watch.pass_seconds(60)
    for _ in range(3):
        assert stranger.get("/api/v1/kpis?region=B", headers=bound).status_code == 403
        assert stranger.get("/api/v1/kpis", headers={"Authorization": "Bearer guess"}).status_code == 401
        assert stranger.get("/api/v1/kpis").status_code == 401
    assert [(row.who, row.subject) for row in house.log("access.refused")[:2]] == [
        ("", "/api/v1/kpis"), ("bound", "/api/v1/kpis"),
    ]  # fmt: skip


def test_a_path_that_nobody_named_does_not_exist(house: House) -> None:
    assert house.signed_in("leader").get("/wp-admin").status_code == 404
    assert {path for path, _ in PATHS} >= {f"/{path.split('/')[1]}" for path in every_path(house) if path != "/stray/x"}


def test_pages_that_wait_for_the_analysis_may_ask_for_it(house: House) -> None:
    assert house.signed_in("leader").get("/prepared").status_code == 204


@pytest.mark.parametrize(
    "path",
    ["//audit", "/audit//", "/./audit", "/region/../audit", "/%61udit", "/audit%2f", "/audit%5c", "/audit;x=1", "/a%00",
     "/assets/../app.py", "/assets/%2e%2e/app.py", "/assets/..%2fapp.py", "/assets/..\\app.py", "/assets//etc/passwd",
     "/%2e%2e/%2e%2e/etc/passwd", "/login/%2e%2e/audit", "//login", "/_dash-component-suites/dash/../../app.py",
     "/assets/dist/../../../config.toml"],
)  # fmt: skip
@pytest.mark.parametrize("role", ["", "auditor"])
def test_another_spelling_of_an_address_is_not_found(house: House, path: str, role: str) -> None:
    visitor = house.signed_in(role) if role else house.visitor()
    answer = visitor.client.open("/x", environ_overrides={"REQUEST_URI": path, "RAW_URI": path, "PATH_INFO": path})
    assert answer.status_code == 404, answer.get_data(as_text=True)[:200]


def test_assets_lead_nowhere_else(house: House) -> None:
    get = house.visitor().get
    assert get("/assets/forms.css").status_code == 200
    for path in ("/assets/app.py", "/assets/x/../../app.py", "/assets/i18n"):
        assert get(path).status_code == 404


HEADERS = (
    "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy",
    "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Cache-Control",
)  # fmt: skip


@pytest.mark.parametrize("role", ["", "leader", "admin", "auditor"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS"])
def test_every_answer_has_every_header(house: House, role: str, method: str) -> None:
    visitor = house.signed_in(role) if role else house.visitor()
    others = ["//x", "/nothing", "/assets/forms.css", "/assets/none.css", "/socket.io/", "/socket.io/x"]
    for path in [*every_path(house), *others]:
        if path == "/logout":
            continue
        answer = visitor.client.open(path, method=method)
        missing = {name for name in HEADERS if name not in answer.headers}
        assert missing <= ({"Cache-Control"} if path in CODE else set()), (path, answer.status_code, missing)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'") and "frame-ancestors 'none'" in policy
        assert "unsafe-eval" not in policy and "script-src 'self' 'unsafe-inline'" not in policy
        assert "Server" not in answer.headers or "/" not in answer.headers["Server"]


CODE = ("/assets/forms.css", "/_favicon.ico")


def test_only_code_may_be_kept_by_caches(house: House) -> None:
    visitor = house.signed_in("leader")
    for path in ("/wall", "/login", "/account", "/_dash-layout", "/api/v1/kpis"):
        assert visitor.get(path).headers["Cache-Control"] == "no-store", path
    assert visitor.get("/assets/forms.css").headers["Cache-Control"] != "no-store"


def test_other_origins_may_load_the_sign_of_life_alone(house: House) -> None:
    visitor = house.visitor()
    policies = {
        path: visitor.get(path).headers["Cross-Origin-Resource-Policy"] for path in (*CODE, "/login", "/nothing")
    }
    assert {path for path, policy in policies.items() if policy != "same-origin"} == {"/_favicon.ico"}


def test_transport_security_is_asked_for_over_tls_alone(house: House) -> None:
    get = house.visitor().client.get
    assert "Strict-Transport-Security" not in get("/login").headers
    assert "max-age" in get("/login", base_url="https://city.example").headers["Strict-Transport-Security"]


# --- requests that another site made


def forms(house: House) -> list[str]:
    return sorted(
        rule.rule for rule in house.server.url_map.iter_rules()
        if rule.methods and "POST" in rule.methods and not rule.rule.startswith(("/api/", "/_dash"))
    )  # fmt: skip


def test_no_form_is_taken_without_its_token(house: House) -> None:
    admin = house.signed_in("admin")
    assert len(forms(house)) >= 12
    for path in forms(house):
        for fields in ({}, {"csrf_token": "x"}, {"csrf_token": seal_of(house.signed_in("admin"))}):
            answer = admin.client.post(path, data=fields)
            assert answer.status_code == 400, (path, answer.status_code)
            assert "页面已过期" in answer.get_data(as_text=True)
    assert admin.get("/admin/accounts").status_code == 200


def seal_of(visitor: Visitor) -> str:
    text = visitor.get("/account").get_data(as_text=True)
    return text.split('name="csrf_token" value="')[1].split('"')[0]


def test_a_token_dies_with_its_session(house: House) -> None:
    visitor = house.visitor()
    before = visitor.get("/login").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    visitor.login(house.person("leader"))
    assert visitor.client.post("/logout", data={"csrf_token": before}).status_code == 400
    assert visitor.get("/account").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
     {"Origin": "null"}, {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
     {"Origin": "http://localhost:81"}, {"Origin": "https://localhost"}],
)  # fmt: skip
def test_pages_answer_only_questions_of_their_own_origin(house: House, headers: dict[str, str]) -> None:
    visitor = house.signed_in("leader")
    visitor.get("/wall")
    token = {"X-CSRFToken": visitor.cookie("_csrf_token")}
    answer = visitor.client.post("/_dash-update-component", json={}, headers=headers | token)
    assert answer.status_code == 403


def test_pages_ask_for_token_and_json_too(house: House) -> None:
    visitor = house.signed_in("leader")
    visitor.get("/wall")
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    token = own | {"X-CSRFToken": visitor.cookie("_csrf_token")}
    post = visitor.client.post
    assert post("/_dash-update-component", json={}, headers=own).status_code == 400
    assert post("/_dash-update-component", data="{}", content_type="text/plain", headers=token).status_code == 403
    assert post("/_dash-update-component", json={}, headers=token).status_code not in (400, 401, 403)


def test_cookies_never_open_a_way_in(house: House) -> None:
    visitor = house.signed_in("center")
    assert visitor.get("/api/v1/kpis").status_code == 200
    for path in ("/api/v1/events", "/api/v1/positions", "/api/v1/osmand"):
        assert visitor.client.post(path, json={}).status_code == 403
    assert visitor.get("/api/v1/osmand?id=1").status_code == 403


def test_keys_come_in_by_the_header_alone(house: House) -> None:
    key = create_key(house.doorman.engine, "reader", ["read"])
    stranger = house.visitor()
    bearer = {"Authorization": f"Bearer {key}"}
    assert stranger.get("/api/v1/kpis", headers=bearer).status_code == 200
    assert stranger.get("/api/v1/kpis", headers={"Authorization": "Bearer wrong"}).status_code == 401
    stranger.client.set_cookie(SESSION, key)
    assert stranger.get("/api/v1/kpis").status_code == 401
    assert stranger.login("reader", key).status_code == 403
    signed_in = house.signed_in("center")
    assert signed_in.get("/api/v1/kpis", headers={"Authorization": "Bearer wrong"}).status_code == 401


# --- faults


def test_a_fault_tells_nothing_of_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise RuntimeError("SELECT secret FROM account -- 3.11 Traceback")

    monkeypatch.setitem(house.server.config, "PROPAGATE_EXCEPTIONS", False)
    visitor = house.signed_in("leader")
    for endpoint in ("entering.ask", "own.show", "api.kpis", "/wall"):
        if endpoint not in house.server.view_functions:
            continue
        monkeypatch.setitem(house.server.view_functions, endpoint, broken)
    for path in ("/login", "/account", "/api/v1/kpis"):
        answer = visitor.get(path)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 500
        assert not any(word in text for word in ("SELECT", "Traceback", "RuntimeError", "3.11", "Werkzeug")), path


def test_forwarded_headers_are_believed_from_named_proxies_only(tmp_path: Path) -> None:
    forged = {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "localhost", "X-Forwarded-Proto": "https"}
    far = {"REMOTE_ADDR": "192.168.1.9"}
    with opened(tmp_path / "a", demo=True) as house:
        client = house.visitor().client
        assert client.get("/wall", headers=forged, environ_base=far).status_code == 303
        assert client.get("/api/v1/kpis", headers=forged, environ_base=far).status_code == 403
        assert "Strict-Transport-Security" not in client.get("/login", headers=forged).headers
        assert client.get("/wall").status_code == 200
        assert client.get("/wall", headers={"Host": "evil.example"}).status_code == 303
    with opened(tmp_path / "b", settings=Settings(trusted_proxies=1)) as house:
        answer = house.visitor().client.get("/login", headers=forged | {"X-Forwarded-For": "10.0.0.1, 10.0.0.2"})
        assert "Strict-Transport-Security" in answer.headers
