from typing import Any

import pytest
from dash import html

from dashboard.security.caller import RIGHTS, Caller, Role
from layouts.address import parse_address
from layouts.parts.shell import Frame, page


def shell(path: str, role: Role = "center", unit: str = "") -> Any:
    frame = Frame(Caller("p", role, RIGHTS[role], unit=unit), {"zh-CN": "城", "en": "City"}, {"first": {"zh-CN": "源"}})
    return page(parse_address(path, {}), frame, "页", (), html.Div())


def found(node: Any, holds: str) -> list[Any]:
    """All components below that have a property."""
    below = getattr(node, "children", None) or []
    parts = [one for child in (below if isinstance(below, list) else [below]) for one in found(child, holds)]
    return [*([node] if getattr(node, holds, None) else []), *parts]


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/reports", ["page", "page"]), ("/report", ["true", "true"]), ("/reports/compare", ["true", "true"]),
        ("/case", ["true", "true"]), ("/worker", []),
    ],
)  # fmt: skip
def test_the_navigation_tells_the_section_that_a_page_belongs_to(path: str, marked: list[str]) -> None:
    assert [getattr(one, "aria-current") for one in found(shell(path), "aria-current")] == marked


def test_ages_and_clock_stand_only_where_the_hub_tells_them() -> None:
    live = [shell("/region"), shell("/region", "leader")]
    still = [shell("/region", "unit", "U1"), shell("/region", "auditor")]
    for name in ("data-clock", "data-now", "data-age"):
        assert [len(found(one, name)) for one in live + still] == [1, 1, 0, 0], name


def test_a_unit_is_offered_no_ranking_of_others() -> None:
    def offered(page: Any) -> set[str]:
        return {one.href for one in found(page, "href") if "nav-entry" in str(getattr(one, "className", ""))}

    assert "/ranking" in offered(shell("/region")) and "/ranking" in offered(shell("/region", "unit"))
    assert offered(shell("/region")) > offered(shell("/region", "unit", "U1")) >= {"/region", "/cases", "/reports"}
    assert "/ranking" not in offered(shell("/region", "unit", "U1"))
