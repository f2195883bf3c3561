"""The OpenAPI 3.1 document, made from the list of addresses and the records they take and give."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from dashboard.api.asking import Nothing
from dashboard.api.endpoints import Endpoint
from dashboard.api.problems import CONTENT_TYPE, ProblemDocument
from dashboard.api.reading import Call
from dashboard.api.replies import Reply
from dashboard.api.services import Services

REF = "#/components/schemas/{name}"
PROBLEMS = {
    400: "Malformed: the document says what and where.",
    401: "No key, or an unknown one.",
    403: "The key does not cover this.",
    404: "There is no such thing, or not for this caller.",
    413: "The body is too large.",
    415: "The content type is not taken.",
    429: "Too many requests; Retry-After says when.",
    503: "The store or a role is away; Retry-After says when to try again.",
}


def described(endpoints: Sequence[Endpoint]) -> Endpoint:
    """The address that serves the document of these addresses and of itself."""

    def openapi(services: Services, call: Call[Nothing]) -> Reply:
        """This document."""
        return Reply(text)

    endpoint = Endpoint("GET", "/api/v1/openapi.json", "openapi", "read", openapi)
    text = msgspec.json.encode(document((*endpoints, endpoint)))
    return endpoint


def document(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The whole document as plain data."""
    records = _records(endpoints)
    schemas, components = msgspec.json.schema_components(records, ref_template=REF)
    known = dict(zip(records, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        path = re.sub(r"<(\w+)>", r"{\1}", endpoint.path)
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint, known)
    return {
        "openapi": "3.1.0",
        "info": {"title": "一屏统览 API", "version": "1", "summary": "Case events and positions in, figures out."},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }


def _records(endpoints: Sequence[Endpoint]) -> list[Any]:
    answers = [endpoint.answer for endpoint in endpoints if endpoint.answer is not None]
    return list(dict.fromkeys([*answers, ProblemDocument]))


def _operation(endpoint: Endpoint, known: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "parameters": [*_path_parameters(endpoint.path), *_query_parameters(endpoint.question)],
        "responses": _responses(endpoint, known),
        "security": [{"key": []}] if endpoint.scope else [],
    }
    if endpoint.scope:
        operation["x-scope"] = endpoint.scope
    if endpoint.takes:
        operation["requestBody"] = {"required": True, "content": {kind: {} for kind in endpoint.takes}}
    return operation


def _path_parameters(path: str) -> list[dict[str, Any]]:
    names = re.findall(r"<(\w+)>", path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(question: type) -> list[dict[str, Any]]:
    schema = msgspec.json.schema_components([question], ref_template=REF)[1][question.__name__]
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part}
        for name, part in schema.get("properties", {}).items()
    ]


def _responses(endpoint: Endpoint, known: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    shape = {} if endpoint.answer is None else {"schema": known[endpoint.answer]}
    content: dict[str, Any] = {endpoint.content_type: shape}
    if endpoint.rows is not None:
        content["text/csv"] = {"schema": {"type": "string"}}
    responses: dict[str, Any] = {str(endpoint.status): {"description": endpoint.summary, "content": content}}
    for status in _statuses(endpoint):
        responses[str(status)] = {
            "description": PROBLEMS[status],
            "content": {CONTENT_TYPE: {"schema": known[ProblemDocument]}},
        }
    return responses


def _statuses(endpoint: Endpoint) -> list[int]:
    if not endpoint.scope:
        return [503]
    sending = [413, 415, 429] if endpoint.scope == "write" else []
    return sorted([400, 401, 403, 404, *sending, 503])
