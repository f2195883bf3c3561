"""What the archive is searched for: a plain form whose answer is an address."""

from collections.abc import Sequence

from dash import dcc
from dash.development.base_component import Component

from dashboard.reports.archive import KINDS, STATES
from layouts import html
from layouts.address import REPORTS, Address
from layouts.i18n import text
from layouts.parts.report_forms import line, selection
from layouts.parts.report_words import kind_words, state_words

FORM = "find"


def report_search(address: Address, regions: Sequence[tuple[str, str]]) -> Component:
    """Words, kind, period, state and region. ``regions``: (code, name) of those the caller may see."""
    lang = address.language
    kinds = [(kind, kind_words(lang, kind)) for kind in KINDS]
    states = [(state, state_words(lang, state)) for state in STATES]
    fields = [
        line("q", text(lang, "reports.find.words"), FORM, address.q, text(lang, "reports.find.hint")),
        *(
            selection(name, text(lang, f"reports.find.{name}"), _or_all(address, options), FORM, getattr(address, name))
            for name, options in (("kind", kinds), ("state", states), ("region", regions))
            if options
        ),
        line("period", text(lang, "reports.find.period"), FORM, address.period, "2026-10"),
        html.Div(_buttons(address), className="report-find-go"),
    ]
    kept = [dcc.Input(id=f"{FORM}-lang", type="hidden", name="lang", value=address.lang)] if address.lang else []
    return html.Form(
        [*kept, *fields], action=REPORTS, method="get", className="card report-form report-find", role="search"
    )


def _or_all(address: Address, options: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", text(address.language, "reports.find.all")), *options]


def _buttons(address: Address) -> list[Component]:
    lang, whole = address.language, Address(REPORTS, lang=address.lang)
    go = html.Button(text(lang, "reports.find.go"), type="submit", className="button on")
    if address.to() == whole:
        return [go]
    return [go, html.Link(text(lang, "reports.clear"), href=whole.href, className="button")]
