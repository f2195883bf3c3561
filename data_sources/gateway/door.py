"""The gateway's HTTP side as an ASGI application: the addresses of positions as the web process has them.

Answers come after Redis has taken the batch. What is refused here is told; what ingest refuses later (a worker who
does not exist, a jump) is counted there.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from dashboard.api.limits import MAX_BODY, TokenBuckets
from dashboard.domain.fix_formats import (
    NDJSON_TYPES,
    PACKED_TYPES,
    Decoded,
    Unread,
    decode,
    decode_osmand,
    decode_packed,
)
from data_sources.gateway.keys import Keys
from data_sources.gateway.packing import Away, Busy, Packer, Parcel

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

JSON, PROBLEM = b"application/json", b"application/problem+json"
ONE_TAKEN = b'{"accepted":1,"duplicate":0,"rejected":[],"seq":0}'
_TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
           413: "Content Too Large", 429: "Too Many Requests", 503: "Service Unavailable"}  # fmt: skip


class Refusal(Exception):  # noqa: N818 - an answer
    """Ends a request with a problem document."""

    def __init__(self, status: int, detail: str, retry: int = 0) -> None:
        super().__init__(detail)
        self.status, self.detail, self.retry = status, detail, retry


class Door:
    """``ready`` says whether Redis answers; ``now`` is epoch ms for fixes that name no time."""

    def __init__(
        self, packer: Packer, keys: Keys, now: Callable[[], int], ready: Callable[[], Awaitable[bool]],
        limits: TokenBuckets, crs: str = "wgs84",
    ) -> None:  # fmt: skip
        self._packer, self._keys, self._now = packer, keys, now
        self._ready, self._limits, self._crs = ready, limits, crs
        self._routes: Mapping[tuple[str, str], Callable[[Scope, bytes, str], Parcel]] = {
            ("POST", "/api/v1/positions"): self._positions,
            ("GET", "/api/v1/osmand"): self._osmand,
            ("POST", "/api/v1/osmand"): self._osmand,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        try:
            status, body = await self._answer(scope, receive)
            headers = [(b"content-type", JSON if scope["path"] != "/metrics" else b"text/plain")]
        except Refusal as refusal:
            status, body, headers = _problem(refusal)
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        method, path = scope["method"], scope["path"]
        route = self._routes.get((method, path))
        if route is None:
            return await self._other(method, path)
        headers = dict(scope["headers"])
        await self._let_in(headers.get(b"authorization", b""))
        kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower().decode("latin-1")
        parcel = route(scope, await _body(receive), kind)
        try:
            unread = await self._packer.put(parcel)
        except Busy as problem:
            raise Refusal(503, "more is waiting than the gateway holds", 1) from problem
        except Away as problem:
            raise Refusal(503, "the stream cannot be written; nothing of this was taken", 5) from problem
        return _taken(parcel, unread)

    async def _other(self, method: str, path: str) -> tuple[int, bytes]:
        if method == "GET" and path == "/healthz":
            return 200, b'{"status":"ok"}'
        if method == "GET" and path == "/readyz":
            if not await self._ready():
                raise Refusal(503, "Redis does not answer", 5)
            return 200, b'{"status":"ok"}'
        if method == "GET" and path == "/metrics":
            return 200, self._metrics()
        known = any(route == path for _method, route in self._routes)
        raise Refusal(405 if known else 404, "there is nothing at this address for this method")

    def _metrics(self) -> bytes:
        packer = self._packer
        figures = {"fixes_total": packer.fixes, "batches_total": packer.batches, "failures_total": packer.failures,
                   "waiting": packer.waiting}  # fmt: skip
        return "".join(f"yiping_gateway_{name} {value}\n" for name, value in figures.items()).encode()

    async def _let_in(self, header: bytes) -> None:
        try:
            caller = await self._keys.caller(header)
        except SQLAlchemyError as problem:
            raise Refusal(503, "keys cannot be looked up", 5) from problem
        if caller is None:
            raise Refusal(401, "this address needs an API key")
        if not caller.may("write") or caller.region or caller.unit:
            raise Refusal(403, "this needs a key with the right 'write', bound to no region and no unit")
        if (wait := self._limits.take(caller.name)) > 0:
            raise Refusal(429, "too many requests for this key", max(1, round(wait)))

    def _positions(self, _scope: Scope, body: bytes, kind: str) -> Parcel:
        if not body.strip():
            raise Refusal(400, "the body is empty")
        if kind not in PACKED_TYPES and kind not in NDJSON_TYPES and body[:1] == b"{" and b"\n" not in body:
            return Parcel(body)
        try:
            if kind in PACKED_TYPES:
                return Parcel(packed=body, count=len(decode_packed(body).fixes))
            return _read(decode(body, kind or "application/json", self._crs))
        except ValueError as problem:
            raise Refusal(400, str(problem)) from problem

    def _osmand(self, scope: Scope, body: bytes, kind: str) -> Parcel:
        if scope["method"] == "POST" and kind == "application/json":
            return self._positions(scope, body, kind)
        pairs = scope["query_string"] + (b"&" + body if kind == "application/x-www-form-urlencoded" else b"")
        values = dict(reversed(parse_qsl(pairs.decode("latin-1"), keep_blank_values=True, max_num_fields=200)))
        fixes, unread = decode_osmand(values, self._now(), self._crs)
        if unread:
            raise Refusal(400, f"the query is no fix: {unread[0][1]}")
        return Parcel(fixes=fixes)


def _read(decoded: Decoded) -> Parcel:
    return Parcel(fixes=decoded.fixes, unread=decoded.unread, count=max(1, len(decoded.fixes)))


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            break
    if len(body) > MAX_BODY:
        raise Refusal(413, f"the body is larger than {MAX_BODY} bytes")
    return body


def _taken(parcel: Parcel, unread: tuple[Unread, ...]) -> tuple[int, bytes]:
    """Told as the web process tells it; a single body that is no JSON is refused as a whole there too."""
    if parcel.body and not unread:
        return 202, ONE_TAKEN
    if parcel.body and unread[0].reason == "malformed":
        raise Refusal(400, unread[0].detail)
    accepted = 0 if parcel.body else parcel.count if parcel.packed else len(parcel.fixes or ())
    rejected = [{"index": item.index if not parcel.body else 0, "reason": item.reason, "detail": item.detail}
                for item in unread]  # fmt: skip
    return 202, msgspec.json.encode({"accepted": accepted, "duplicate": 0, "rejected": rejected, "seq": 0})


def _problem(refusal: Refusal) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
    document = {"title": _TITLES[refusal.status], "status": refusal.status, "detail": refusal.detail}
    headers = [(b"content-type", PROBLEM)]
    if refusal.retry:
        headers.append((b"retry-after", b"%d" % refusal.retry))
    if refusal.status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="yiping"'))
    return refusal.status, msgspec.json.encode(document), headers
