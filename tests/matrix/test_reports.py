"""Reports and appeals by role x scope x channel: nobody receives one that is not theirs.

The office of this city keeps its reports to their regions. The city's month makes itself by the schedule and is opened
for appeals; notices of the districts are issued.
"""

import re
from collections.abc import Iterator
from threading import Event
from time import monotonic

import pytest

from dashboard.security.caller import RIGHTS
from tests.matrix import place
from tests.matrix.people import Person
from tests.matrix.test_matrix import EVERY, KEYS, RIGHTS_OF, clean, plain
from tests.program import Program

People = dict[tuple[str, str], Person]
Ids = dict[str, str]
FORMATS = ("docx", "pdf", "xlsx", "html", "json")
SECONDS = 600


def _list(person: Person, query: str = "") -> list[dict[str, object]]:
    answer = person.get(f"/api/v1/reports{query}")
    assert answer.status_code == 200, answer.text[:300]
    entries: list[dict[str, object]] = answer.json()["entries"]
    return entries


def _wait_for(person: Person, kind: str, region: str, state: str) -> str:
    """The id of a report once it has come so far."""
    end, pause = monotonic() + SECONDS, Event()
    while True:
        found = [one for one in _list(person, f"?kind={kind}&state={state}") if one["asked"]["region"] == region]  # type: ignore[index]
        if found:
            return str(found[0]["id"])
        assert monotonic() < end, (kind, region, state, person.click("/reports").text[-3000:])
        pause.wait(0.5)


def _act(person: Person, id_: str, act: str) -> None:
    answer = person.post("/report/act", {"id": id_, "act": act, "lang": ""})
    assert answer.status_code == 303 and "no." not in answer.headers["Location"], answer.headers.get("Location")


@pytest.fixture(scope="module")
def ids(program: Program, people: People) -> Iterator[Ids]:
    """The reports by region; the city's is heard, those of the districts are issued."""
    (program.directory / "reports.toml").write_text("public = false\n", encoding="utf-8")
    center = people["center", ""]
    found = {"": _wait_for(center, "month", "", "draft")}
    _act(center, found[""], "appeals")
    for region in ("4101", "4102"):
        asked = {"kind": "notice", "from": place.today(), "to": place.today(), "region": region, "levels": "street"}
        assert center.post("/reports/make", asked).status_code == 303
        found[region] = _wait_for(center, "notice", region, "draft")
        _act(center, found[region], "freeze")
        _wait_for(center, "notice", region, "frozen")
        _act(center, found[region], "issue")
        _wait_for(center, "notice", region, "issued")
    yield found


def sees(role: str, scope: str, region: str) -> bool:
    """An issued report is seen by readers whose region holds its region; a unit sees none that does not circulate."""
    return "read" in RIGHTS_OF[role] and role not in ("unit", "crew") and region.startswith(scope)


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_reports_by_every_way(ids: Ids, people: People, role: str, scope: str) -> None:
    person = people[role, scope]
    for region in ("4101", "4102"):
        may, id_ = sees(role, scope, region), ids[region]
        answer = person.get(f"/api/v1/reports/{id_}")
        assert (answer.status_code == 200) == may, (region, answer.status_code)
        clean(answer.text, scope)
        for kind in FORMATS:
            file = person.get(f"/report/{id_}.{kind}")
            assert (file.status_code == 200) == (may and "export" in RIGHTS_OF[role]), (region, kind, file.status_code)
            if kind in ("json", "html"):
                clean(file.text, scope)
        if role not in KEYS:
            clean(person.click("/report", f"?id={id_}").text, scope, id_)
            clean(person.click("/reports", f"?region={region}").text, scope, region)
            clean(person.click("/reports/compare", f"?a={id_}&b={ids['']}").text, scope, id_)
    if "read" in RIGHTS_OF[role]:
        seen = {one["asked"]["region"] for one in _list(person)}  # type: ignore[index]
        assert seen - {""} == {region for region in ("4101", "4102") if sees(role, scope, region)}


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_what_is_heard_shows_each_only_the_own_rows(ids: Ids, people: People, role: str, scope: str) -> None:
    person = people[role, scope]
    answer = person.get(f"/api/v1/reports/{ids['']}")
    assert (answer.status_code == 200) == ("read" in RIGHTS_OF[role])
    clean(answer.text, scope)
    for kind in FORMATS:
        assert person.get(f"/report/{ids['']}.{kind}").status_code != 200
    if role not in KEYS:
        clean(person.click("/report", f"?id={ids['']}").text, scope, ids[""])


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_nobody_else_makes_reports_or_takes_them_further(ids: Ids, people: People, role: str, scope: str) -> None:
    if role in KEYS or (role == "center" and not scope):
        return
    person = people[role, scope]
    for act in ("freeze", "issue", "correct", "revise"):
        answer = person.post("/report/act", {"id": ids[""], "act": act, "lang": ""})
        assert answer.status_code == 403 or "no." in answer.headers.get("Location", "") or role in ("auditor", "admin")
    asked = {"kind": "month", "period": "2025-01", "region": "4102"}
    answer = person.post("/reports/make", asked)
    assert answer.status_code != 303 or "said=asked" not in answer.headers["Location"]


def test_appeals_are_for_whom_they_concern(ids: Ids, people: People) -> None:
    """Last month has no cases: every appeal is refused, and in words that tell nothing of the cases of others."""
    for (role, scope), person in people.items():
        if role in KEYS or "read" not in RIGHTS.get(role, frozenset()):
            continue
        for street in place.CASES:
            grounds = {"change": "on_time", "reason": "理由", "evidence": "证据"}
            answer = person.post("/report/appeal", {"id": ids[""], "case": place.case_id(street), **grounds})
            assert answer.status_code == 303
            said = re.search(r"said=no\.(\w+)", answer.headers["Location"])
            judged = (role == "street" and scope) or (role == "unit" and street == "410101")
            wanted = "change" if judged and place.inside(scope, street) else "missing"
            assert said and said[1] == wanted, (role, scope, street, said)


def test_no_report_names_anybody(ids: Ids, people: People) -> None:
    for region in ("4101", "4102"):
        for kind in ("json", "html"):
            text = plain(people["center", ""].get(f"/report/{ids[region]}.{kind}").text)
            assert place.PHONE not in text and place.PERSON not in text
