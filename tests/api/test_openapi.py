import re
from pathlib import Path

from dashboard.api.endpoints import ENDPOINTS
from tests.api.doors import door


def test_every_route_is_in_the_document_and_every_path_is_a_route(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        document = at_door.client.get("/api/v1/openapi.json", headers=at_door.key("read")).json
        rules = [rule for rule in at_door.client.application.url_map.iter_rules() if rule.endpoint != "static"]
    routes = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule), method) for rule in rules for method in rule.methods & {"GET", "POST"}
    }
    written = {(path, method.upper()) for path, methods in document["paths"].items() for method in methods}
    assert routes == written


def _templated(rule: str) -> str:
    return re.sub(r"<(\w+)>", r"{\1}", rule)


def test_every_reference_of_the_document_leads_somewhere(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        answer = at_door.client.get("/api/v1/openapi.json", headers=at_door.key("read"))
    names = set(re.findall(r'"#/components/schemas/(\w+)"', answer.text))
    assert names <= set(answer.json["components"]["schemas"])
    assert {"Kpis", "Ranking", "CasePage", "Timeline", "Track", "ProblemDocument"} <= names


def test_every_address_says_what_it_is_for() -> None:
    assert all(endpoint.summary for endpoint in ENDPOINTS)
    assert all(endpoint.scope or endpoint.name in ("healthz", "readyz") for endpoint in ENDPOINTS)
