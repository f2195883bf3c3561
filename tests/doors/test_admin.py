"""People, walls, sessions, keys and the log, as those who run them see them."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from callbacks.doors.audit import spelled
from dashboard.base_data import apply_rows
from dashboard.domain.base import Unit
from dashboard.security.accounts import find_account
from dashboard.security.audit import AuditRow, write_audit
from dashboard.security.keys import find_key
from dashboard.store import open_store
from layouts.i18n import LANGUAGES, messages
from tests.doors.opened import House, Visitor, opened

SECRET = re.compile(r'<code class="secret">([^<]+)</code>')


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path) as made:
        yield made


@pytest.fixture
def admin(house: House) -> Visitor:
    return house.signed_in("admin")


def text(visitor: Visitor, path: str) -> str:
    return visitor.get(path).get_data(as_text=True)


def test_a_new_account_has_a_password_that_is_shown_once_and_changed_first(house: House, admin: Visitor) -> None:
    made = admin.post("/admin/accounts", name="Li Wei", role="leader", region="A", unit="")
    assert made.status_code == 400
    made = admin.post("/admin/accounts", name="LiWei", role="leader", region="A", unit="")
    password = SECRET.findall(made.get_data(as_text=True))[0]
    assert password not in text(admin, "/admin/accounts")
    person = house.visitor()
    assert person.login("liwei", password).status_code == 303
    assert person.get("/region").location == "/account?next=%2Fregion"
    new = "a password of my own"
    person.post("/account/password", "/account", old=password, new=new, again=new)
    assert "A" in text(person, "/account") and person.get("/account").status_code == 200
    assert [row.subject for row in house.log("account.created")] == ["liwei"]


@pytest.mark.parametrize(
    "fields",
    [{"role": "wall"}, {"role": "root"}, {"region": "nowhere"}, {"role": "unit"}, {"role": "unit", "unit": "nobody"},
     {"name": "taken"}, {"name": ""}, {"name": "x" * 65}],
)  # fmt: skip
def test_what_cannot_be_an_account_is_refused(house: House, admin: Visitor, fields: dict[str, str]) -> None:
    house.person("leader", name="taken")
    asked = {"name": "new", "role": "leader", "region": "", "unit": ""} | fields
    answer = admin.post("/admin/accounts", **asked)
    assert answer.status_code == 400 and 'role="alert"' in answer.get_data(as_text=True)
    assert find_account(house.doorman.engine, "new") is None


def test_another_role_or_no_account_at_all_holds_at_once(house: House, admin: Visitor) -> None:
    name = house.person("leader")
    person = house.visitor()
    person.login(name)
    one = f"/admin/accounts/one?name={name}"
    admin.post("/admin/accounts/one", one, name=name, role="auditor", region="", unit="")
    assert person.get("/region").status_code == 303
    person.login(name)
    assert (person.get("/region").status_code, person.get("/audit").status_code) == (403, 200)
    admin.post("/admin/accounts/state", one, name=name, disabled="1")
    assert person.get("/audit").status_code == 303
    assert person.login(name).status_code == 403
    admin.post("/admin/accounts/state", one, name=name, disabled="")
    assert person.login(name).status_code == 303
    assert len(house.log("account.changed")) == 3


def test_an_admin_can_neither_disable_nor_demote_himself(house: House, admin: Visitor) -> None:
    one = f"/admin/accounts/one?name={admin.name}"
    assert admin.post("/admin/accounts/state", "/admin/accounts", name=admin.name, disabled="1").status_code == 400
    answer = admin.post("/admin/accounts/one", one, name=admin.name, role="leader", region="", unit="")
    assert answer.status_code == 400
    assert admin.get("/admin/accounts").status_code == 200


def test_a_new_one_time_password_ends_the_sessions(house: House, admin: Visitor) -> None:
    person = house.signed_in("leader")
    answer = admin.post("/admin/accounts/password", f"/admin/accounts/one?name={person.name}", name=person.name)
    fresh = SECRET.findall(answer.get_data(as_text=True))[0]
    assert person.get("/account").status_code == 303
    assert person.login(person.name, fresh).status_code == 303


def test_a_wall_is_paired_by_its_code_once(house: House, admin: Visitor) -> None:
    wall, other = house.visitor(), house.visitor()
    assert wall.post("/pair").location == "/pair"
    page = text(wall, "/pair")
    code = re.findall(r'登记码">([A-Z0-9 ]+)<', page)[0]
    assert 'http-equiv="refresh" content="3"' in page
    assert admin.post("/admin/devices", code="AAAA AAAA", name="x", region="").status_code == 400
    assert admin.post("/admin/devices", code=code, name="指挥大厅", region="nowhere").status_code == 400
    assert admin.post("/admin/devices", code=code.lower(), name="指挥大厅", region="A").status_code == 303
    assert other.get("/pair").status_code == 200 and other.get("/wall").status_code == 303
    told = wall.get("/pair")
    assert told.location == "/wall"
    kept = next(line for line in told.headers.getlist("Set-Cookie") if line.startswith("yiping_device="))
    assert "HttpOnly" in kept and "SameSite=Strict" in kept and "Max-Age=34560000" in kept
    assert wall.get("/wall").status_code == 200 and wall.get("/pair").location == "/wall"
    assert wall.get("/account").status_code == 303
    assert admin.post("/admin/devices", code=code, name="again", region="").status_code == 400
    assert "指挥大厅" in text(admin, "/admin/devices")


def test_a_code_that_nobody_approved_in_time_is_worth_nothing(house: House, admin: Visitor) -> None:
    wall = house.visitor()
    wall.post("/pair")
    code = re.findall(r'登记码">([A-Z0-9 ]+)<', text(wall, "/pair"))[0]
    house.watch.pass_seconds(601)
    assert "显示登记码" in text(wall, "/pair")
    assert admin.post("/admin/devices", code=code, name="late", region="").status_code == 400


def test_codes_cannot_be_guessed_without_end(house: House, admin: Visitor) -> None:
    tries = [admin.post("/admin/devices", code=f"AAAA AAA{n}", name="x", region="").status_code for n in range(8)]
    assert tries[0] == 400 and tries[-1] == 429


def test_a_key_is_shown_once_and_can_be_revoked(house: House, admin: Visitor) -> None:
    made = admin.post("/admin/keys", name="hotline", scope=["read", "write"], region="A")
    key = SECRET.findall(made.get_data(as_text=True))[0]
    found = find_key(house.doorman.engine, key)
    assert found is not None and found.region == "A" and {"read", "write"} <= found.rights
    assert key not in text(admin, "/admin/keys")
    assert admin.post("/admin/keys", name="hotline", scope="read", region="").status_code == 400
    assert admin.post("/admin/keys", name="scopeless", region="").status_code == 400
    admin.post("/admin/keys/revoke", "/admin/keys", name="hotline")
    assert find_key(house.doorman.engine, key) is None
    assert len(house.log("key.created")) == len(house.log("key.revoked")) == 1


CORPUS = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "javascript:alert(1)", "\u202egpj")


@pytest.mark.parametrize("bad", CORPUS)
def test_what_people_type_is_only_ever_text(house: House, bad: str) -> None:
    write_audit(house.doorman.engine, AuditRow(house.watch.at, bad, "login", bad, bad, "leader", bad))
    create = house.signed_in("admin")
    create.post("/admin/keys", name=bad, scope="read", region="")
    pages = [text(house.signed_in("auditor"), "/audit"), text(create, "/admin/keys")]
    pages += [create.post("/admin/accounts", name=bad, role="x", region=bad, unit=bad).get_data(as_text=True)]
    pages += [house.visitor().login(bad).get_data(as_text=True)]
    for page in pages:
        assert "<script" not in page and "<img" not in page and "49" not in re.findall(r"\{\{7\*7\}\}|>49<", page)


# --- the log


def auditor_with_rows(house: House, rows: int) -> Visitor:
    for n in range(rows):
        row = AuditRow(house.watch.at + n * 1000, f"person{n % 3}", "export", f"cases {n}", "=1+1")
        write_audit(house.doorman.engine, row)
    return house.signed_in("auditor")


def numbers(page: str) -> list[int]:
    return [int(n) for n in re.findall(r'<td class="num">(\d+)</td>', page)]


def test_the_log_goes_page_by_page_and_none_is_missing(house: House) -> None:
    auditor = auditor_with_rows(house, 120)
    page, seen = text(auditor, "/audit?action=export"), []
    seen += numbers(page)
    while older := re.findall(r'<a class="button" href="(/audit\?[^"]*before=[^"]*)"', page):
        page = text(auditor, older[0].replace("&amp;", "&"))
        seen += numbers(page)
        assert len(seen) <= 120
    assert seen == list(range(120, 0, -1))


def test_filters_narrow_the_log(house: House) -> None:
    auditor = auditor_with_rows(house, 9)
    assert numbers(text(auditor, "/audit?who=person1&action=export")) == [8, 5, 2]
    assert numbers(text(auditor, "/audit?subject=cases+4")) == [5]
    assert numbers(text(auditor, "/audit?from=2025-10-10&to=2025-10-10&action=export")) == []
    assert len(numbers(text(auditor, "/audit?from=2025-10-09&to=2025-10-09&action=export"))) == 9
    assert auditor.get("/audit?from=yesterday").status_code == 400
    assert "没有符合条件" in text(auditor, "/audit?who=nobody")


def test_the_whole_log_comes_as_csv_that_runs_nothing(house: House) -> None:
    auditor = auditor_with_rows(house, 3)
    answer = auditor.get("/audit/log.csv?action=export")
    assert answer.mimetype == "text/csv" and "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert [row["who"] for row in rows][:3] == ["person0", "person1", "person2"]
    assert rows[0]["detail"] == "'=1+1" and rows[1]["previous"] == rows[0]["hash"]
    assert house.log("export")[0].who == auditor.name


def test_details_that_programs_write_are_read_in_words() -> None:
    assert spelled('{"kind": "month", "region": "", "again": false}') == "kind month · again false"
    assert [spelled(text) for text in ("核实线索", "[1]", "")] == ["核实线索", "[1]", ""]


def test_a_changed_row_is_told_to_the_auditor(house: House) -> None:
    auditor = auditor_with_rows(house, 3)
    assert "哈希链完整" in text(auditor, "/audit")
    assert "yiping-audit" in text(auditor, "/audit")
    with house.doorman.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_log_UPDATE")
        connection.exec_driver_sql("UPDATE audit_log SET subject = 'other' WHERE id = 2")
    assert "在第 2 条处中断" in text(auditor, "/audit")


def test_reading_the_log_stands_in_the_log(house: House) -> None:
    auditor = house.signed_in("auditor")
    auditor.get("/audit")
    assert [row.who for row in house.log("audit.read")] == [auditor.name]


def test_every_word_of_the_doors_is_there_in_both_languages() -> None:
    zh, en = ({key for key in messages(lang) if key.startswith("doors.")} for lang in LANGUAGES)
    assert zh == en
    folder = Path(__file__).parents[2] / "layouts" / "forms"
    written = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.html"))
    asked = set(re.findall(r't\("(doors\.[a-z_.]+)"[,)]', written))
    assert asked and asked <= zh


def test_english_pages_are_english(house: House, admin: Visitor) -> None:
    auditor = auditor_with_rows(house, 2)
    pages = [text(house.visitor(), f"/{path}?lang=en") for path in ("login", "pair")]
    pages += [text(admin, f"/{path}?lang=en") for path in ("account", *(f"admin/{p}" for p in ADMIN))]
    pages += [text(auditor, "/audit?lang=en"), text(admin, "/audit?lang=en"), text(admin, "/nothing?lang=en")]
    for page in pages:
        words = page.replace("中文", "")
        assert not re.findall(r"[\u4e00-\u9fff]+", re.sub(r"<option.*?</option>", "", words)), page[:200]


ADMIN = ("accounts", "devices", "sessions", "keys")


def test_a_unit_is_told_by_its_name(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'city.db'}")
    apply_rows(store.engine, "units", [Unit("U1", "区城管局", name_en="City Management")])
    store.close()
    with opened(tmp_path) as house:
        house.person("unit")
        assert "<td>区城管局</td>" in text(house.signed_in("admin"), "/admin/accounts")
        assert "<dd>区城管局</dd>" in text(house.signed_in("unit"), "/account")
        assert "<dd>City Management</dd>" in text(house.signed_in("unit"), "/account?lang=en")
