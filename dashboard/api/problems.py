"""Errors as JSON problem documents (RFC 9457): what is wrong, and where."""

import math
from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from flask import Response

CONTENT_TYPE = "application/problem+json"
STORE_PAUSE = 5.0
"""Seconds a caller is told to wait while the store is down."""


class ProblemDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of every error. ``where`` names the parameter, header or place in the body that is to blame."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"
    where: str = ""


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """Ends a request with an error document."""

    def __init__(self, status: int, detail: str, where: str = "", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.document = ProblemDocument(HTTPStatus(status).phrase, status, detail, where=where)
        self.headers = dict(headers or {})

    def response(self) -> Response:
        """The error as an HTTP response."""
        body = msgspec.json.encode(self.document)
        return Response(body, self.document.status, self.headers, content_type=CONTENT_TYPE)


def retry_later(status: int, seconds: float, detail: str) -> Problem:
    """An error that goes away by itself: ``Retry-After`` in whole seconds, at least one."""
    return Problem(status, detail, headers={"Retry-After": str(max(1, math.ceil(seconds)))})
