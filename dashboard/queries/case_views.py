"""One case with its whole record, as one caller may see it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection

from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.changes import CaseRow
from dashboard.domain.events import CaseEvent, parse
from dashboard.domain.life_cycle import Context
from dashboard.domain.periods import LocalDays
from dashboard.domain.regions import STREET
from dashboard.queries.answers import AsOf
from dashboard.queries.case_answers import CaseView, Entry
from dashboard.queries.case_lines import case_line, lines_for
from dashboard.queries.case_related import near, same_kind
from dashboard.queries.case_spans import stage_spans, standstills
from dashboard.queries.case_steps import (
    Step,
    deadline_changes,
    ignored,
    passages_of,
    pauses_of,
    steps_of,
)
from dashboard.queries.drill_answers import CaseLine
from dashboard.queries.refolding import context_of
from dashboard.security.caller import Caller
from dashboard.security.masking import CaseVeil, mask_name, mask_phone
from dashboard.security.scope import sees_case
from dashboard.store.rows import EventRow
from dashboard.store.store import Store


@dataclass(frozen=True)
class _Told:
    """An event as it was stored and as the source told it."""

    row: EventRow
    source: str
    data: dict[str, Any]


class CaseViews:
    """Reads only; thread-safe. ``base`` gives the base data in force, ``now`` the present (epoch ms UTC)."""

    def __init__(self, store: Store, base: Callable[[], BaseData], settings: Settings, now: Callable[[], int]) -> None:
        self._store, self._base, self._now = store, base, now
        self._days = LocalDays(settings.zone)

    def view(self, case_id: str, caller: Caller) -> CaseView | None:
        """The case; None where there is none, or none that the caller may see: both answers are the same."""
        base, now = self._base(), self._now()
        with self._store.read() as connection:
            found = self._store.cases([case_id], connection)
            if not found or not sees_case(base.tree, caller, found[0].region, found[0].unit):
                return None
            events = self._store.events_of([case_id], connection)
            related = _related(connection, found[0], base, caller, now)
            as_of = AsOf(self._store.last_seq(connection), now)
        return _view(found[0], events, related, base, context_of(base, self._days), caller.may("personal"), as_of)


Related = tuple[list[CaseLine], list[CaseLine]]


def _related(connection: Connection, case: CaseRow, base: BaseData, caller: Caller, now: int) -> Related:
    def seen(row: CaseRow) -> bool:
        return sees_case(base.tree, caller, row.region, row.unit)

    close = near(connection, case, seen)
    alike = same_kind(connection, case, _street_codes(base, case.region), seen)
    shown = [[case_line(row, base, now) for row in rows] for rows in (close, alike)]
    return lines_for(caller, shown[0]), lines_for(caller, shown[1])


def _street_codes(base: BaseData, region: str) -> list[str]:
    """Codes of the street that a region lies in and of everything in that street; none above the street."""
    tree = base.tree
    node = tree.latest.get(region)
    street = None if node is None else next((n for n in tree.chain(node) if tree.level[n] == STREET), None)
    return [] if street is None else sorted({region.code for region in tree.regions[tree.inside(street)]})


def _view(
    case: CaseRow, rows: Sequence[EventRow], related: Related, base: BaseData, context: Context, personal: bool,
    as_of: AsOf,
) -> CaseView:  # fmt: skip
    steps = steps_of([_event(row) for row in rows], context)
    told = {row.uid: _told(row) for row in rows}
    ordered = [told[step.event.uid] for step in steps]
    clock = _clock(base, case.category)
    veil = None if personal else CaseVeil(event.data for event in ordered)
    said: Callable[[str], str] = str if veil is None else veil.text
    line = case_line(case, base, as_of.time)
    pauses = pauses_of(steps)
    stages = stage_spans(passages_of(steps), pauses, case.category, clock, context, as_of.time)
    address, text, reporter, phone = (_told_first(ordered, name) for name in ("address", "text", "reporter", "phone"))
    shown = [msgspec.structs.replace(pause, reason=said(pause.reason)) for pause in pauses]
    return CaseView(
        as_of=as_of, line=msgspec.structs.replace(line, title=said(line.title)), crumbs=_crumbs(base, case.region),
        kind=case.kind, urgency=case.urgency, tags=[said(tag) for tag in case.tags.split(",") if tag],
        address=address if veil is None else veil.address(address), text=said(text),
        reporter=reporter if personal else mask_name(reporter), phone=phone if personal else mask_phone(phone),
        lon=case.lon, lat=case.lat, clock=clock, urged=case.urged, reworked=case.reworked, reopened=case.reopened,
        stages=stages, deadlines=deadline_changes(steps), pauses=shown,
        off_hours=standstills(stages, clock, context, as_of.time),
        entries=_entries(steps, told, base, context, veil),
        near=related[0], same_kind=related[1],
        masked=veil is not None and any(veil.data(event.data) != event.data for event in ordered),
    )  # fmt: skip


def _event(row: EventRow) -> CaseEvent:
    """A stored event as the fold takes it, in the region that its place resolved to when it came."""
    event = parse(row.raw.encode())
    assert isinstance(event, CaseEvent)
    event.region = row.region
    return event


def _told(row: EventRow) -> _Told:
    raw: dict[str, Any] = msgspec.json.decode(row.raw)
    return _Told(row, raw["source"], raw.get("data") or {})


def _told_first(events: Sequence[_Told], field: str) -> str:
    """A field that no figure needs: the first one told, or what a correction made of it last."""
    found = ""
    for event in events:
        value = event.data.get(field)
        if value and (not found or event.row.type == "case.corrected"):
            found = str(value)
    return found


def _clock(base: BaseData, category: str) -> str:
    found = base.categories.get(category)
    return "natural" if found is None else found.clock


def _crumbs(base: BaseData, region: str) -> list[tuple[str, str]]:
    tree = base.tree
    node = tree.latest.get(region)
    return [] if node is None else [(tree.regions[n].code, tree.regions[n].name) for n in reversed(tree.chain(node))]


def _entries(
    steps: Sequence[Step], told: Mapping[bytes, _Told], base: BaseData, context: Context, veil: CaseVeil | None
) -> list[Entry]:
    idle = ignored(steps, context)
    return [_entry(told[step.event.uid], base, step.event.uid not in idle, veil) for step in steps]


def _entry(event: _Told, base: BaseData, counted: bool, veil: CaseVeil | None) -> Entry:
    """``veil`` None: the caller may read everything."""
    row, data = event.row, dict(event.data) if veil is None else veil.data(event.data)
    actor, unit = str(data.pop("actor", "") or ""), str(data.get("unit") or "")
    details = [(name, _named(base, name, value)) for name, value in data.items() if value not in (None, "")]
    if veil is not None:
        details = [(name, text if name in _CODES else veil.text(text)) for name, text in details]
    named = _named(base, "unit", unit) if unit else ""
    english = base.units[unit].name_en if unit in base.units else ""
    return Entry(row.seq, row.time, row.received, row.type, event.source, actor, named, counted, details, english)


_CODES = frozenset({"region", "category", "channel", "unit", "lon", "lat", "crs", "due"})
"""Fields without free text."""


def _named(base: BaseData, field: str, value: Any) -> str:
    """A value as text; codes of regions, categories and units by their names where these are known."""
    known: Any = None
    if field == "region":
        node = base.tree.latest.get(str(value))
        known = None if node is None else base.tree.regions[node]
    elif field in ("category", "unit"):
        known = (base.categories if field == "category" else base.units).get(str(value))
    if known is not None:
        return str(known.name)
    if isinstance(value, list):
        return "、".join(str(part) for part in value)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
