"""From an answer to an HTTP response: JSON or CSV, with an ETag where one is known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Request, Response

from dashboard.exports.cells import csv_text

Rows = Callable[[Any], Sequence[Any]]
"""Picks the rows of an answer that make its CSV: a list of records of one type."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is more than a record: another status, a tag for caches, or text of its own type."""

    body: Any
    status: int = 200
    etag: str = ""
    content_type: str = "application/json"


def wants_csv(request: Request) -> bool:
    """``format=csv``, or an Accept header that prefers CSV to JSON."""
    asked = request.args.get("format")
    if asked is not None:
        return asked == "csv"
    return request.accept_mimetypes.best_match(["application/json", "text/csv"]) == "text/csv"


def as_response(answer: Any, request: Request, rows: Rows | None) -> Response:
    """The response of a handler's answer."""
    reply = answer if isinstance(answer, Reply) else Reply(answer)
    if rows is not None and wants_csv(request):
        return _csv(rows(reply.body))
    body = reply.body if isinstance(reply.body, str | bytes) else msgspec.json.encode(reply.body)
    response = Response(body, reply.status, content_type=reply.content_type)
    response.headers["Cache-Control"] = "no-cache" if reply.etag else "no-store"
    if reply.etag:
        response.set_etag(reply.etag)
        response.make_conditional(request)
    return response


def _csv(records: Sequence[Any]) -> Response:
    plain = [msgspec.to_builtins(record) for record in records]
    columns = list(plain[0]) if plain else []
    response = Response(csv_text(plain, columns), content_type="text/csv; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
