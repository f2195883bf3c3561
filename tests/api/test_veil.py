"""What callers without the right to personal data get from the API."""

import json
from pathlib import Path

import pytest

from tests.api.doors import door
from tests.check.cities import raws
from tests.domain.happenings import event

SECRETS = ("刘德华", "13812342207", "80号院")
CASE = {"title": "13812342207 来电", "reporter": "刘德华", "phone": "13812342207", "address": "大学路80号院3号楼"}


@pytest.mark.parametrize(
    "path", ["/api/v1/cases/C1", "/api/v1/cases", "/api/v1/cases?format=csv", "/api/v1/quarantine"]
)
def test_personal_data_is_masked_without_the_right(tmp_path: Path, path: str) -> None:
    with door(tmp_path) as at_door:
        at_door.city.send(raws(1, [event("accepted", 0, category="natural", **CASE)]))
        refused = {"specversion": "1.0", "id": "x", "source": "s", "type": "case.odd", "data": CASE}
        at_door.city.send([json.dumps(refused).encode(), "{ 刘德华 13812342207".encode()])
        masked = at_door.client.get(path, headers=at_door.key("read")).text
        clear = at_door.client.get(path, headers=at_door.key("read", "personal")).text
    assert not [secret for secret in SECRETS if secret in masked]
    assert "138****2207" in masked
    assert "13812342207" in clear


def test_names_of_workers(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        names = [
            {worker["name"] for worker in at_door.client.get("/api/v1/workers", headers=key).json["workers"]}
            for key in (at_door.key("read"), at_door.key("read", "personal"))
        ]
    assert names[0] != names[1]
    assert all("*" in name for name in names[0] if name)
