"""Handlers of the ways out."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
from flask import Request

from dashboard.api.asking import (
    CaseQuestion,
    KpiQuestion,
    Nothing,
    QuarantineQuestion,
    RankingQuestion,
    RegionQuestion,
    TrackQuestion,
    WorkerQuestion,
)
from dashboard.api.problems import Problem, retry_later
from dashboard.api.replies import Reply
from dashboard.api.scoping import bounded, every_unit, unbounded
from dashboard.api.services import Services
from dashboard.api.veil import veiled
from dashboard.boards.scope import UnknownRegion
from dashboard.queries.answers import CasePage, Kpis, Quarantine, Ranking, Timeline, Track, WorkerList, WorkerRecord
from dashboard.queries.cases import CaseFilters
from dashboard.security.caller import Caller
from dashboard.security.scope import sees_case

Question = TypeVar("Question")
STATES = ("off", "moving", "still", "silent")


@dataclass(frozen=True, slots=True)
class Call(Generic[Question]):
    """One request after it was let in: who, what is asked, and the parts of the path."""

    caller: Caller
    question: Question
    path: dict[str, str]
    request: Request


def kpis(services: Services, call: Call[KpiQuestion]) -> Kpis:
    """Every indicator with numerator, denominator, basis and version."""
    ask = call.question
    every_unit(call.caller)
    region = bounded(services.base(), call.caller, ask.region)
    return services.queries.kpis(region, ask.period or services.queries.running_month(), ask.as_of)


def ranking(services: Services, call: Call[RankingQuestion]) -> Ranking:
    """Units of a level by their score."""
    ask = call.question
    every_unit(call.caller)
    under = bounded(services.base(), call.caller, ask.under, "under")
    return services.queries.ranking(ask.level, ask.period or services.queries.running_month(), ask.model, under)


def cases(services: Services, call: Call[CaseQuestion]) -> CasePage:
    """A page of cases."""
    ask = call.question
    region = bounded(services.base(), call.caller, ask.region)
    filters = CaseFilters(region, ask.period, ask.state, ask.category, ask.channel, _unit(call.caller, ask.unit))
    return veiled(call.caller, services.queries.cases(filters, ask.cursor, ask.limit))


def _unit(caller: Caller, asked: str) -> str:
    if caller.unit and asked not in ("", caller.unit):
        raise Problem(403, f"{caller.name} is bound to unit {caller.unit}", "unit")
    return caller.unit or asked


def case(services: Services, call: Call[Nothing]) -> Timeline:
    """One case and its events; a case outside the caller's scope does not exist for the caller."""
    found = services.queries.case(call.path["id"])
    if found is None or not sees_case(services.base().tree, call.caller, found.case.region, found.case.unit):
        raise Problem(404, f"there is no case {call.path['id']!r}", "id")
    return veiled(call.caller, found)


def workers(services: Services, call: Call[WorkerQuestion]) -> WorkerList:
    """Workers of a region with their presence where the live state is in this process."""
    every_unit(call.caller)
    region = bounded(services.base(), call.caller, call.question.region)
    listed = veiled(call.caller, services.queries.workers(region))
    if services.live_workers is None:
        return listed
    live, slots = services.live_workers(), services.base().workers.slots
    return WorkerList(listed.region, [_placed(worker, slots[worker.id], live) for worker in listed.workers])


def _placed(worker: WorkerRecord, slot: int, live: Any) -> WorkerRecord:
    if slot >= len(live.state):
        return worker
    lon, lat = float(live.lon[slot]), float(live.lat[slot])
    seen = -180 <= lon <= 180 and -90 <= lat <= 90
    return msgspec.structs.replace(
        worker, state=STATES[int(live.state[slot])], lon=lon if seen else None, lat=lat if seen else None
    )


def track(services: Services, call: Call[TrackQuestion]) -> Track:
    """One worker's day. Looking is written down before anything is read."""
    if services.worker_days is None:
        raise Problem(503, "no tracks are kept in this process", headers={"Retry-After": "30"})
    every_unit(call.caller)
    return services.worker_days.track(call.path["id"], call.question.date, call.caller, call.question.purpose)


def snapshot(services: Services, call: Call[RegionQuestion]) -> dict[str, Any]:
    """The board of a region, as its screen shows it.

    Base data that was imported a moment ago is known here before the live state has taken it on.
    """
    if services.snapshot is None:
        raise Problem(503, "no live state runs in this process", headers={"Retry-After": "30"})
    every_unit(call.caller)
    try:
        return services.snapshot(bounded(services.base(), call.caller, call.question.region))
    except UnknownRegion as problem:
        raise retry_later(503, 1, f"the live state does not know region {problem} yet") from problem


def map_document(services: Services, call: Call[RegionQuestion]) -> Reply:
    """Simplified polygons of a region in metres of the plane."""
    if services.map_document is None:
        raise Problem(503, "no map is kept in this process", headers={"Retry-After": "30"})
    region = bounded(services.base(), call.caller, call.question.region)
    return Reply(services.map_document(region), etag=f"{services.base().version}-{region}")


def quarantine(services: Services, call: Call[QuarantineQuestion]) -> Quarantine:
    """Refused items by reason, and the newest of them."""
    unbounded(call.caller)
    return veiled(call.caller, services.queries.quarantine(call.question.limit))
