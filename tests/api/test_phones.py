"""What phones' apps and Traccar send to the web process as it is."""

import base64
import json
from pathlib import Path

import pytest

from dashboard.ingest.batch import Batch, Receipt
from dashboard.security.credentials import key_in
from tests.api.doors import door
from tests.shared_data import shared_data

PAYLOADS = Path(__file__).resolve().parents[1] / "payloads"


class Lane:
    """Takes everything and remembers it."""

    def __init__(self) -> None:
        self.workers: list[str] = []

    def submit(self, batch: Batch) -> Receipt:
        assert batch.fixes is not None
        self.workers += batch.fixes.worker.tolist()
        return Receipt(accepted=len(batch.fixes))


def test_keys_in_headers() -> None:
    basic = base64.b64encode("手机:yp_k:1".encode()).decode()
    assert [key_in(text) for text in ("Bearer yp_k", "bearer  yp_k ", f"Basic {basic}")] == ["yp_k", "yp_k", "yp_k:1"]
    for text in ("", "Bearer", "Bearer ", "Digest x", "Basic ?", "Basic /w==", "Basic YQ==", "yp_k"):
        assert key_in(text) is None


def test_traccar_forwards_and_phones_send_with_the_key_as_password(tmp_path: Path) -> None:
    lane = Lane()
    with door(tmp_path, submit_fixes=lane.submit) as at_door:
        key = at_door.key("write")["Authorization"].removeprefix("Bearer ")
        basic = {"Authorization": "Basic " + base64.b64encode(f"phone:{key}".encode()).decode()}
        for item in json.loads((PAYLOADS / "traccar" / "forward.json").read_bytes()):
            assert at_door.client.post("/api/v1/positions", json=item, headers=basic).status_code == 202
        location = (PAYLOADS / "owntracks" / "location.json").read_bytes()
        sent = at_door.client.post("/api/v1/positions", data=location, content_type="application/json", headers=basic)
        wrong = {"Authorization": "Basic " + base64.b64encode(b"phone:wrong").decode()}
        refused = at_door.client.post("/api/v1/positions", data=location, headers=wrong)
    assert (sent.status_code, refused.status_code) == (202, 401)
    assert lane.workers == ["860000000000017", "zz"]


@pytest.mark.real_data
def test_captured_messages_of_the_traccar_client(tmp_path: Path) -> None:
    lines = shared_data("formats", "osmand_traccar_client.jsonl").read_text("utf-8").splitlines()
    items = [json.loads(line) for line in lines if line.strip()]
    bodies = [item["json"] for item in items if "json" in item]
    queries = [item["query"].lstrip("/?") for item in items if "query" in item]
    lane = Lane()
    with door(tmp_path, submit_fixes=lane.submit) as at_door:
        key = at_door.key("write")
        posted = [at_door.client.post("/api/v1/osmand", json=body, headers=key).status_code for body in bodies]
        asked = [at_door.client.get(f"/api/v1/osmand?{query}", headers=key).status_code for query in queries]
    assert posted == [202] * len(bodies) and asked == [400, 400] + [202] * 9
    assert len(lane.workers) == len(bodies) + 9


def test_a_header_beyond_ascii_is_nobody(tmp_path: Path) -> None:
    with door(tmp_path, submit_fixes=Lane().submit) as at_door:
        headers = {"Authorization": "Basic /w\x90="}
        assert at_door.client.post("/api/v1/positions", data=b"{}", headers=headers).status_code == 401
