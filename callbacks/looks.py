"""The door in front of a worker's page: takes the purpose, checks the scope, leads on to the page."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask, abort, g, redirect, request
from werkzeug.wrappers import Response

from dashboard.queries.errors import NotFoundHere
from dashboard.queries.worker_days import WorkerDays
from dashboard.queries.worker_looks import create_look_table, grant, purpose_text
from dashboard.security.caller import Caller
from dashboard.security.clock import real_now
from dashboard.store.store import Store
from layouts.address import WORKER, Address, parse_address
from layouts.i18n import Lang, say, text
from layouts.parts.worker_purpose import ASK_AGAIN, OTHER, PURPOSE_PATH, PURPOSES


def register_looks(server: Flask, store: Store, days: WorkerDays, wall_clock: Callable[[], int] = real_now) -> None:
    """Add ``POST /worker/purpose``: 303 to the worker's page, with the purpose stored for half an hour.

    403 without the right ``tracks``, 404 for a worker the caller may not know of; a purpose that is missing or too long
    leads back to the form. ``wall_clock`` is real time, epoch ms. The token of the form is checked for all routes.
    """
    create_look_table(store.engine)

    def give_purpose() -> Response:
        caller: Caller = g.caller
        if not caller.may("tracks"):
            abort(403)
        worker = request.form.get("id", "")
        try:
            days.person(worker, caller)
        except NotFoundHere:
            abort(404)
        address = _next(worker)
        words = _purpose(address.language)
        if words is None:
            return redirect(address.to(view=ASK_AGAIN).href, 303)
        grant(store.engine, caller, worker, words, wall_clock())
        return redirect(address.href, 303)

    server.add_url_rule(PURPOSE_PATH, "worker_purpose", give_purpose, methods=["POST"])


def _next(worker: str) -> Address:
    """The page to go on to, made anew from the query of ``next``: never another path or site."""
    wanted = parse_address(WORKER, urlsplit(request.form.get("next", "")).query)
    return wanted.to(id=worker, date=request.form.get("date", wanted.date), view="")


def _purpose(lang: Lang) -> str | None:
    """The chosen purpose in words and what was written beside it; *other* needs words."""
    choice, written = request.form.get("purpose", ""), request.form.get("words", "").strip()
    if choice not in PURPOSES or (choice == OTHER and not purpose_text(written)):
        return None
    chosen = text(lang, f"worker.purpose.{choice}")
    return purpose_text(say(lang, "worker.purpose.in_words", choice=chosen, words=written) if written else chosen)
