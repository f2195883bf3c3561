"""How the installation is: sources, roles, walls, storage, and what was refused, to look at, hand in again or drop."""

from collections.abc import Callable

import msgspec
from flask import Blueprint, g, redirect, request
from werkzeug.wrappers import Response

from callbacks.doors.house import House, typed
from callbacks.doors.rendering import spoken
from dashboard.domain.changes import SourceState
from dashboard.operations.installation import Installation
from dashboard.operations.quarantine import Refused, counts, drop, refused, replay
from dashboard.security.caller import Caller
from dashboard.security.masking import HIDDEN, mask_text
from layouts.i18n import Lang, messages, say

HOME = "/status"
AT_ONCE = 20
REFRESH = "30"
"""Seconds after which the page loads itself anew, unless somebody reads a message."""
STEPS = ((60, 1, "seconds"), (3600, 60, "minutes"), (86_400 * 2, 3600, "hours"), (float("inf"), 86_400, "days"))
ACTS: dict[str, tuple[Callable[..., int], str, str]] = {
    "replay": (replay, "quarantine.replayed", "replayed"),
    "drop": (drop, "quarantine.dropped", "dropped"),
}


def status(house: House, at: Installation) -> Blueprint:
    """Addresses under ``/status``."""
    routes = Blueprint("status", __name__, url_prefix=HOME)

    @routes.get("")
    def show() -> Response:
        return _page(house, at)

    @routes.post("/<act>")
    def act(act: str) -> Response:
        if act not in ACTS or not _may_act(g.caller):
            return house.forms.said("doors.forbidden", 403)
        do, action, done = ACTS[act]
        ids = [int(one) for one in request.form.getlist("id")[:AT_ONCE] if one.isascii() and one.isdecimal()]
        n = do(at.engine, ids)
        house.write(action, f"{n}", " ".join(map(str, ids)))
        return redirect(house.forms.at(HOME, done=done, n=n, reason=typed("reason")), 303)

    return routes


def _may_look(caller: Caller) -> bool:
    """Refused messages are of the whole city."""
    return caller.may("quarantine") and not caller.region and not caller.unit


def _may_act(caller: Caller) -> bool:
    return _may_look(caller) and caller.via == "session"


def _page(house: House, at: Installation) -> Response:
    lang, now, look = spoken(), house.doorman.now(), _may_look(g.caller)
    shown, before, reason = _number("show"), _number("before"), request.args.get("reason", "")
    screens, (free, total) = at.screens(now), at.free()
    rows = refused(at.engine, AT_ONCE + 1, before, reason) if look else []
    more = house.forms.at(HOME, before=rows[AT_ONCE - 1].id, reason=reason) if len(rows) > AT_ONCE else ""
    known = messages(lang)
    return house.forms.page(
        "status.html", refresh="" if shown or before else REFRESH, vitals=at.vitals(), rates=at.rates,
        source_name=lambda source: _source_name(house, source, lang), processes=at.processes(), holders=at.holders(),
        screens=screens, regions=house.names(screen.region for screen in screens), storage=at.storage(), free=free,
        total=total, refused=[_seen(row, g.caller) for row in rows[:AT_ONCE]],
        counts=counts(at.engine) if look else {}, look=look, act=_may_act(g.caller), shown=shown, older=more, now=now,
        ago=lambda instant: ago(now - instant, lang), span=lambda ms: ago(ms, lang), size=size, done=_done(lang),
        reason=reason,
        part=lambda name: known.get(f"status.role.{name}", name), role=lambda name: known.get(f"role.{name}", name),
        why=lambda name: known.get(f"status.reason.{name}", name),
    )  # fmt: skip


def _source_name(house: House, source: SourceState, lang: Lang) -> str:
    zh, en = house.settings.source_names(source.name, source.lane)
    return en if lang == "en" else zh


def _seen(row: Refused, caller: Caller) -> Refused:
    """In clear for who may read personal data; for others nothing of the message itself."""
    if caller.may("personal"):
        return row
    return msgspec.structs.replace(row, raw=HIDDEN, detail=mask_text(row.detail))


def _number(name: str) -> int:
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() else 0


def _done(lang: Lang) -> str:
    done = request.args.get("done", "")
    known = {done for _, _, done in ACTS.values()}
    return say(lang, f"status.{done}", n=_number("n")) if done in known else ""


def ago(milliseconds: int, lang: Lang) -> str:
    """How long ago, in one unit: ``12 s``, ``3 min``."""
    seconds = max(0, milliseconds // 1000)
    _, unit, key = next(step for step in STEPS if seconds < step[0])
    return say(lang, f"status.{key}", n=seconds // unit)


def size(n: int | None) -> str:
    """Bytes in the largest unit that leaves a figure above one."""
    value, unit = float(n or 0), "B"
    for larger in ("KB", "MB", "GB"):
        if value >= 1024:
            value, unit = value / 1024, larger
    return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
