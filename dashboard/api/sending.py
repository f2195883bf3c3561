"""Handlers of the ways in. They answer 202 only after the commit; nothing answered so is ever lost."""

from collections.abc import Callable

import msgspec
import numpy as np
from flask import Request

from dashboard.api.asking import Nothing
from dashboard.api.bodies import event_items
from dashboard.api.problems import STORE_PAUSE, Problem, retry_later
from dashboard.api.reading import Call
from dashboard.api.replies import Reply
from dashboard.api.scoping import unbounded
from dashboard.api.services import Services
from dashboard.domain.fix_formats import PACKED_TYPES, Decoded, decode, decode_osmand, decode_packed
from dashboard.ingest.batch import Batch, Receipt

Submit = Callable[[Batch], Receipt]


class Refused(msgspec.Struct, frozen=True):
    """One item that was not taken: its place in the body, from 0, and why."""

    index: int
    reason: str
    detail: str


class Taken(msgspec.Struct, frozen=True):
    """What became of a body, told after the commit. ``seq`` is the last event number (cases) or slab (positions)."""

    accepted: int
    duplicate: int
    rejected: list[Refused]
    seq: int


def events(services: Services, call: Call[Nothing]) -> Reply:
    """Case events as CloudEvents: one, an array, NDJSON, or binary mode."""
    unbounded(call.caller)
    submit = _running(services.submit_events)
    body = _body(call.request, services.max_body)
    items = event_items(body, call.request.content_type or "", dict(call.request.headers))
    return _submit(submit, Batch(f"http:{call.caller.name}", services.now(), events=items))


def positions(services: Services, call: Call[Nothing]) -> Reply:
    """GPS fixes: one, an array, NDJSON, OwnTracks, Traccar forwarding, or packed columns."""
    unbounded(call.caller)
    submit = _running(services.submit_fixes)
    body = _body(call.request, services.max_body)
    try:
        decoded = _decoded(services, body, call.request.content_type or "application/json")
    except ValueError as problem:
        raise Problem(400, str(problem), "body") from problem
    return _submit_fixes(submit, decoded, _positions_of(call), services.now())


def _decoded(services: Services, body: bytes, content_type: str) -> Decoded:
    if content_type.partition(";")[0].strip().lower() in PACKED_TYPES:
        return decode_packed(body, version=services.base().version)
    return decode(body, content_type)


def osmand(services: Services, call: Call[Nothing]) -> Reply:
    """One fix in the query string of OsmAnd and the Traccar Client, or as JSON from its newer versions."""
    if call.request.method == "POST" and call.request.mimetype == "application/json":
        return positions(services, call)
    unbounded(call.caller)
    submit = _running(services.submit_fixes)
    call.request.max_content_length = services.max_body
    fixes, unread = decode_osmand(call.request.values.to_dict(), services.now())
    if unread:
        raise Problem(400, f"the query is no fix: {unread[0][1]}", "query")
    return _submit_fixes(submit, Decoded(fixes, np.arange(len(fixes))), _positions_of(call), services.now())


def _positions_of(call: Call[Nothing]) -> str:
    """The source's name: one of its own, so that silence of a gateway shows while its key still sends events."""
    return f"http:{call.caller.name}:positions"


def _submit_fixes(submit: Submit, decoded: Decoded, source: str, now: int) -> Reply:
    """A receipt names what could not be read first, then fixes by their place among the readable ones."""
    garbage = [(item.raw, item.reason) for item in decoded.unread]
    receipt = submit(Batch(source, now, fixes=decoded.fixes, garbage=garbage))
    refused = [Refused(item.index, item.reason, item.detail) for item in decoded.unread]
    for item in receipt.rejected[len(garbage) :]:
        refused.append(Refused(int(decoded.index[item.index]), item.reason, item.detail))
    refused.sort(key=lambda item: item.index)
    return Reply(Taken(receipt.accepted, receipt.duplicate, refused, receipt.seq), status=202)


def _submit(submit: Submit, batch: Batch) -> Reply:
    receipt = submit(batch)
    rejected = [Refused(item.index, item.reason, item.detail) for item in receipt.rejected]
    return Reply(Taken(receipt.accepted, receipt.duplicate, rejected, receipt.seq), status=202)


def _running(submit: Submit | None) -> Submit:
    if submit is None:
        raise retry_later(503, STORE_PAUSE, "ingest does not run in this process")
    return submit


def _body(request: Request, limit: int) -> bytes:
    """The body; 413 above the limit whether or not the length was told, 400 where it is empty."""
    if (request.content_length or 0) > limit:
        raise Problem(413, f"the body is larger than {limit} bytes", "Content-Length")
    body = request.stream.read(limit + 1)
    if len(body) > limit:
        raise Problem(413, f"the body is larger than {limit} bytes", "body")
    if not body.strip():
        raise Problem(400, "the body is empty", "body")
    return body


def limited(services: Services, name: str) -> None:
    """429 with Retry-After where a key sends faster than it may."""
    wait = services.buckets.take(name)
    if wait > 0:
        raise retry_later(429, wait, "too many requests for this key")
