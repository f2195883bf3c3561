"""Role x scope x channel: whoever asks, by whatever way, gets nothing that is not theirs."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import unquote

import pytest
import requests

from dashboard.security.caller import RIGHTS
from dashboard.security.keys import SCOPES
from tests.matrix import place
from tests.matrix.people import Person, Screen, text_of, workers_of
from tests.program import Program

ROLES = ("leader", "center", "street", "unit", "auditor", "admin", "key", "crew")
KEYS, BOUND = ("key", "crew"), ("unit", "crew")
"""Machines, and who is bound to unit U1."""
RIGHTS_OF = {**RIGHTS, **dict.fromkeys(KEYS, SCOPES["read"])}
REGIONS = ("", "41", "4101", "4102", "410101", "410102", "410201", "nowhere")
EVERY = [(role, scope) for role in ROLES for scope in place.SCOPES]
People = dict[tuple[str, str], Person]

PAGES = {
    "/region": "read", "/cases": "read", "/case": "read", "/ranking": "read", "/score": "read", "/worker": "tracks",
}  # fmt: skip
FILES = ("kpis", "children", "analysis", "ranking", "score", "cases")
ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
READS = ("kpis", "ranking", "cases", "workers", "snapshot", "map", "layers", "layers/stations")
FIGURES = ("kpis", "ranking", "workers", "snapshot")
"""What counts the cases of all units or lists those who work for them."""


def clean(text: str, scope: str, *asked: str) -> None:
    """No word of elsewhere stands in an answer, as itself or escaped; what was asked for may come back as an echo."""
    seen = plain(text)
    for word in asked:
        seen = seen.replace(word, "") if word else seen
    for word in place.forbidden(scope):
        assert word not in seen, f"{word} in {seen[max(0, seen.find(word) - 200) :][:500]}"


def plain(text: str) -> str:
    """A text with whatever was escaped in it as JSON or in an address."""
    return unquote(ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))


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
    if role in KEYS:
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


def test_whoever_asks_at_the_same_moment_gets_his_own_page(people: People) -> None:
    """A page's questions are asked side by side, and so are those of other people's pages."""
    asking = [person for (role, _), person in people.items() if role in ("leader", "center", "street", "unit")]
    for person in asking:
        assert person.click("/region").status_code == 200
    with ThreadPoolExecutor(len(asking)) as pool:
        together = list(pool.map(lambda person: person.click("/region").text, asking * 2))
    for person, text in zip(asking * 2, together, strict=True):
        clean(text, person.scope)
        assert "data-part" in text and place.name_of(person.scope) in plain(text), (person.name, text[:300])


@pytest.mark.parametrize("scope", place.SCOPES)
def test_a_unit_is_told_in_words_that_the_cases_of_others_are_not_its_own(people: People, scope: str) -> None:
    for path in ("/region", "/cases"):
        answer = people["unit", scope].click(path, "?unit=U3")
        assert answer.status_code == 200 and "无权限查看" in plain(answer.text), plain(answer.text)[:800]
        clean(answer.text, scope, "U3")


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_cases_and_workers_by_their_ids(people: People, role: str, scope: str) -> None:
    person, rights = people[role, scope], RIGHTS_OF[role]
    for street in place.CASES:
        inside = place.inside(scope, street)
        may = "read" in rights and inside and (role not in BOUND or place.UNITS[street] == "U1")
        answer = person.get(f"/api/v1/cases/{place.case_id(street)}")
        assert (answer.status_code == 200) == may, (street, answer.status_code)
        if role not in KEYS and "read" in rights:
            seen = person.click("/case", f"?id={place.case_id(street)}").text
            assert ("井盖" in plain(seen)) == may
        track = f"/api/v1/workers/{place.worker_id(street)}/track?date={place.today()}&purpose=matrix"
        looks = "tracks" in rights and inside and role not in BOUND
        assert (person.get(track).status_code == 200) == looks, street


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_days_of_workers_after_a_purpose_was_given(people: People, role: str, scope: str) -> None:
    if role in KEYS:
        return
    person, may = people[role, scope], "tracks" in RIGHTS_OF[role]
    for street in place.WORKERS:
        worker = place.worker_id(street)
        asked_for = {"id": worker, "purpose": "daily", "words": "matrix", "next": f"/worker?id={worker}"}
        answer = person.post("/worker/purpose", asked_for)
        assert (answer.status_code == 303) == (may and place.inside(scope, street)), (street, answer.status_code)
        seen = person.click("/worker", f"?id={worker}")
        clean(seen.text, scope, worker)
        if not may or not place.inside(scope, street):
            assert "data-part" not in seen.text


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_the_api(people: People, role: str, scope: str) -> None:
    person, rights = people[role, scope], RIGHTS_OF[role]
    for what in READS:
        right = {"snapshot": "wall", "map": "map"}.get(what, "read")
        for region in REGIONS:
            answer = person.get(f"/api/v1/{what}?{'under' if what == 'ranking' else 'region'}={region}")
            allowed = right in rights and (region == "" or own(scope, region))
            allowed = allowed and not (role in BOUND and what in FIGURES)
            asked(answer, scope, allowed, region)
            if allowed:
                assert answer.status_code == 200, (what, region, answer.text[:300])
                assert what != "layers/stations" or answer.json()["count"] == place.streets_in(region or scope)


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_counts_of_the_api_are_those_of_the_scope(people: People, role: str, scope: str) -> None:
    person, rights = people[role, scope], RIGHTS_OF[role]
    if "read" not in rights:
        return
    if role not in BOUND:
        figures = {one["key"]: one["value"] for one in person.get("/api/v1/kpis").json()["figures"]}
        assert figures["accepted"] == place.cases_in(scope)
        assert len(person.get("/api/v1/workers").json()["workers"]) == place.workers_in(scope)
    wanted = place.cases_in(scope) if role not in BOUND else place.CASES["410101"]
    assert len(person.get("/api/v1/cases?limit=1000").json()["cases"]) == wanted


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_sockets(people: People, role: str, scope: str) -> None:
    person, may = people[role, scope], "wall" in RIGHTS_OF[role] and role not in BOUND
    assert person.is_let_in() == may
    if not may:
        return
    with person.screen() as screen:
        for region in ("4102", "4101", "410201", "nowhere", ""):
            answer = screen.subscribe(region)
            clean(text_of(answer), scope, region)
            if not region or own(scope, region):
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
    if may and role not in (*KEYS, "unit"):
        rows = person.get("/export/cases.csv").text.count("井盖")
        assert rows == place.cases_in(scope)


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_searches(people: People, role: str, scope: str) -> None:
    if role in KEYS:
        return
    person, rights = people[role, scope], RIGHTS_OF[role]
    for words in ("乙", "案410201", "W4102", "4102", "U3", "井盖", "欧阳", place.PHONE):
        answer = person.click("/cases", f"?q={words}")
        if "read" in rights:
            assert answer.status_code == 200
            clean(answer.text, scope, words)


@pytest.mark.parametrize(("role", "scope"), EVERY)
def test_personal_data_only_for_those_who_may_read_it(people: People, role: str, scope: str) -> None:
    person, rights = people[role, scope], RIGHTS_OF[role]
    if "read" not in rights:
        return
    case, digits = place.case_id("410101"), place.PHONE[2:7]
    answers = [person.get(path) for path in (f"/api/v1/cases/{case}", "/api/v1/cases", "/api/v1/cases?format=csv")]
    if role not in BOUND:
        answers.append(person.get("/api/v1/workers"))
    files = (f"case.csv?id={case}", "cases.csv", "score.csv?region=410101")
    answers += [person.get(f"/export/{what}") for what in files]
    if role not in KEYS:
        clicks = (f"/case?id={case}", "/cases", "/cases?q=案", f"/cases?q={digits}", "/region", "/score?region=410101",
                  f"/worker?id={place.worker_id('410101')}")  # fmt: skip
        answers += [person.click(*click.split("?")) for click in clicks]
    for answer in answers:
        if "personal" not in rights:
            assert place.PHONE not in answer.text and place.PERSON not in plain(answer.text), answer.url
    assert (place.PHONE in answers[0].text) == ("personal" in rights)
    assert (place.PHONE in answers[1].text) == ("personal" in rights)


@pytest.mark.parametrize("role", ["leader", "center"])
def test_nobody_finds_digit_by_digit_what_is_masked(people: People, role: str) -> None:
    answer = people[role, "4101"].click("/cases", f"?q={place.PHONE[2:7]}")
    assert (place.case_id("410101", 0) in plain(answer.text)) == (role == "center")


def test_everything_asked_of_a_machine_is_asked_of_a_page_too(program: Program) -> None:
    """Nobody without a cookie or key gets anything."""
    for path in [*PAGES, *(f"/export/{what}.csv" for what in FILES), *(f"/api/v1/{what}" for what in READS), "/audit"]:
        answer = requests.get(program.url + path, allow_redirects=False, timeout=10)
        assert answer.status_code in (303, 401), (path, answer.status_code)
        clean(answer.text, "no scope")


def test_what_is_pushed_stays_in_its_region(program: Program, people: People) -> None:
    """A new case and moving workers of 410201 reach whoever watches the city, and nobody who watches elsewhere.

    The last test of all: the new cases are in no count of the others.
    """
    with ExitStack() as stack:
        screens: dict[str, Screen] = {}
        for scope in place.SCOPES:
            screens[scope] = stack.enter_context(people["leader", scope].screen())
            assert "board" in screens[scope].subscribe("")
        assert program.send("/api/v1/events", place.pushed())["rejected"] == []
        program.send("/api/v1/positions", place.fixes())
        screens[""].wait_for("案410201-new")
        for scope in place.SCOPES[1:]:
            screens[scope].wait_for("案410101-new")
            clean("".join(screens[scope].heard), scope)
            assert set(screens[scope].slots) <= {place.workers_in(scope)}
