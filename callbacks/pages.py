"""The router: from an address to the questions of a page to the page. A page is a function and a line in ``PAGES``."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Semaphore

import dash
from dash import html
from dash.development.base_component import Component
from flask import g
from orjson import Fragment

from dashboard.extract import NotReady
from dashboard.queries.desk import Desk
from dashboard.queries.errors import NotFoundHere, Refused
from dashboard.reports.workflow import Reports
from dashboard.security.caller import Caller
from dashboard.security.scope import OutOfScope, UnknownRegion
from layouts.address import Address, parse_address
from layouts.i18n import say, text
from layouts.parts.card import awaited, message
from layouts.parts.sent import sent
from layouts.parts.shell import Crumb, Frame, page


@dataclass(frozen=True)
class Content:
    """What a page puts into the shell; ``link`` leads to what was published about the same figures."""

    heading: str
    body: Component
    crumbs: tuple[Crumb, ...] = ()
    note: str = ""
    link: Crumb | None = None


@dataclass(frozen=True)
class Visit:
    """One look at a page: where, as whom, in which frame; ``reports`` where the process has them."""

    address: Address
    desk: Desk
    frame: Frame
    reports: Reports | None = None


Page = Callable[[Visit], Content]

AT_ONCE = 2
"""Pages that are made at a time. They share one interpreter: of fifty made at once none is ready earlier, and what
walls are waiting for gets one turn in fifty (median 10 s instead of 0.3, ``benchmarks/leaders.py``)."""

PATIENCE = 60.0
"""Seconds that a page waits for its turn; longer than the queue behind fifty leaders (10 s), or all would go on at once
just when there are most."""

_places = Semaphore(AT_ONCE)


@dataclass(frozen=True)
class Site:
    """What pages are made with: a desk for each caller, the frame around the pages, what to do with a refusal, and the
    reports of this process."""

    desk: Callable[[Caller], Desk]
    frame: Callable[[Caller], Frame]
    refused: Callable[[Caller, str], None]
    title: str
    reports: Reports | None = None


def register_pages(site: Site, pages: Mapping[str, Page]) -> None:
    """Make every page known to Dash under its path, and one for all other paths."""

    def layout_of(path: str) -> Callable[..., Component | Fragment]:
        return lambda **query: render(site, pages.get(path), parse_address(path, query))

    for path in pages:
        dash.register_page(path.strip("/"), path=path, title=site.title, layout=layout_of(path))
    dash.register_page("not_found_404", path="/not-found", title=site.title, layout=layout_of(""))


def render(site: Site, make: Page | None, address: Address) -> Component | Fragment:
    """One page for the caller of the running request; what cannot be shown says why in words.

    Empty without a caller: Dash asks for every page once, before the first request is answered, and sends what it gets
    to all browsers so that they know the ids.
    """
    caller: Caller | None = g.get("caller")
    if caller is None:
        return html.Div()
    with _turn():
        return _made(site, caller, make, address)


@contextmanager
def _turn() -> Iterator[None]:
    """One of ``AT_ONCE`` places to make a page in; who has waited ``PATIENCE`` goes on without one, so that pages whose
    database does not answer hold up no others for long."""
    place = _places.acquire(timeout=PATIENCE)
    try:
        yield
    finally:
        if place:
            _places.release()


def _made(site: Site, caller: Caller, make: Page | None, address: Address) -> Component | Fragment:
    frame = site.frame(caller)
    try:
        content = _missing(address) if make is None else make(Visit(address, site.desk(caller), frame, site.reports))
    except OutOfScope as problem:
        site.refused(caller, f"{address.href}: {problem}")
        content = _said(address, "page.forbidden", tone="crit")
    except UnknownRegion:
        content = _said(address, "page.missing" if address.region else "page.no_base")
    except NotReady as problem:
        said = _said(address, "page.prepared", share=int(problem.share * 100))
        content = replace(said, body=awaited(said.body))
    except (NotFoundHere, Refused) as problem:
        content = _said(address, "page.missing", str(problem))
    shown = page(
        address, frame, content.heading, content.crumbs, content.body, note=content.note, link=content.link
    )  # fmt: skip
    return sent(shown)


def _missing(address: Address) -> Content:
    return _said(address, "page.missing")


def _said(address: Address, key: str, detail: str = "", tone: str = "", **holes: object) -> Content:
    lang = address.language
    home = html.A(text(lang, "page.home"), href="/")
    words = message(text(lang, key), say(lang, f"{key}.note", **holes), home, tone=tone)
    return Content(text(lang, key), html.Section([words], className="card"), note=detail)
