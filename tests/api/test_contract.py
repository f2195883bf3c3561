"""The API keeps what its own document promises, whatever is asked: questions made from the document by Schemathesis."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi import checks

from dashboard.api.endpoints import ENDPOINTS
from dashboard.api.openapi import described, document
from dashboard.base_data.maps import MapDocuments
from tests.api.doors import Door, client, some_cases
from tests.api.test_reports import archive

DOCUMENT = document((*ENDPOINTS, described(ENDPOINTS)))
WAY = schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": False}}, "generation": {"mode": "all"}})
"""Right and wrong questions by chance; the systematic ones ask for methods and encodings that Flask answers."""
API = schemathesis.openapi.from_dict(DOCUMENT, config=WAY)
PROMISES: list[Any] = [
    checks.content_type_conformance, checks.response_schema_conformance, checks.status_code_conformance,
    checks.response_headers_conformance,
]  # fmt: skip
LACKING = ["snapshot"]
"""What this process answers with 503: it has no replica."""
OPEN = ["healthz", "readyz"]
QUICK = settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
FOREIGN = ("西区", "二街", "格二", "李", "C2")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A door over a small city, which draws maps, keeps reports to their regions and takes whatever is sent."""
    maps = MapDocuments()
    with archive(tmp_path_factory.mktemp("contract"), public=False) as plain:
        services = replace(plain.services, map_document=lambda region: maps.get(plain.city.base, region, {}))
        some_cases(plain.city)
        yield Door(client(services), plain.city, services)


@pytest.fixture(scope="module")
def keys(opened: Door) -> dict[str, dict[str, str]]:
    """Headers of keys by what they open."""
    every = ("read", "write", "personal")
    return {"": {}, "unknown": {"Authorization": "Bearer " + "x" * 43}, "read": opened.key("read"),
            "all": opened.key(*every), "east": opened.key("read", "personal", region="d1")}  # fmt: skip


def asked(opened: Door, case: schemathesis.Case, headers: dict[str, str]) -> Any:
    """The answer to one question, whose promises are kept and which no fault of ours made."""
    answer = case.call(app=opened.client.application, headers=headers)
    assert answer.status_code < 500, (answer.status_code, answer.text[:300])
    case.validate_response(answer, checks=PROMISES)
    return answer


@API.exclude(operation_id=LACKING).parametrize()
@QUICK
def test_every_answer_is_one_that_the_document_names(
    case: schemathesis.Case, opened: Door, keys: dict[str, dict[str, str]]
) -> None:
    for who in ("all", "read"):
        asked(opened, case, keys[who])


@API.exclude(operation_id=OPEN).parametrize()
@QUICK
def test_nothing_is_answered_without_a_key(
    case: schemathesis.Case, opened: Door, keys: dict[str, dict[str, str]]
) -> None:
    for who in ("", "unknown"):
        status = asked(opened, case, keys[who]).status_code
        assert status == 401 or (status == 404 and case.path_parameters)  # a strange spelling is no address at all


@API.exclude(operation_id=LACKING).parametrize()
@QUICK
def test_a_key_of_a_district_reads_nothing_of_the_other(
    case: schemathesis.Case, opened: Door, keys: dict[str, dict[str, str]]
) -> None:
    told = asked(opened, case, keys["east"]).text
    assert not [word for word in FOREIGN if word in told]


@pytest.mark.parametrize(
    ("path", "id_"),
    [("/api/v1/cases/{id}", "C1"), ("/api/v1/workers/{id}/track", "W1"), ("/api/v1/reports/{id}", "report-2026-08")],
)
def test_what_is_there_has_the_shape_that_the_document_tells(
    opened: Door, keys: dict[str, dict[str, str]], path: str, id_: str
) -> None:
    query = {"date": "2026-10-12", "purpose": "other"} if "track" in path else {}
    case = API[path]["GET"].Case(path_parameters={"id": id_}, query=query)
    assert asked(opened, case, keys["all"]).status_code == 200
