"""A menu without script: a native disclosure with links, for the mouse, the keyboard and screen readers."""

from collections.abc import Sequence

from dash.development.base_component import Component

from layouts import html


def menu(words: str, children: Sequence[Component], *, name: str, on: bool = False, hint: str = "") -> Component:
    """A button that opens a sheet with ``children``. ``on`` marks a choice that narrows, ``hint`` names it."""
    label = [html.Span(f"{hint} ", className="unseen")] if hint else []
    arrow = html.Span("▾", className="menu-arrow", **{"aria-hidden": "true"})
    summary = html.Summary(
        [*label, html.Span(words, className="menu-words"), arrow], className="button on" if on else "button"
    )
    sheet = html.Div(list(children), className="menu-sheet")
    return html.Details([summary, sheet], className=f"menu menu-{name}", **{"data-menu": name})


def choice(words: str, href: str, on: bool, deep: bool = False) -> Component:
    """A line of a menu; the one in force is no link. ``deep`` indents a part of the line above."""
    classes = "choice deep" if deep else "choice"
    if on:
        return html.Span(words, className=f"{classes} on", **{"aria-current": "true"})
    return html.Link(words, href=href, className=classes)
