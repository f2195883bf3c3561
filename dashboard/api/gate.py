"""The door of pages and sockets outside the demonstration: a person gives an API key once, the browser keeps it.

The key travels in an ``HttpOnly``, ``SameSite=Strict`` cookie that opens pages, sockets and reading; whatever writes
needs the ``Authorization`` header, which no other site can make a browser send.
"""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

import msgspec
from flask import Flask, Response, redirect, request
from sqlalchemy import Engine
from werkzeug.wrappers import Response as BaseResponse

from dashboard.api.policy import KeyPolicy
from dashboard.security.caller import Caller
from dashboard.security.keys import find_key

COOKIE = "yiping_key"
LOGIN = "/login"
OPEN = (LOGIN, "/healthz", "/readyz")
OTHER_DOORS = ("/api/", "/socket.io/", "/metrics")
"""What the door leaves alone: these need nobody's name, or have a door of their own."""
KEPT_SECONDS = 90 * 24 * 3600
REFUSED = '<p role="alert">密钥不对或无权查看 · This key is not known or may not read</p>'
FORM = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>一屏统览</title><style>
body { margin: 0; background: #F3F5F7; color: #17212B; font: 14px/1.4 "Noto Sans CJK SC", "Noto Sans SC", sans-serif; }
main { box-sizing: border-box; width: min(360px, 100vw - 24px); margin: 18vh auto 0; padding: 24px;
  background: #FFFFFF; border: 1px solid #D8DEE4; border-radius: 4px; }
h1 { margin: 0 0 16px; font-size: 20px; } label { color: #45525E; } p { margin: 0 0 16px; }
input, button { box-sizing: border-box; width: 100%; height: 44px; margin-top: 6px; padding: 0 12px; font: inherit;
  border: 1px solid #5F6B77; border-radius: 4px; }
button { background: #17212B; color: #FFFFFF; border: 0; }
:focus-visible { outline: 2px solid #17212B; outline-offset: 2px; } [role=alert] { color: #8C170B; }
</style></head>
<body><main><h1>一屏统览</h1><form method="post" action="/login">
<p><label>密钥 API key<br>
<input name="key" type="password" autocomplete="current-password" required autofocus></label></p>
{refused}<p><button>进入 Enter</button></p></form></main></body></html>"""


class PageKeyPolicy(KeyPolicy):
    """A bearer key for everything; the page's own requests may read with the cookie."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._keys = engine

    def caller(self, request: Any) -> Caller:
        """As ``KeyPolicy``; without the header, reading by the cookie's key."""
        key = request.cookies.get(COOKIE)
        found = None if key is None or "Authorization" in request.headers else find_key(self._keys, key)
        if found is None:
            return super().caller(request)
        return msgspec.structs.replace(found, rights=found.rights - {"write"})


def install_gate(server: Flask, engine: Engine) -> None:
    """Let nobody see a page of ``server`` without a key that may read."""

    def entrance() -> BaseResponse | None:
        open_to_all = request.path in OPEN or request.path.startswith(OTHER_DOORS)
        known = open_to_all or _reader(engine, request.cookies.get(COOKIE)) is not None
        return None if known else redirect(LOGIN)

    def login() -> BaseResponse:
        key = request.form.get("key", "").strip()
        if request.method == "GET" or _reader(engine, key) is None:
            asked = request.method == "GET"
            form = FORM.replace("{refused}", "" if asked else REFUSED)
            return Response(form, status=200 if asked else 403)
        answer = redirect("/")
        answer.set_cookie(COOKIE, key, max_age=KEPT_SECONDS, httponly=True, samesite="Strict", secure=request.is_secure)
        return answer

    server.before_request(entrance)
    server.add_url_rule(LOGIN, "login", login, methods=["GET", "POST"])


def by_cookie(engine: Engine, environ: Mapping[str, Any], _auth: object = None) -> Caller | None:
    """The caller of a socket's cookie, None where it opens nothing."""
    try:
        morsel = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(COOKIE)
    except CookieError:
        return None
    return None if morsel is None else _reader(engine, morsel.value)


def _reader(engine: Engine, key: str | None) -> Caller | None:
    found = find_key(engine, key) if key else None
    return found if found is not None and found.may("read") else None
