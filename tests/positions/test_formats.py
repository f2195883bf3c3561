import json
import math
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.coordinates import from_wgs84
from dashboard.domain.fix_formats import (
    decode,
    decode_each,
    decode_fixes,
    decode_osmand,
    decode_packed,
    encode_packed,
    encode_texts,
)
from dashboard.domain.fixes import PACKED, Fixes
from tests.shared_data import shared_data

PAYLOADS = Path(__file__).resolve().parents[1] / "payloads"
T = 1_792_199_524_000  # 2026-10-17T09:12:04+08:00
GOOD = {"worker_id": "W0001", "time": "2026-10-17T09:12:04+08:00", "lon": 113.6401, "lat": 34.7312}


def rows(fixes):
    return list(zip(fixes.worker, fixes.time.tolist(), fixes.lon.tolist(), fixes.lat.tolist(), strict=True))


def test_one_fix_an_array_and_lines_are_the_same():
    one, second = json.dumps(GOOD), json.dumps(GOOD | {"worker_id": "W0002", "accuracy_m": 5, "mock": False})
    expected = [("W0001", T, 113.6401, 34.7312), ("W0002", T, 113.6401, 34.7312)]
    assert rows(decode(one.encode()).fixes) == expected[:1]
    assert rows(decode(json.dumps(GOOD, indent=1).encode()).fixes) == expected[:1]
    assert rows(decode(f"[{one}, {second}]".encode()).fixes) == expected
    assert rows(decode(f"{one}\n{second}\n\n".encode()).fixes) == expected
    assert rows(decode(f"{one}\r\n{second}".encode(), "application/x-ndjson; charset=utf-8").fixes) == expected


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        ({"worker_id": "W1", "time": T, "lon": 1.0}, "missing_field"),
        (GOOD | {"lon": "113.64"}, "wrong_type"),
        (GOOD | {"time": "yesterday"}, "bad_time"),
        (GOOD | {"time": "2026-10-17T09:12:04"}, "bad_time"),
        (GOOD | {"time": 1e300}, "bad_time"),
        (GOOD | {"crs": "mars"}, "unknown_crs"),
        (GOOD | {"worker_id": " "}, "no_worker"),
        (GOOD | {"worker_id": None}, "wrong_type"),
        (GOOD | {"worker_id": "x" * 300}, "no_worker"),
        (GOOD | {"worker_id": "a\x00b"}, "no_worker"),
        (GOOD | {"worker_id": "\ud800"}, "no_worker"),
        ([1, 2], "malformed"),
        (None, "malformed"),
        ({"_type": "lwt", "tst": 1}, "no_position"),
    ],
)
def test_a_bad_item_is_told_with_its_place_and_costs_nobody_else(item, reason):
    found = decode(json.dumps([GOOD, item, GOOD]).encode())
    assert len(found.fixes) == 2 and list(found.index) == [0, 2]
    assert [(u.index, u.reason) for u in found.unread] == [(1, reason)]
    assert json.loads(found.unread[0].raw) == item
    lines = "\n".join(map(json.dumps, [GOOD, item, GOOD]))
    assert [(u.index, u.reason) for u in decode(lines.encode(), "application/x-ndjson").unread] == [(1, reason)]


def test_a_broken_line_is_malformed_and_a_broken_array_is_refused():
    found = decode(json.dumps(GOOD).encode() + b'\n{"worker_id": \xff\n' + json.dumps(GOOD).encode())
    assert [(u.index, u.reason) for u in found.unread] == [(1, "malformed")] and len(found.fixes) == 2
    for body in (b"[{]", b"\xff\xfe", b"hello", b"[" * 100_000, b'{"worker_id": "a"'):
        with pytest.raises(ValueError, match="no JSON"):
            decode(body)


def test_nan_is_a_number_that_is_left_to_the_checks():
    fixes, garbage = decode_fixes(json.dumps([GOOD | {"lon": math.nan}, GOOD]).encode())
    assert garbage == [] and math.isnan(fixes.lon[0]) and fixes.lon[1] == 113.6401


def test_times_as_numbers_are_seconds_or_milliseconds():
    times = [T // 1000, T, T / 1000 + 0.25]
    found = decode(json.dumps([GOOD | {"time": time, "worker_id": 7} for time in times]).encode())
    assert list(found.fixes.time) == [T, T, T + 250] and list(found.fixes.worker) == ["7"] * 3


def test_items_of_several_systems_come_as_wgs84():
    shifted = {crs: from_wgs84(113.6401, 34.7312, crs) for crs in ("wgs84", "GCJ02", "bd09")}
    items = [GOOD | {"crs": crs, "lon": float(lon), "lat": float(lat)} for crs, (lon, lat) in shifted.items()]
    found = decode(json.dumps([*items, GOOD]).encode(), crs="cgcs2000").fixes
    assert found.crs == "wgs84"
    assert np.allclose(found.lon, 113.6401, atol=1e-9) and np.allclose(found.lat, 34.7312, atol=1e-9)
    assert decode(json.dumps([items[1]]).encode()).fixes.crs == "gcj02"
    assert decode(json.dumps([GOOD]).encode(), crs="bd09").fixes.crs == "bd09"


@given(st.binary(max_size=60))
def test_noise_is_refused_or_counted(noise):
    for body in (noise, b"[" + noise + b"]", b'{"_type":' + noise, json.dumps(GOOD).encode() + b"\n" + noise):
        try:
            decode(body)
        except ValueError:
            continue


def test_packed_columns_come_back():
    lon, lat = np.array([113.1, -5.5]), np.array([27.5, 0.25])
    slots = Fixes(np.array([3, 1], np.int32), np.array([T, T + 1000]), lon, lat, slots=True)
    found = decode_packed(encode_packed(slots, version=4), version=4).fixes
    assert found.slots and found.crs == "wgs84" and rows(found) == rows(slots)
    ids = Fixes(np.array(["1001", "7"], object), slots.time, slots.lon, slots.lat, "gcj02")
    found = decode(encode_packed(ids), "application/octet-stream").fixes
    assert not found.slots and found.crs == "gcj02" and rows(found) == rows(ids)
    bare = encode_packed(slots)[16:]
    assert len(bare) == 2 * PACKED.itemsize and rows(decode_packed(bare).fixes) == rows(slots)


ONE = Fixes(np.array([1], np.int32), np.array([T]), np.zeros(1), np.zeros(1), slots=True)


@pytest.mark.parametrize("broken", [b"x" * 17, encode_packed(ONE)[:-16]])
def test_packed_columns_of_a_wrong_length_are_refused(broken):
    with pytest.raises(ValueError, match="packed fixes"):
        decode_packed(broken)


def test_packed_slots_of_other_base_data_are_refused():
    body = encode_packed(ONE, version=3)
    with pytest.raises(ValueError, match="base data 3"):
        decode_packed(body, version=4)


def test_owntracks_names_its_worker_in_the_topic():
    body = (PAYLOADS / "owntracks" / "location.json").read_bytes()
    assert rows(decode(body, topic="owntracks/W0042/phone").fixes) == [("W0042", 1_792_199_524_000, 113.134, 27.827)]
    assert decode(body).fixes.worker[0] == "zz"


def test_traccar_forwards_positions_with_the_device():
    items = json.loads((PAYLOADS / "traccar" / "forward.json").read_bytes())
    found = decode(json.dumps(items).encode())
    assert rows(found.fixes) == [("860000000000017", 1_792_199_524_000, 113.134, 27.827)]
    assert [(u.index, u.reason) for u in found.unread] == [(1, "no_position")]


def test_osmand_in_every_spelling():
    lines = (PAYLOADS / "osmand" / "queries.txt").read_text().splitlines()
    found = [decode_osmand(dict(parse_qsl(urlsplit(line).query)), now=5000) for line in lines]
    good = [rows(fixes)[0] for fixes, _ in found if len(fixes)]
    assert [time for _, time, _, _ in good] == [T, T, T, T, 5000]
    assert {(worker, lon, lat) for worker, _, lon, lat in good} == {("W0042", 113.134, 27.827)}
    reasons = [garbage[0][1] for fixes, garbage in found if not len(fixes)]
    assert reasons == ["no_worker", "no_position", "wrong_type", "bad_time"]


def captured(name):
    return [json.loads(line) for line in shared_data("formats", name).read_text("utf-8").splitlines() if line.strip()]


@pytest.mark.real_data
def test_captured_owntracks():
    items = captured("owntracks_traccar_tests.jsonl")
    found = decode("\n".join(map(json.dumps, items)).encode())
    assert found.unread == () and len(found.fixes) == len(items) == 6
    assert found.fixes.lon.tolist() == [item["lon"] for item in items]
    assert found.fixes.time.tolist() == [item["tst"] * 1000 for item in items]
    assert list(found.fixes.worker)[-2:] == ["ckrey", "qtripp"]


@pytest.mark.real_data
def test_captured_traccar_client_and_osmand():
    items = captured("osmand_traccar_client.jsonl")
    bodies = [item["json"] for item in items if "json" in item]
    found = decode(json.dumps(bodies).encode())
    assert found.unread == ()
    assert list(found.fixes.worker) == ["48241179", "48241179", "658765", "8737767034"]
    assert found.fixes.lat.tolist() == [body["location"]["coords"]["latitude"] for body in bodies]
    queries = [dict(parse_qsl(urlsplit(item["query"]).query)) for item in items if "query" in item]
    read = [decode_osmand(query, now=1) for query in queries]
    assert [len(fixes) for fixes, _ in read] == [0, 0] + [1] * 9
    assert [garbage[0][1] for _, garbage in read[:2]] == ["no_position", "no_worker"]
    stamp = datetime(2016, 1, 27, 18, 55, 47, tzinfo=UTC).timestamp() * 1000
    assert rows(read[2][0]) == [("902064", stamp, -88.23412, 42.06288)]
    assert read[9][0].lat[0] == 60.0
    assert read[4][0].time[0] == datetime(2014, 6, 4, 9, 10, 11, tzinfo=UTC).timestamp() * 1000


def test_bodies_that_know_nothing_of_each_other_cannot_swallow_a_neighbour():
    one = json.dumps(GOOD).encode()
    opening, closing = one[:-1] + b',"x":[1', b"1]}," + one + b"," + one
    found = decode_each([one, opening, one, closing, b"[" + one + b"," + one + b"]", b""])
    assert list(found.index) == [0, 2, 4, 4] and len(found.fixes) == 4
    assert [(item.index, item.reason) for item in found.unread] == [(1, "malformed"), (3, "malformed")]
    assert found.unread[0].raw == opening


def test_the_topic_of_each_body_names_its_worker():
    body = (PAYLOADS / "owntracks" / "location.json").read_bytes()
    found = decode_each([body, body], topics=["owntracks/W1/phone", "owntracks/W2/phone"])
    assert list(found.fixes.worker) == ["W1", "W2"]


def test_bodies_of_several_systems_come_as_wgs84():
    lon, lat = from_wgs84(113.6401, 34.7312, "gcj02")
    shifted = json.dumps(GOOD | {"crs": "GCJ02", "lon": float(lon), "lat": float(lat)}).encode()
    found = decode_each([shifted, json.dumps(GOOD).encode()]).fixes
    assert found.crs == "wgs84" and np.allclose(found.lon, 113.6401, atol=1e-9)


def test_what_a_gateway_packs_comes_back_unrounded():
    ids = np.array(["W0001", "张三", "W0001"], object)
    time = np.array([T + 1, T + 2, T + 3])
    fixes = Fixes(ids, time, np.array([113.123456789, np.nan, 400.0]), np.array([34.1, 1e300, -0.0]), "gcj02")
    found = decode_packed(encode_texts(fixes), version=9)
    assert found.fixes.crs == "gcj02" and not found.fixes.slots and list(found.index) == [0, 1, 2]
    assert list(found.fixes.worker) == list(ids) and list(found.fixes.time) == list(time)
    assert np.array_equal(found.fixes.lon, fixes.lon, equal_nan=True) and np.array_equal(found.fixes.lat, fixes.lat)


TEXTS = encode_texts(Fixes(np.array(["W1"], object), np.array([T]), np.zeros(1), np.zeros(1)))


@pytest.mark.parametrize(
    "broken",
    [TEXTS[:30], TEXTS[:-1], TEXTS[:-2] + b"\xff\n", TEXTS[:-3] + b"\n", TEXTS[:-3] + b" a\n",
     TEXTS[:40] + b"\1" + TEXTS[41:],
     TEXTS[:16] + b"\xff" * 7 + b"\x7f" + TEXTS[24:], TEXTS[:4] + b"\x09" + TEXTS[5:], TEXTS[:5] + b"\x09" + TEXTS[6:]],
)  # fmt: skip
def test_packed_texts_that_fit_together_in_no_way_are_refused(broken):
    with pytest.raises(ValueError):
        decode_packed(broken)


@pytest.mark.parametrize("number", ["1" + "0" * 400, "-1" + "0" * 400, "1" + "0" * 5000, "Infinity", "-Infinity"])
@pytest.mark.parametrize("field", ["time", "worker_id", "lon"])
def test_numbers_beyond_measure_are_told_or_left_to_the_checks(field, number):
    text = json.dumps(GOOD | {field: "@"}).replace('"@"', number)
    found = decode_each([text.encode(), json.dumps(GOOD).encode()])
    assert len(found.fixes) + len(found.unread) == 2 and found.index[-1] == 1


def test_what_is_nested_deeply_is_told_and_breaks_nothing():
    deep = json.dumps(GOOD).encode()[:-1] + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    assert [item.reason for item in decode_each([deep]).unread] == ["malformed"]
    assert [item.reason for item in decode(deep + b"\n" + deep, "application/x-ndjson").unread] == ["malformed"] * 2
    with pytest.raises(ValueError, match="no JSON"):
        decode(deep)
