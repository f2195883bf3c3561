"""Whatever citizens, workers, offices and attackers wrote is text on every page, in a real browser."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.chromium import browser
from tests.hostile import place
from tests.hostile.corpus import EVIL, VECTORS, WORKED_OUT, turned
from tests.matrix.people import Person
from tests.program import Program

__all__ = ["browser"]
pytestmark = [pytest.mark.browser]

WATCH = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', event =>
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
SETTLED = """() => new Promise(done => {
  setTimeout(done, 1000);
  let rest = setTimeout(done, 250);
  new MutationObserver(() => { clearTimeout(rest); rest = setTimeout(done, 250); })
    .observe(document, {subtree: true, childList: true, attributes: true});
})"""
"""A quarter of a second without a change, or one second: clocks tick, workers move on."""
LOOK = """() => {
  const all = [...document.querySelectorAll('*')];
  const leads = node => ['href', 'xlink:href', 'action', 'formaction', 'src'].some(name => {
    const told = node.getAttribute(name);
    const drawn = name === 'src' || node.localName === 'image';
    if (!told || told === 'data:,' || told.startsWith('#')) return false;
    if (drawn && /^(data:image[/]|blob:)/.test(told)) return false;
    return new URL(told, location.href).origin !== location.origin;
  });
  return {
    effect: window.__xss === undefined ? null : window.__xss,
    violations: window.__violations,
    made: document.querySelectorAll('.probe, img[src="x"], iframe, object, embed, marquee, base').length,
    handlers: all.filter(node => node.getAttributeNames().some(name => /^on/i.test(name))).map(node => node.outerHTML),
    links: all.filter(leads).map(node => node.outerHTML),
    text: document.body.innerText,
  };
}"""


class Visit:
    """One browser context of somebody who is signed in; it notes everything that goes wrong in its pages."""

    def __init__(self, browser: Browser, person: Person, size: tuple[int, int] = (1600, 1000)) -> None:
        self.context: BrowserContext = browser.new_context(viewport={"width": size[0], "height": size[1]})
        cookies: Any = [{"name": one.name, "value": one.value, "url": person.url} for one in person.web.cookies]
        self.context.add_cookies(cookies)
        self.url, self.faults = person.url, list[str]()
        self.page: Page = self.context.new_page()
        self.page.add_init_script(WATCH)
        self.page.on("dialog", self._dialog)
        self.page.on("request", lambda asked: self._asked(asked.url))
        self.page.on("websocket", lambda line: self._asked(line.url.replace("ws", "http", 1)))
        self.page.on("pageerror", lambda fault: self.faults.append(f"error: {fault}"))
        self.page.on("console", lambda line: self._said(line.type, line.text))
        self.page.on("popup", lambda other: self.faults.append(f"popup: {other.url}"))

    def _dialog(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        if urlsplit(url).scheme not in ("data", "blob") and not url.startswith(self.url):
            self.faults.append(f"asked: {url}")

    def _said(self, kind: str, text: str) -> None:
        if kind == "error":
            self.faults.append(f"console: {text}")

    def open(self, path: str, ready: str = "main, #wall, form", words: str = "") -> str:
        """The text of a page on which nothing took effect."""
        self.faults.clear()
        self.page.goto(self.url + path, wait_until="load", timeout=60_000)
        self.page.wait_for_selector(ready, timeout=30_000, state="attached")
        self.page.evaluate(SETTLED)
        self.page.mouse.move(400, 300)
        self.page.mouse.move(700, 600)
        found = self.page.evaluate(LOOK)
        assert self.page.url.startswith(self.url), path
        assert not self.faults, (path, self.faults[:5])
        assert (found["effect"], found["made"]) == (None, 0), (path, found["effect"], found["made"])
        assert not found["violations"], (path, found["violations"][:5])
        assert not found["handlers"], (path, found["handlers"][:3])
        assert not found["links"], (path, found["links"][:3])
        assert words in found["text"], (path, words, found["text"][:1500])
        assert WORKED_OUT not in found["text"], path
        self.page.goto("about:blank")  # a wall or map left open would go on drawing beside the next page
        return str(found["text"])


@pytest.fixture(scope="module")
def visits(browser: Browser, people: dict[str, Person]) -> Iterator[dict[str, Visit]]:
    made = {role: Visit(browser, person) for role, person in people.items()}
    yield made
    for visit in made.values():
        visit.context.close()


@pytest.mark.parametrize(("role", "lang"), [("wall", "en"), ("center", "zh-CN")])
def test_the_wall(visits: dict[str, Visit], role: str, lang: str) -> None:
    visits[role].open(f"/wall?lang={lang}", "[data-ready=yes]", words="<")


DRAWN = "main .js-plotly-plot .main-svg"
PAGES = (
    ("center", "/region", DRAWN), ("leader", "/region?region=4101&layers=stations&shade=overdue&lang=en", DRAWN),
    ("center", "/cases", "main h1"), ("leader", "/cases?sort=category&lang=en", "main h1"),
    ("center", "/cases?state=closed", "main h1"), ("center", "/ranking?level=street", ".ag-row"),
    ("leader", "/score?region=410102", DRAWN),
)  # fmt: skip
"""Who opens what, and what is there when it is drawn. A page of many cases more is a line here."""


@pytest.mark.parametrize(("role", "path", "ready"), PAGES)
def test_pages_of_many_cases(visits: dict[str, Visit], role: str, path: str, ready: str) -> None:
    visits[role].open(path, ready, words="<")


@pytest.mark.parametrize("number", [1, 9, 28])
def test_a_case(visits: dict[str, Visit], number: int) -> None:
    case = quote(place.case_id(number), safe="")
    visits["center"].open(f"/case?id={case}", "main h1", words=turned(number)[:8].strip())


def test_a_workers_day_with_a_purpose(people: dict[str, Person], visits: dict[str, Visit]) -> None:
    worker = place.worker(2)
    form = {"id": worker, "purpose": "other", "words": VECTORS[4], "next": "/worker?id=" + quote(worker, safe="")}
    visits["center"].open(f"/worker?id={quote(worker, safe='')}", "main form")
    assert people["center"].post("/worker/purpose", form).status_code == 303
    visits["center"].open(f"/worker?id={quote(worker, safe='')}", "[data-part=track]")
    visits["center"].open("/account", words=VECTORS[4][:20])


@pytest.mark.parametrize(
    ("role", "path"),
    [("center", "/reports"), ("leader", "/reports?lang=en&kind=notice"), ("center", "/reports?view=make&kind=notice"),
     ("center", "/report?id=DRAFT"), ("leader", "/report?id=NOTICE&lang=en"), ("street", "/report?id=MONTH"),
     ("center", "/report?id=MONTH"), ("center", "/reports/compare?a=NOTICE&b=DRAFT")],
)  # fmt: skip
def test_reports(visits: dict[str, Visit], reports: dict[str, str], role: str, path: str) -> None:
    for name, id_ in reports.items():
        path = path.replace(name, id_)
    visits[role].open(path, "main h1", words="<" if "id=" in path or "a=" in path else "")


def test_the_file_of_a_report_is_a_page_of_its_own(visits: dict[str, Visit], reports: dict[str, str]) -> None:
    visits["leader"].open(f"/report/{reports['NOTICE']}.html", "body table", words="<")


ADDRESSES = (
    "/region?region=*", "/region?period=*&shade=*&layers=*", "/region?category=*&channel=*&unit=*&lang=*",
    "/region?state=*&hour=*", "/cases?q=*&sort=*", "/cases?cursor=*&view=*&compare=*", "/score?model=*&region=4101",
    "/ranking?level=*", "/case?id=*", "/worker?id=*&date=*", "/reports?q=*&kind=*&state=*&said=*", "/report?id=*",
    "/reports?view=*", "/reports/compare?a=*&b=*",
)  # fmt: skip
"""Addresses that somebody sends to a leader; a field more is a word here."""


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_stands_in_the_address(visits: dict[str, Visit], address: str) -> None:
    text = quote("".join(VECTORS[n] for n in (4, 7, 28, 31)), safe="")
    visits["leader"].open(address.replace("*", text), "main h1")


@pytest.mark.parametrize(
    ("role", "path"),
    [("auditor", "/audit"), ("auditor", "/audit?who=%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&lang=en"),
     ("admin", "/admin/accounts"), ("admin", "/admin/devices"), ("admin", "/admin/sessions"), ("admin", "/admin/keys"),
     ("admin", "/admin/accounts/one?name=p4"), ("admin", "/account"), ("admin", "/admin/devices?lang=%22%3E%3Cb%3E")],
)  # fmt: skip
def test_forms(visits: dict[str, Visit], role: str, path: str) -> None:
    visits[role].open(path)


@pytest.mark.parametrize(("path", "text"), [
    ("/login", VECTORS[4]), ("/login", "/\\evil.example"), ("/pair", VECTORS[14]), ("/login", f"{EVIL}/x"),
])  # fmt: skip
def test_doors(browser: Browser, program: Program, path: str, text: str) -> None:
    stranger = Visit(browser, Person(program.url, "", ""))
    try:
        stranger.open(f"{path}?next={quote(text, safe='')}&lang={quote(text, safe='')}", "form")
    finally:
        stranger.context.close()
