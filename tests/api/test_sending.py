import json
import urllib.parse
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard.api.limits import TokenBuckets
from dashboard.domain.fix_formats import encode_packed
from dashboard.domain.fixes import Fixes
from dashboard.ingest.batch import Batch, Receipt, Rejection
from dashboard.store import StoreError
from tests.api.doors import door
from tests.check.cities import raws
from tests.domain.happenings import event

JSON = "application/json"
ONE = raws(1, [event("accepted", 0)])[0]
TWO = raws(2, [event("accepted", 5)])[0]


@pytest.mark.parametrize(
    ("body", "kind", "accepted"),
    [
        (ONE, "application/cloudevents+json", 1),
        (ONE, "application/json; charset=utf-8", 1),
        (b"[" + ONE + b"," + TWO + b"]", "application/cloudevents-batch+json", 2),
        (ONE + b"\n\n" + TWO + b"\n", "application/x-ndjson", 2),
    ],
)
def test_events_are_taken_in_every_form(tmp_path: Path, body: bytes, kind: str, accepted: int) -> None:
    with door(tmp_path) as at_door:
        answer = at_door.client.post("/api/v1/events", data=body, content_type=kind, headers=at_door.key("write"))
        assert answer.status_code == 202
        assert answer.json == {"accepted": accepted, "duplicate": 0, "rejected": [], "seq": accepted}
        assert at_door.city.store.last_seq() == accepted


def test_binary_mode(tmp_path: Path) -> None:
    envelope = json.loads(ONE)
    data = json.dumps(envelope.pop("data"))
    with door(tmp_path) as at_door:
        headers = at_door.key("write") | {f"ce-{name}": text for name, text in envelope.items()}
        answer = at_door.client.post("/api/v1/events", data=data, content_type=JSON, headers=headers)
    assert answer.status_code == 202
    assert answer.json["accepted"] == 1


def test_what_is_refused_is_named_and_the_rest_is_stored(tmp_path: Path) -> None:
    wrong = ONE.replace(b"case.accepted", b"case.admired")
    with door(tmp_path) as at_door:
        body = b"[" + b",".join([ONE, wrong, ONE, b"7"]) + b"]"
        answer = at_door.client.post("/api/v1/events", data=body, content_type=JSON, headers=at_door.key("write"))
    assert answer.status_code == 202
    assert (answer.json["accepted"], answer.json["duplicate"]) == (1, 1)
    assert [(item["index"], item["reason"]) for item in answer.json["rejected"]] == [
        (1, "unknown_type"),
        (3, "not_cloudevent"),
    ]


@pytest.mark.parametrize(
    ("body", "kind", "status", "where"),
    [
        (b"{", JSON, 400, "body"),
        (b"[1,", JSON, 400, "body"),
        (b"  ", JSON, 400, "body"),
        (b"\xff\xfe", JSON, 400, "body"),
        (ONE, "text/plain", 415, "Content-Type"),
    ],
)
def test_malformed_bodies(tmp_path: Path, body: bytes, kind: str, status: int, where: str) -> None:
    with door(tmp_path) as at_door:
        answer = at_door.client.post("/api/v1/events", data=body, content_type=kind, headers=at_door.key("write"))
        assert at_door.city.store.last_seq() == 0
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["where"] == where
    assert answer.json["detail"]


def test_too_large(tmp_path: Path) -> None:
    with door(tmp_path, max_body=100) as at_door:
        answer = at_door.client.post("/api/v1/events", data=ONE, content_type=JSON, headers=at_door.key("write"))
    assert answer.status_code == 413


def test_a_key_that_sends_too_fast_is_told_when_to_try_again(tmp_path: Path) -> None:
    now = [0.0]
    with door(tmp_path, buckets=TokenBuckets(rate=0.5, burst=1, clock=lambda: now[0])) as at_door:
        key = at_door.key("write")

        def send() -> Any:
            return at_door.client.post("/api/v1/events", data=ONE, content_type=JSON, headers=key)

        assert send().status_code == 202
        refused = send()
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
        now[0] = 2.0
        assert send().status_code == 202


def test_store_down_means_503_and_nothing_acknowledged(tmp_path: Path) -> None:
    def down(batch: Batch) -> Receipt:
        raise StoreError("the database cannot be written: disk full")

    with door(tmp_path, submit_events=down) as at_door:
        answer = at_door.client.post("/api/v1/events", data=ONE, content_type=JSON, headers=at_door.key("write"))
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) >= 1


class Lane:
    """Takes fixes and remembers them; refuses the garbage and the last fix, as ingest tells it."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []

    def submit(self, batch: Batch) -> Receipt:
        self.batches.append(batch)
        assert batch.fixes is not None
        garbage = tuple(Rejection(index, reason) for index, (_, reason) in enumerate(batch.garbage))
        last = len(batch.fixes) - 1
        return Receipt(accepted=last, rejected=(*garbage, Rejection(last, "zero", "(0, 0)")), seq=9)


FIX = b'{"worker_id": "W1", "time": "2026-10-12T08:00:00+08:00", "lon": 113.5, "lat": 34.5}'


def test_positions_name_what_is_wrong_by_its_place_in_the_body(tmp_path: Path) -> None:
    lane = Lane()
    with door(tmp_path, submit_fixes=lane.submit) as at_door:
        body = b"[" + b",".join([FIX, b"7", FIX]) + b"]"
        answer = at_door.client.post("/api/v1/positions", data=body, content_type=JSON, headers=at_door.key("write"))
    assert answer.status_code == 202
    assert answer.json["accepted"] == 1
    assert [(item["index"], item["reason"]) for item in answer.json["rejected"]] == [(1, "malformed"), (2, "zero")]
    assert lane.batches[0].fixes is not None and lane.batches[0].fixes.worker.tolist() == ["W1", "W1"]


def test_a_body_that_is_no_fixes_at_all(tmp_path: Path) -> None:
    with door(tmp_path, submit_fixes=Lane().submit) as at_door:
        key = at_door.key("write")
        broken = at_door.client.post("/api/v1/positions", data=b"[{", content_type=JSON, headers=key)
        uneven = at_door.client.post(
            "/api/v1/positions", data=b"12345", content_type="application/octet-stream", headers=key
        )
    assert (broken.status_code, broken.json["where"]) == (400, "body")
    assert (uneven.status_code, uneven.json["where"]) == (400, "body")


def test_packed_fixes_of_other_base_data_are_refused(tmp_path: Path) -> None:
    one = np.ones(1)
    fixes = Fixes(np.zeros(1, np.int32), one.astype(np.int64), one, one, slots=True)
    with door(tmp_path, submit_fixes=Lane().submit) as at_door:
        key, kind = at_door.key("write"), "application/octet-stream"
        current = at_door.city.base.version
        right = at_door.client.post(
            "/api/v1/positions", data=encode_packed(fixes, current), content_type=kind, headers=key
        )
        other = at_door.client.post(
            "/api/v1/positions", data=encode_packed(fixes, current + 1), content_type=kind, headers=key
        )
    assert (right.status_code, other.status_code) == (202, 400)


@pytest.mark.parametrize(
    ("query", "status"), [("id=W1&lat=34&lon=113&timestamp=1", 202), ("id=W1&lat=north&lon=113", 400), ("", 400)]
)
def test_osmand(tmp_path: Path, query: str, status: int) -> None:
    with door(tmp_path, submit_fixes=Lane().submit) as at_door:
        key = at_door.key("write")
        assert at_door.client.get(f"/api/v1/osmand?{query}", headers=key).status_code == status
        assert at_door.client.post("/api/v1/osmand", data=dict(_pairs(query)), headers=key).status_code == status


def test_osmand_takes_no_large_form(tmp_path: Path) -> None:
    with door(tmp_path, submit_fixes=Lane().submit, max_body=100) as at_door:
        answer = at_door.client.post("/api/v1/osmand", data={"id": "W" * 200}, headers=at_door.key("write"))
    assert (answer.status_code, answer.content_type) == (413, "application/problem+json")


def _pairs(query: str) -> list[tuple[str, str]]:
    return urllib.parse.parse_qsl(query)


def test_a_process_without_ingest_says_so(tmp_path: Path) -> None:
    with door(tmp_path, submit_events=None) as at_door:
        answer = at_door.client.post("/api/v1/events", data=ONE, content_type=JSON, headers=at_door.key("write"))
    assert answer.status_code == 503
