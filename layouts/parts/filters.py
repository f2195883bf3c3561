"""The filter bar: every choice is a link to the same page with one field changed, what narrows shows as a chip."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from dash.development.base_component import Component

from layouts import html
from layouts.address import Address
from layouts.i18n import Lang, say, text
from layouts.parts.menu import choice, menu
from layouts.parts.periods import period_choice

STATES = ("open", "overdue", "due_soon", "supervised", "suspended", "closed")
COMPARISONS = ("before", "year")
Names = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Choices:
    """What filters can be set to: (code, name in the page's language) in the order of the menus.

    A category whose code begins with that of another one stands under it.
    """

    categories: Names = field(default_factory=list)
    channels: Names = field(default_factory=list)
    units: Names = field(default_factory=list)


def filter_bar(address: Address, choices: Choices, now: int, zone: str) -> Component:
    """Periods, comparison, choosers and chips. ``now`` is epoch ms in the zone ``zone``."""
    lang = address.language
    choosers = [chooser(address, name, names) for name, names in _options(lang, choices).items()]
    return html.Section(
        [
            period_choice(address, now, zone),
            _comparison(address),
            *choosers,
            chips(address, choices),
        ],
        className="filters",
        **{"aria-label": text(lang, "region.filters")},
    )


def _options(lang: Lang, choices: Choices) -> dict[str, Names]:
    states = [(state, text(lang, f"region.state.{state}")) for state in STATES]
    named = {"category": choices.categories, "channel": choices.channels, "unit": choices.units}
    return {name: names for name, names in named.items() if names} | {"state": states}


def chooser(address: Address, name: str, names: Names) -> Component:
    """One filter as a menu; its button says what is chosen."""
    lang, current = address.language, getattr(address, name)
    everything = say(lang, f"region.all.{name}", n=len(names))
    lines = [choice(everything, address.to(**{name: ""}).href, not current)]
    codes = {code for code, _ in names} if name == "category" else set()
    lines += [
        choice(words, address.to(**{name: code}).href, code == current, _below_another(code, codes))
        for code, words in names
    ]
    label = html.Span(text(lang, f"region.by.{name}"), className="filter-label", **{"aria-hidden": "true"})
    words = dict(names).get(current, current) or everything
    opened = menu(words, lines, name=name, on=bool(current), hint=text(lang, f"region.by.{name}"))
    return html.Div([label, opened], className="filter-group")


def _below_another(code: str, codes: Set[str]) -> bool:
    """Whether a code begins with another one of them."""
    return any(code[:length] in codes for length in range(1, len(code)))


def _comparison(address: Address) -> Component:
    lang, current = address.language, compared_with(address)
    buttons = [
        html.Span(text(lang, f"region.compare.{kind}"), className="button on", **{"aria-current": "true"})
        if kind == current
        else html.Link(text(lang, f"region.compare.{kind}"), href=address.to(compare=kind).href, className="button")
        for kind in COMPARISONS
    ]
    label = html.Span(text(lang, "region.compare"), className="filter-label")
    return html.Div(
        [label, *buttons], className="filter-group", role="group", **{"aria-label": text(lang, "region.compare")}
    )


def compared_with(address: Address) -> str:
    """``before`` (环比) or ``year`` (同比), as the address asks."""
    return address.compare if address.compare in COMPARISONS else COMPARISONS[0]


def chips(address: Address, choices: Choices) -> Component:
    """What narrows the page, each with a link that takes it away; empty without filters."""
    lang = address.language
    active = [(name, words) for name, words in narrowing(address, choices).items() if words]
    lines: list[Component] = [_chip(lang, address, name, words) for name, words in active]
    if len(active) > 1:
        lines.append(html.Link(text(lang, "region.clear"), href=address.without_filters().href, className="clear-all"))
    return (
        html.Div(lines, className="chips", **{"aria-label": text(lang, "region.active")})
        if lines
        else html.Div(hidden=True)
    )


def narrowing(address: Address, choices: Choices) -> dict[str, str]:
    """What narrows the page in words, by the name of the filter; those that are not set are empty."""
    lang = address.language
    named = _options(lang, choices)
    found = {name: dict(named.get(name, ())).get(value, value) for name, value in _narrowing(address)}
    if address.hour:
        found["hour"] = say(lang, "region.hour", hour=address.hour)
    if address.weekday:
        found["weekday"] = weekday(lang, address.weekday)
    return found


def _narrowing(address: Address) -> list[tuple[str, str]]:
    return [(name, getattr(address, name)) for name in ("category", "channel", "unit", "state")]


def weekday(lang: Lang, number: str) -> str:
    """A weekday's name, ``1`` is Monday; the text itself where there is no such day."""
    return text(lang, f"region.weekday.{number}") if number in tuple("1234567") else number


def _chip(lang: Lang, address: Address, name: str, words: str) -> Component:
    label = html.Span([html.Span(text(lang, f"region.by.{name}"), className="soft"), f" {words}"])
    gone = html.Span(say(lang, "region.remove", what=words), className="unseen")
    cross = html.Link(
        [html.Span("×", **{"aria-hidden": "true"}), gone], href=address.to(**{name: ""}).href, className="chip-clear"
    )
    return html.Span([label, cross], className="chip")
