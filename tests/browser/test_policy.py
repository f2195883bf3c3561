"""No page of the program meets the Content-Security-Policy: a violation would be a chart that stays empty one day."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.program import Program

PAGES = {
    "leader": ["/wall", "/region", "/cases", "/ranking", "/score?region=410101", "/case?id=P4101010", "/reports",
               "/account"],
    "center": ["/worker?id=W1"],
    "admin": ["/admin/accounts", "/admin/devices", "/admin/sessions", "/admin/keys"],
    "auditor": ["/audit"],
    "": ["/login", "/pair"],
}
"""Pages by who may see them; a new page is a word here."""
LISTEN = """window.violations = [];
document.addEventListener('securitypolicyviolation', e => window.violations.push(
  `${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));"""
LAST = {"/region": ".js-plotly-plot .main-svg", "/ranking": ".ag-row", "/worker?id=W1": "form"}
"""What appears last on pages that draw more than text."""
SHOWN = ".doors main > *, .wall[data-ready=yes], .leader main > *"


@pytest.mark.browser
@pytest.mark.parametrize(("role", "path"), [(role, path) for role, paths in PAGES.items() for path in paths])
def test_a_page_violates_no_policy(browser: Browser, served: Program, role: str, path: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    if role:
        context.add_cookies([served.session_cookie(role)])  # type: ignore[list-item]
    page = context.new_page()
    page.add_init_script(LISTEN)
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    answer: Any = page.goto(f"{served.url}{path}")
    page.locator(LAST.get(path, SHOWN)).first.wait_for(timeout=20_000)
    page.wait_for_load_state("networkidle" if role in ("", "admin", "auditor") else "load")
    found = page.evaluate("window.violations")
    context.close()
    assert answer.status == 200 and found == [] and faults == []
