"""``GET /prepared``: whether pages can be asked for analyses, for those that stand waiting for it."""

from collections.abc import Callable

from flask import Flask, Response


def register_prepared(server: Flask, ready: Callable[[], bool]) -> None:
    """204 once the columnar extract of this process is there, 202 until then."""

    def prepared() -> Response:
        return Response(status=204 if ready() else 202, headers={"Cache-Control": "no-store"})

    server.add_url_rule("/prepared", "prepared", prepared)
