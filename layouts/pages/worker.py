"""The page of one worker's day ``/worker``: map with the track, figures, line of the day, coverage, steps of cases.

It is about whether an area was served, not about the person: nothing on it ranks, scores or compares people.
"""

from typing import Any

import msgspec
from dash import dcc
from dash.development.base_component import Component

from dashboard.domain.periods import MINUTE, LocalDays, plus_days
from dashboard.queries.worker_answers import WorkerDay
from layouts import html
from layouts.address import Address
from layouts.i18n import Lang, say, text
from layouts.parts.card import card, message
from layouts.parts.worker_figures import figures_card, heading, stops_card
from layouts.parts.worker_line import line_card
from layouts.parts.worker_lists import coverage_card, privacy_card, touched_card
from layouts.parts.worker_purpose import purpose_form
from layouts.parts.worker_words import day_text, iso

__all__ = ["layout", "no_such_day", "purpose_form", "title"]


def title(address: Address, name: str) -> str:
    """Heading of the page and of the form in front of it."""
    return say(address.language, "worker.title", name=name)


def layout(
    address: Address,
    day: WorkerDay,
    purpose: str,
    until: int,
    *,
    who: str = "",
    at: int = 0,
    zone: str = "Asia/Shanghai",
) -> Component:
    """The page of a day that was read under ``purpose``, which holds until ``until``.

    ``who`` looks and ``at`` which instant; ``at`` and ``until`` are real time, epoch ms, of which the page tells the
    length alone: all its other times are of the data directory's clock. ``zone`` is the configured time zone.
    """  # fmt: skip
    lang = address.language
    looked = say(
        lang, "worker.note.logged.words", who=who, purpose=purpose, n=max(1, -(-(until - at) // MINUTE)),
    )  # fmt: skip
    return html.Div(
        [
            _days(address, day),
            html.Div(
                [
                    _map(lang, day, zone),
                    html.Div(
                        [figures_card(lang, day, zone), stops_card(lang, day.stops, zone)], className="worker-side"
                    ),
                ],
                className="grid-main worker-main",
            ),
            line_card(lang, day, zone),
            html.Div([touched_card(address, day, zone), coverage_card(lang, day)], className="grid-main"),
            privacy_card(lang, day, " ".join(looked.split())),
        ],
        className="worker",
    )


def no_such_day(address: Address) -> Component:
    """Instead of a day that is none, is to come or was deleted: why, and a way to today."""
    lang = address.language
    today = html.Link(text(lang, "worker.no_day.today"), href=address.to(date="").href, className="button")
    words = message(text(lang, "worker.no_day"), text(lang, "worker.no_day.note"), today)
    return html.Section([words], className="card")


def _days(address: Address, day: WorkerDay) -> Component:
    """The day before and after, as far as tracks are kept, and a date to choose."""
    lang = address.language
    chosen = html.Form(
        [
            *[
                dcc.Input(id=f"day-{name}", name=name, type="hidden", value=value)
                for name, value in (("id", address.id), ("lang", address.lang)) if value
            ],
            html.Label(text(lang, "worker.date"), htmlFor="day-date"),
            _date(day),
            html.Button(text(lang, "worker.date.show"), type="submit"),
        ],
        action=address.path, method="get", className="day-form",
    )  # fmt: skip
    steps = [_step(address, day, -1, "before"), html.B(day_text(lang, day.day)), _step(address, day, 1, "after")]
    kept = html.Span(say(lang, "worker.kept", first=iso(day.first_day)), className="note")
    return html.Nav([*steps, chosen, kept], className="worker-days", **{"aria-label": text(lang, "worker.days")})


def _date(day: WorkerDay) -> Component:
    return dcc.Input(
        id="day-date", name="date", type="text", inputMode="numeric", value=iso(day.day), placeholder=iso(day.last_day),
        pattern=r"\d{4}-\d{2}-\d{2}", required=True, maxLength=10, className="date-box",
    )  # fmt: skip


def _step(address: Address, day: WorkerDay, step: int, name: str) -> Component:
    words, other = text(address.language, f"worker.{name}"), plus_days(day.day, step)
    if not day.first_day <= other <= day.last_day:
        return html.Span(words, className="button off", **{"aria-disabled": "true"})
    return html.Link(words, href=address.to(date=iso(other)).href, className="button")


def _map(lang: Lang, day: WorkerDay, zone: str) -> Component:
    title_, note = heading(lang, day), text(lang, "worker.map.note")
    if not day.time:
        key = "worker.map.hidden" if day.hidden else "worker.map.empty" if day.spans else "worker.map.off"
        return card(title_, message(text(lang, key), text(lang, f"{key}.note")), name="track")
    slot = html.Div(
        className="track-map", role="group",
        **{"data-part": "track", "data-options": track_options(day, zone), "aria-label": _described(lang, day)},
    )  # fmt: skip
    return card(title_, slot, note=note, name="track")


def _described(lang: Lang, day: WorkerDay) -> str:
    return say(lang, "worker.map.label", day=day_text(lang, day.day), stops=len(day.stops), fixes=len(day.time))


def track_options(day: WorkerDay, zone: str) -> str:
    """What the browser code draws, as JSON; degrees to a decimetre, ``zone`` minutes ahead of UTC."""
    options: dict[str, Any] = {
        "worker": day.id, "time": day.time, "zone": LocalDays(zone).offset(day.time[0]) // MINUTE,
        "lon": [round(value, 6) for value in day.lon], "lat": [round(value, 6) for value in day.lat],
        "stops": day.stops, "spans": day.spans, "cells": day.cells, "region": day.crumbs[-1][0] if day.crumbs else "",
        "steps": [{"time": step.time, "type": step.type, "case": step.case.id} for step in day.touched],
    }  # fmt: skip
    return msgspec.json.encode(options).decode()
