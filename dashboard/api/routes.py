"""Flask routes made from the list of addresses: every request passes the same gate, whatever its path."""

from collections.abc import Callable
from typing import Any

import msgspec
from flask import Blueprint, Flask, Response, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from dashboard.api.endpoints import ENDPOINTS, Endpoint
from dashboard.api.openapi import described
from dashboard.api.paths import plain, raw_path
from dashboard.api.problems import STORE_PAUSE, Problem, retry_later
from dashboard.api.reading import Call
from dashboard.api.replies import as_response
from dashboard.api.sending import limited
from dashboard.api.services import Services
from dashboard.queries.errors import NotFoundHere, Refused
from dashboard.security.caller import Caller
from dashboard.store.engine import StoreError, unavailable

NOBODY = Caller("", "", frozenset())
_WORDS = {
    404: "there is nothing at this address",
    405: "the address does not take this method",
    413: "the body is too large",
    500: "a fault in the program; it is in the log",
}


def install(app: Flask, services: Services) -> None:
    """Add the API to an application and make its addresses strict: no doubled slashes, no second spellings."""
    app.url_map.merge_slashes = False
    app.register_blueprint(blueprint(services))
    app.before_request(_one_spelling)
    app.register_error_handler(HTTPException, _http_error)


def blueprint(services: Services, endpoints: tuple[Endpoint, ...] = ENDPOINTS) -> Blueprint:
    """All addresses as one blueprint."""
    routes = Blueprint("api", __name__)
    for endpoint in (*endpoints, described(endpoints)):
        routes.add_url_rule(endpoint.path, endpoint.name, _view(endpoint, services), methods=[endpoint.method])
    return routes


def _view(endpoint: Endpoint, services: Services) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        try:
            return _answer(endpoint, services, path)
        except Problem as problem:
            return problem.response()

    return view


def _answer(endpoint: Endpoint, services: Services, path: dict[str, str]) -> Response:
    try:
        caller = _let_in(endpoint, services)
        question = _question(endpoint)
        answer = endpoint.handler(services, Call(caller, question, path, request))
        return as_response(answer, request, endpoint.rows)
    except Refused as refusal:
        raise Problem(400, str(refusal), refusal.where) from refusal
    except NotFoundHere as missing:
        raise Problem(404, str(missing), missing.where) from missing
    except (DBAPIError, StoreError) as problem:
        if isinstance(problem, DBAPIError) and not unavailable(problem):
            raise
        raise retry_later(503, STORE_PAUSE, "the store is down; try again, duplicates do no harm") from problem


def _let_in(endpoint: Endpoint, services: Services) -> Caller:
    if not endpoint.scope:
        return NOBODY
    caller = services.policy.caller(request)
    if not caller.may(endpoint.scope):
        raise Problem(403, f"this needs the right {endpoint.scope!r}", "Authorization")
    if endpoint.scope == "write":
        limited(services, caller.name)
    return caller


def _question(endpoint: Endpoint) -> Any:
    if endpoint.free_query:
        return None
    repeated = [name for name, values in request.args.lists() if len(values) > 1]
    if repeated:
        raise Problem(400, "the parameter is given twice", repeated[0])
    try:
        return msgspec.convert(request.args.to_dict(), endpoint.question, strict=False)
    except msgspec.ValidationError as problem:
        raise Problem(400, str(problem), "query") from problem


def _one_spelling() -> Response | None:
    """404 also for addresses under ``/api/`` that are none of these, where a page would answer to every path."""
    stray = request.path.startswith("/api/") and request.endpoint is not None and request.blueprint != "api"
    if plain(raw_path(request)) and not stray:
        return None
    return Problem(404, "there is nothing at this address", "path").response()


def _http_error(error: HTTPException) -> Response | HTTPException:
    """Errors of Flask itself (no such address, wrong method, a fault in the code) in the same form."""
    if not request.path.startswith("/api/"):
        return error
    response = Problem(error.code or 500, _WORDS.get(error.code or 500, "the request cannot be answered")).response()
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(error.valid_methods)
    return response
