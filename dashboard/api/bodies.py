"""Cuts a request body into case events, without looking into them more than it must."""

from collections.abc import Mapping
from urllib.parse import unquote

import msgspec

from dashboard.api.problems import Problem
from dashboard.domain.events import BadEvent, cut

EVENT_TYPES = (
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "application/json",
    "application/x-ndjson",
)


def event_items(body: bytes, content_type: str, headers: Mapping[str, str]) -> list[bytes]:
    """Case events of a body: CloudEvents structured, batch, NDJSON, or binary mode (``ce-*`` headers)."""
    if any(name.lower() == "ce-specversion" for name in headers):
        return [_binary_event(body, headers)]
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in EVENT_TYPES:
        raise Problem(415, f"content type {kind!r} is not one of {', '.join(EVENT_TYPES)}", "Content-Type")
    try:
        return cut(body)
    except BadEvent as problem:
        raise Problem(400, f"the body is no JSON object, array or NDJSON: {problem.detail}", "body") from problem


def _binary_event(body: bytes, headers: Mapping[str, str]) -> bytes:
    """A binary-mode CloudEvent in structured form: attributes from the ``ce-*`` headers, the body as ``data``."""
    names = {name.lower(): text for name, text in headers.items()}
    event: dict[str, object] = {name[3:]: unquote(text) for name, text in names.items() if name.startswith("ce-")}
    try:
        event["data"] = msgspec.json.decode(body)
        return msgspec.json.encode(event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise Problem(400, f"the data of a binary-mode event must be JSON: {problem}", "body") from problem
