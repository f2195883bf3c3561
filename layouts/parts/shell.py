"""What every page of the drill-down has: brand, navigation, who is here, place, freshness, clock; tabs on the phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dash import dcc
from dash.development.base_component import Component

from dashboard.security.caller import Caller
from layouts import html
from layouts.address import CASE, CASES, COMPARE, RANKING, REGION, REPORT, REPORTS, SCORE, Address
from layouts.i18n import Lang, text

LEADER = "leader"
"""Id and class of the root element; the browser code looks for it."""


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation: a page, its words and the right it needs. ``inside`` is drawn without a reload."""

    path: str
    key: str
    right: str
    inside: bool = True
    tab: bool = False
    ranked: bool = False

    def open_to(self, caller: Caller) -> bool:
        """Whether the page is the caller's: a unit sees its own cases, and no ranking of others."""
        return caller.may(self.right) and not (self.ranked and caller.unit)


ENTRIES = (
    Entry("/wall", "shell.wall", "wall", inside=False),
    Entry(REGION, "shell.region", "read", tab=True),
    Entry(CASES, "shell.cases", "read", tab=True),
    Entry(RANKING, "shell.ranking", "read", tab=True, ranked=True),
    Entry(REPORTS, "shell.reports", "read", tab=True),
    Entry("/status", "shell.status", "status", inside=False),
    Entry("/audit", "shell.audit", "audit", inside=False),
    Entry("/admin/accounts", "shell.accounts", "accounts", inside=False),
)
"""A page joins the navigation with a line here."""
SECTION = {CASE: CASES, SCORE: RANKING, REPORT: REPORTS, COMPARE: REPORTS}
"""Pages that one comes to from a page of the navigation, which stays marked."""


@dataclass(frozen=True)
class Frame:
    """What the shell needs beside the page: who asks, the city's name in both languages, the streams whose age is
    shown (name -> words by language), whether everything is invented, and the token that forms send back."""

    caller: Caller
    city: Mapping[str, str]
    sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    demo: bool = False
    csrf: str = ""


@dataclass(frozen=True)
class Crumb:
    """A step of the way down: words and address."""

    words: str
    href: str


def page(
    address: Address, frame: Frame, heading: str, crumbs: Sequence[Crumb], *children: Component, note: str = "",
    link: Crumb | None = None,
) -> Component:  # fmt: skip
    """A whole page. ``note`` stands beside the heading in small type, ``link`` after it."""
    lang = address.language
    place = _place(address, frame, heading, crumbs, note, link)
    main = html.Main([place, *children], id="main", className="page", tabIndex=-1)
    return html.Div(
        [_skip(lang), _top(address, frame), main, _tabs(address, frame.caller)],
        id=LEADER,
        className="leader",
        lang=lang,
        **{
            "data-theme": "light",
            "data-lang": lang,
            "data-region": address.region or frame.caller.region,
            "data-page": address.path,
            "data-csrf": frame.csrf,
        },
    )


def _skip(lang: Lang) -> Component:
    return html.A(text(lang, "shell.skip"), href="#main", className="skip")


def _top(address: Address, frame: Frame) -> Component:
    lang = address.language
    brand = html.A([html.B(frame.city[lang]), html.Span(text(lang, "shell.brand"))], href="/", className="brand")
    side = [
        *([html.Span(text(lang, "app.demo"), className="demo")] if frame.demo else []),
        _search(address, lang),
        _switch(address, lang),
        _person(frame.caller, lang),
        *([html.Span(className="clock", **{"data-clock": "seconds"})] if hears(frame.caller) else []),
    ]
    entries = [_entry(address, entry) for entry in ENTRIES if entry.open_to(frame.caller)]
    nav = html.Nav(entries, className="nav", **{"aria-label": text(lang, "shell.nav")})
    return html.Header([brand, nav, html.Div(side, className="top-side")], className="top")


def hears(caller: Caller) -> bool:
    """Whether the hub lets the caller in: ages and clock come from there. A unit's page stands as it was made."""
    return caller.may("wall") and not caller.unit


def _entry(address: Address, entry: Entry) -> Component:
    words = text(address.language, entry.key)
    here = SECTION.get(address.path, address.path) == entry.path
    current = {"aria-current": "page" if address.path == entry.path else "true"} if here else {}
    if not entry.inside:
        lang = f"?lang={address.lang}" if address.lang else ""
        return html.A(words, href=f"{entry.path}{lang}", className="nav-entry", **current)
    target = address.plain(entry.path, region=address.region)
    return html.Link(html.Span(words, **current), href=target.href, className="nav-entry here" if here else "nav-entry")


def _tabs(address: Address, caller: Caller) -> Component:
    tabs = [_entry(address, entry) for entry in ENTRIES if entry.tab and entry.open_to(caller)]
    return html.Nav(tabs, className="tabs", **{"aria-label": text(address.language, "shell.tabs")})


def _search(address: Address, lang: Lang) -> Component:
    words = text(lang, "shell.search")
    box = dcc.Input(
        name="q", type="search", id="search", placeholder=words, value=address.q, className="search-box", maxLength=100
    )
    kept = [dcc.Input(name="lang", type="hidden", value=address.lang, id="search-lang")] if address.lang else []
    label = html.Label(words, htmlFor="search", className="unseen")
    return html.Form([label, box, *kept], action=CASES, method="get", className="search", role="search")


def _switch(address: Address, lang: Lang) -> Component:
    other = address.to(lang="en" if lang == "zh-CN" else "", cursor=address.cursor)
    spoken = {"lang": "en" if lang == "zh-CN" else "zh-CN"}
    return html.Link(html.Span(text(lang, "shell.other_language"), **spoken), href=other.href, className="switch")


def _person(caller: Caller, lang: Lang) -> Component:
    words = text(lang, f"role.{caller.role}") if caller.via != "demo" else text(lang, "role.guest")
    if caller.via != "session":
        return html.Span(words, className="person")
    label = [html.Span(f"{caller.name} · ", className="person-name"), words]
    return html.A(label, href="/account" if lang == "zh-CN" else "/account?lang=en", className="person")


def _place(
    address: Address, frame: Frame, heading: str, crumbs: Sequence[Crumb], note: str, link: Crumb | None
) -> Component:  # fmt: skip
    lang = address.language
    way: list[Component] = []
    for crumb in crumbs:
        way += [html.Link(crumb.words, href=crumb.href), html.Span("/", className="slash", **{"aria-hidden": "true"})]
    way.append(html.H1(heading))
    ages = [
        html.Span(words[lang], className="age", **{"data-age": name, "data-label": words[lang]})
        for name, words in frame.sources.items()
    ]
    now = html.Span(className="age", **{"data-now": text(lang, "shell.as_of")})
    fresh = html.Div([*ages, now] if hears(frame.caller) else [], className="fresh")
    aside: list[Component] = [html.Span(note, className="place-note")] if note else []
    aside += [html.Link(link.words, href=link.href, className="place-link")] if link else []
    trail = html.Nav(way, className="crumbs", **{"aria-label": text(lang, "shell.way")})
    return html.Div([trail, *aside, fresh], className="place")
