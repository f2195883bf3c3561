"""Role x scope x channel: whoever asks, by whatever way, gets nothing that is not theirs."""

import re
from urllib.parse import unquote

import pytest
import requests

from dashboard.security.caller import RIGHTS
from tests.matrix import place
from tests.matrix.people import Person, text_of, workers_of
from tests.program import Program

ROLES = ("leader", "center", "street", "unit", "auditor", "admin", "key")
RIGHTS_OF = {**RIGHTS, "key": frozenset({"read", "wall", "tracks", "export", "quarantine"})}
REGIONS = ("", "41", "4101", "4102", "410101", "410102", "410201", "nowhere")
EVERY = [(role, scope) for role in ROLES for scope in place.SCOPES]
People = dict[tuple[str, str], Person]

PAGES = {
    "/region": "read", "/cases": "read", "/case": "read", "/ranking": "read", "/score": "read", "/worker": "tracks",
}  # fmt: skip
FILES = ("kpis", "children", "analysis", "ranking", "score", "cases")
ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
READS = ("kpis", "ranking", "cases", "workers", "snapshot", "map", "layers")


def clean(text: str, scope: str, *asked: str) -> None:
    """No word of elsewhere stands in an answer, as itself or escaped; what was asked for may come back as an echo."""
    plain = unquote(ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))
    for word in asked:
        plain = plain.replace(word, "") if word else plain
    for word in place.forbidden(scope):
        assert word not in plain, f"{word} in {plain[max(0, plain.find(word) - 200) :][:500]}"


def own(scope: str, region: str) -> bool:
    """Whether a region is known and lies in a scope."""
    return region != "nowhere" and region.startswith(scope)


def asked(answer: requests.Response, scope: str, allowed: bool, *echo: str) -> None:
    """An answer holds nothing of elsewhere, and anything at all only where it is allowed."""
    assert answer.status_code < 500, answer.text[:500]
    clean(answer.text, scope, *echo)
    if not allowed:
        assert answer.status_code in (303, 401, 403, 404), (answer.status_code, answer.text[:300])


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_pages(people: People, role: str, scope: str) -> None:
    """The shell of a page, and the callback that fills it."""
    if role == "key":
        return
    person = people[role, scope]
    for path, right in PAGES.items():
        may = right in RIGHTS_OF[role]
        shell = person.get(path)
        assert (shell.status_code == 200) == may, (path, shell.status_code)
        clean(shell.text, scope)
        for region in REGIONS:
            answer = person.click(path, f"?region={region}")
            assert answer.status_code == (200 if RIGHTS_OF[role] & {"read", "wall"} else 403)
            clean(answer.text, scope, region)


@pytest.mark.parametrize("scope", place.SCOPES)
@pytest.mark.parametrize("role", ["leader", "center", "street"])
def test_counts_of_a_page_are_those_of_the_scope(people: People, role: str, scope: str) -> None:
    person = people[role, scope]
    text = person.click("/cases").json()["response"]["_pages_content"]["children"]
    assert f"{place.cases_in(scope)} 件" in str(text)
    region = person.click("/region").text
    assert "data-part" in region


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_cases_and_workers_by_their_ids(people: People, role: str, scope: str) -> None:
    person = people[role, scope]
    for street in place.CASES:
        inside = place.inside(scope, street)
        may = "read" in RIGHTS_OF[role] and inside and (role != "unit" or place.UNITS[street] == "U1")
        answer = person.get(f"/api/v1/cases/{place.case_id(street)}")
        assert (answer.status_code == 200) == may, (street, answer.status_code)
        if role != "key" and "read" in RIGHTS_OF[role]:
            seen = person.click("/case", f"?id={place.case_id(street)}").text
            assert ("井盖" in seen) == may
        if "tracks" in RIGHTS_OF[role]:
            day = person.get(f"/api/v1/workers/{place.worker_id(street)}/track?date=2026-01-01")
            assert (day.status_code != 404) == inside or day.status_code == 400


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_the_api(people: People, role: str, scope: str) -> None:
    person, rights = people[role, scope], RIGHTS_OF[role]
    for what in READS:
        right = "wall" if what in ("snapshot", "map", "layers") else "read"
        for region in REGIONS:
            name = "under" if what == "ranking" else "region"
            answer = person.get(f"/api/v1/{what}?{name}={region}" if what != "layers" else "/api/v1/layers")
            allowed = right in rights and (region == "" or own(scope, region) or what == "layers")
            asked(answer, scope, allowed, region)
            if allowed and what in ("kpis", "cases", "workers") and (role != "unit" or what == "cases"):
                assert answer.status_code == 200, (what, region, answer.text[:300])


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_counts_of_the_api_are_those_of_the_scope(people: People, role: str, scope: str) -> None:
    person, rights = people[role, scope], RIGHTS_OF[role]
    if "read" not in rights:
        return
    if role != "unit":
        figures = {one["key"]: one["value"] for one in person.get("/api/v1/kpis").json()["figures"]}
        assert figures["accepted"] == place.cases_in(scope)
        assert len(person.get("/api/v1/workers").json()["workers"]) == place.workers_in(scope)
    wanted = place.cases_in(scope) if role != "unit" else place.CASES["410101"]
    assert len(person.get("/api/v1/cases?limit=1000").json()["cases"]) == wanted


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_sockets(people: People, role: str, scope: str) -> None:
    person, may = people[role, scope], "wall" in RIGHTS_OF[role]
    for region in ("", "4101", "4102", "410201"):
        answer = person.watch(region)
        clean(text_of(answer), scope, region)
        if may and (not region or own(scope, region)):
            assert workers_of(answer) == place.workers_in(region or scope)
        else:
            assert "error" in answer and "board" not in answer


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_files(people: People, role: str, scope: str) -> None:
    person, may = people[role, scope], {"export", "read"} <= RIGHTS_OF[role]
    for what in FILES:
        for region in REGIONS if what == "cases" else ("", "4102"):
            answer = person.get(f"/export/{what}.csv?region={region}")
            asked(answer, scope, may and (not region or own(scope, region)), region)
    if may and role not in ("unit", "key"):
        rows = person.get("/export/cases.csv").text.count("井盖")
        assert rows == place.cases_in(scope)


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_searches(people: People, role: str, scope: str) -> None:
    if role == "key":
        return
    person, rights = people[role, scope], RIGHTS_OF[role]
    for words in ("乙", "案410201", "W4102", "4102", "U3", "井盖", "欧阳"):
        answer = person.click("/cases", f"?q={words}")
        if "read" in rights:
            assert answer.status_code == 200
            clean(answer.text, scope, words)


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_personal_data_only_for_those_who_may_read_it(people: People, role: str, scope: str) -> None:
    person, rights = people[role, scope], RIGHTS_OF[role]
    if "read" not in rights:
        return
    answers = [person.get(f"/api/v1/cases/{place.case_id('410101')}"), person.get("/api/v1/workers")]
    if role != "key":
        answers.append(person.click("/case", f"?id={place.case_id('410101')}"))
        answers.append(person.get(f"/export/case.csv?id={place.case_id('410101')}"))
    for answer in answers:
        if "personal" not in rights:
            assert place.PHONE not in answer.text and place.PERSON not in answer.text
    assert (place.PHONE in answers[0].text) == ("personal" in rights)


def test_everything_asked_of_a_machine_is_asked_of_a_page_too(program: Program) -> None:
    """Nobody without a cookie or key gets anything."""
    for path in [*PAGES, *(f"/export/{what}.csv" for what in FILES), *(f"/api/v1/{what}" for what in READS), "/audit"]:
        answer = requests.get(program.url + path, allow_redirects=False, timeout=10)
        assert answer.status_code in (303, 401), (path, answer.status_code)
        clean(answer.text, "no scope")
