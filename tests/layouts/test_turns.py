"""Pages are made a few at a time, and nobody waits for ever for those before."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Semaphore
from unittest.mock import patch

from dash import html
from flask import Flask, g

from callbacks import pages
from callbacks.pages import AT_ONCE, Content, Site, Visit, render
from dashboard.security.caller import DEMO
from layouts.address import Address
from layouts.parts.shell import Frame


def shown(make: pages.Page) -> object:
    site = Site(
        lambda caller: None, lambda caller: Frame(DEMO, {"zh-CN": "城", "en": "City"}), lambda caller, words: None, "t"
    )  # type: ignore[arg-type,return-value]
    with Flask("t").test_request_context():
        g.caller = DEMO
        return render(site, make, Address())


def test_of_many_only_a_few_are_made_at_once() -> None:
    making, most, gate = set[int](), list[int](), Event()

    def make(number: int) -> pages.Page:
        def one(visit: Visit) -> Content:
            making.add(number)
            most.append(len(making))
            gate.wait(0.02)
            making.discard(number)
            return Content("", html.Div())

        return one

    with ThreadPoolExecutor(12) as people:
        list(people.map(lambda number: shown(make(number)), range(12)))
    assert len(most) == 12 and max(most) <= AT_ONCE


def test_pages_that_get_no_answer_hold_up_no_others() -> None:
    stuck, arrived = Event(), Barrier(AT_ONCE + 1)

    def hanging(visit: Visit) -> Content:
        arrived.wait(10)
        stuck.wait(10)
        return Content("", html.Div())

    with (
        patch.object(pages, "PATIENCE", 0.01),
        patch.object(pages, "_places", Semaphore(AT_ONCE)),
        ThreadPoolExecutor(AT_ONCE) as people,
    ):
        held = [people.submit(shown, hanging) for _ in range(AT_ONCE)]
        arrived.wait(10)
        assert shown(lambda visit: Content("", html.Div("here"))) is not None
        assert not any(one.done() for one in held)
        stuck.set()
        assert all(one.result() is not None for one in held)
        assert [pages._places.acquire(blocking=False) for _ in range(AT_ONCE + 1)] == [True] * AT_ONCE + [False]
