"""Links to what a page shows as files."""

from dash.development.base_component import Component

from layouts import html
from layouts.address import Address
from layouts.i18n import text

KINDS = ("csv", "xlsx")


def export_links(address: Address, what: str) -> Component:
    """``what`` (``case`` or ``cases``) with the page's own parameters in every kind of file."""
    links: list[Component | str] = [f"{text(address.language, 'case.list.export')} "]
    for kind in KINDS:
        target = address.to(path=f"/export/{what}.{kind}").href
        links += [html.A(kind.upper(), href=target, download=""), " "]
    return html.Span(links, className="case-export")
