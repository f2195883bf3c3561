"""Header: title, scope, date, clock; the banner under it; the notice that takes the whole page."""

from dash.development.base_component import Component

from layouts import html, ids
from layouts.i18n import Lang, text


def build(lang: Lang) -> Component:
    """Empty header; everything but the fixed words arrives with the first board."""
    left = [
        html.H1(text(lang, "app.title"), id=ids.TITLE, className="wall-title"),
        html.B(id=ids.SCOPE, className="wall-scope"),
        html.Span(id=ids.COUNTS, className="wall-counts"),
    ]
    middle = [
        html.B(text(lang, "app.operations")),
        html.Span(text(lang, "app.operations.note"), className="wall-operations-note"),
    ]
    right = [
        html.Span(id=ids.DEMO, className="wall-demo"),
        html.Span(id=ids.DATE, className="wall-date"),
        html.Span(id=ids.CLOCK, className="wall-clock"),
    ]
    return html.Header(
        [
            html.Div(left, className="head-left"),
            html.Div(middle, id=ids.OPERATIONS, className="head-middle"),
            html.Div(right, className="head-right"),
        ],
        className="wall-head",
    )


def banner() -> Component:
    """One line about a lost stream: cause, affected panels, next attempt."""
    children = [
        html.Span(id=ids.BANNER_TITLE, className="banner-title"),
        html.Span(id=ids.BANNER_TEXT, className="banner-text"),
        html.Span(id=ids.BANNER_RETRY, className="banner-retry"),
    ]
    return html.Div(children, id=ids.BANNER, className="banner", hidden=True, role="status")


def notice() -> Component:
    """What the page says instead of panels when it has no region to show."""
    children = [html.H2(id=ids.NOTICE_TITLE), html.P(id=ids.NOTICE_TEXT)]
    return html.Div(children, id=ids.NOTICE, className="notice", hidden=True, role="alert")
