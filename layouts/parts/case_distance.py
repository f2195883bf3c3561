"""How far from the scene an event of a case was told from."""

from collections.abc import Sequence
from math import hypot

from dashboard.domain.events import OPENING
from dashboard.domain.plane import Plane
from dashboard.queries.case_answers import Entry


def from_scene(entries: Sequence[Entry], entry: Entry) -> int | None:
    """Metres from the first place told for the case; None where an event has no place or opens the case.

    None too where the coordinates differ: a source may declare them once for all its events, so places without
    ``crs`` compare within a source.
    """
    here = _place(entry)
    told = ((one, place) for one in entries if (place := _place(one)) is not None)
    scene, place = next(told, (None, None))
    if here is None or scene is None or place is None or entry.type in OPENING or not _comparable(scene, entry):
        return None
    x, y = Plane(*place).metres(*here)
    return round(hypot(float(x), float(y)))


def _place(entry: Entry) -> tuple[float, float] | None:
    told = dict(entry.details)
    try:
        return float(told["lon"]), float(told["lat"])
    except (KeyError, ValueError):
        return None


def _comparable(one: Entry, other: Entry) -> bool:
    first, second = (dict(entry.details).get("crs", "") for entry in (one, other))
    return first == second and (first != "" or one.source == other.source)
