"""What needs attention first: the phone's first card, and the cases under supervision."""

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.queries.drill_answers import CaseLine
from layouts import html
from layouts.address import CASE, CASES, Address
from layouts.i18n import text
from layouts.parts.card import card
from layouts.parts.filters import compared_with
from layouts.parts.names import case_places, case_unit
from layouts.parts.numerals import count
from layouts.parts.region_tiles import change_words, live, toned
from layouts.parts.region_view import RegionView

LISTED = 4


def attention_card(address: Address, view: RegionView) -> Component:
    """Overdue cases as one big number, supervised ones, those due soon, and the way to the list."""
    lang, late = address.language, view.value("overdue_open")
    kind = compared_with(address)
    change = view.change("overdue_open", kind)
    cases = address.to(path=CASES, state="overdue")
    mark = [html.Span(className="sign sign-overdue", **{"aria-hidden": "true"})] if late else []
    aside = (
        [html.Span(change_words(lang, change, kind), className="soft attention-change")] if change is not None else []
    )
    first = html.Div(
        [
            *mark,
            html.Span(live(view, "overdue", count(late)), className="attention-number"),
            html.Span(text(lang, "region.attention.late")),
            *aside,
        ],
        className="attention-main",
    )
    second = html.Div(
        [
            html.Span(
                [
                    f"{text(lang, 'region.supervised')} ",
                    live(view, "supervised", count(view.value("supervised")), toned(view, "supervised", "dub")),
                ]
            ),
            html.Span(
                [
                    f"{text(lang, 'region.due_soon')} ",
                    live(view, "due_soon", count(view.value("due_soon")), toned(view, "due_soon", "warn")),
                ]
            ),
            html.Link(f"{text(lang, 'region.see')} ›", href=cases.href, className="attention-see"),
        ],
        className="attention-second",
    )
    tone = "tone-crit" if late else ""
    return html.Section(
        [html.H2(text(lang, "region.attention")), first, second], className=f"card card-attention {tone}".strip()
    )


def supervised_card(address: Address, lines: Sequence[CaseLine], known: bool = True) -> Component:
    """The first open cases under supervision (``lines``), one tap from their records; unless ``known``, they come."""
    lang = address.language
    rows = [_line(address, case) for case in lines[:LISTED]]
    body = (
        html.Ul(rows, className="supervised-list")
        if rows
        else html.P(text(lang, "region.supervised.none" if known else "region.preparing"), className="soft")
    )
    return card(text(lang, "region.supervised.cases"), body, name="supervised")


def _line(address: Address, case: CaseLine) -> Component:
    lang = address.language
    where = " ".join(case_places(lang, case)[:2])
    words = [
        html.Span(case.title or case.id, className="line-title"),
        html.Span(" · ".join(filter(None, (where, case_unit(lang, case)))), className="line-place soft"),
    ]
    rest = (
        [html.Span(**{"data-countdown": case.deadline}, className="line-time crit" if case.overdue else "line-time")]
        if case.deadline
        else []
    )
    mark = html.Span(className="sign sign-overdue" if case.overdue else "sign sign-none", **{"aria-hidden": "true"})
    return html.Li(
        html.Link(
            [mark, html.Span(words, className="line-words"), *rest],
            href=address.plain(CASE, id=case.id).href,
            className="line",
        )
    )
