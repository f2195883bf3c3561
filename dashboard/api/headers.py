"""Headers of security on every answer of the process, also errors, assets and the HTTP part of ``/socket.io``.

They are laid around the whole WSGI application, because Socket.IO answers before Flask sees a request.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard.api.compression import Packed
from dashboard.api.static import FOR_EVER, Header, WsgiApp, is_marked, may_be_kept

FORMS_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
"""Content-Security-Policy of pages without script."""
FIXED: tuple[Header, ...] = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), fullscreen=(self)"),
)
SIGN_OF_LIFE = "/_favicon.ico"
"""All that other origins may load: by it the start page of a wall PC, a file, sees that the program answers."""
TRANSPORT: Header = ("Strict-Transport-Security", "max-age=31536000")


def fixed_headers(path: str) -> tuple[Header, ...]:
    """What every answer at a path says."""
    loaded_by = "cross-origin" if path == SIGN_OF_LIFE else "same-origin"
    return (*FIXED, ("Cross-Origin-Resource-Policy", loaded_by))


def pages_policy(script_hashes: Sequence[str]) -> str:
    """Content-Security-Policy of pages with script; ``script_hashes`` are those of Dash's own inline scripts.

    Styles may be inline: the renderer, dcc and dash-ag-grid 35 put some forty ``<style>`` elements into the page, part
    of them made while it runs, and Plotly sets style attributes; none of them takes a nonce from Dash.
    """
    scripts = " ".join(["'self'", *script_hashes])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; "
        "manifest-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


class SecureHeaders:
    """WSGI middleware that adds what an answer does not say itself."""

    def __init__(self, app: WsgiApp, script_hashes: Sequence[str]) -> None:
        self._app = app
        self._policy = ("Content-Security-Policy", pages_policy(script_hashes))

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        transport = [TRANSPORT] if environ.get("wsgi.url_scheme") == "https" else []
        wanted = [*fixed_headers(path), self._policy, *transport]

        def start(status: str, headers: list[Header], *problem: Any) -> Any:
            said = {name.lower(): value for name, value in headers}
            kept = may_be_kept(path, status, said.get("content-type", ""))
            more = wanted if kept else [*wanted, ("Cache-Control", "no-store")]
            if kept and is_marked(path, query):
                said["cache-control"] = FOR_EVER
                headers = [(name, said[name.lower()]) for name, _ in headers]
            return start_response(status, headers + [pair for pair in more if pair[0].lower() not in said], *problem)

        return self._app(environ, start)


def harden(server: Flask, script_hashes: Sequence[str] = (), trusted_proxies: int = 0) -> None:
    """Lay headers, and what proxies may say, around everything that answers, Socket.IO too: called last of all.

    ``script_hashes`` are those of Dash's inline scripts (``Dash.csp_hashes()`` once all callbacks are registered).
    Without ``trusted_proxies`` whatever ``X-Forwarded-*`` says is ignored.
    """
    server.wsgi_app = SecureHeaders(Packed(server.wsgi_app), script_hashes)  # type: ignore[method-assign]
    if trusted_proxies:
        hops = dict.fromkeys(("x_for", "x_proto", "x_host"), trusted_proxies)
        server.wsgi_app = ProxyFix(server.wsgi_app, **hops)  # type: ignore[method-assign]
