import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.events import LONGEST, ORDER, REASONS, BadEvent, CaseEvent, WorkerEvent, cut, identity, parse

CONTRACT = {
    "specversion": "1.0",
    "id": "e-000001",
    "source": "/12345-hotline",
    "type": "case.accepted",
    "subject": "YH20261017-0092",
    "time": "2026-10-17T09:12:00+08:00",
    "data": {
        "region": "410103001001", "lon": 113.6401, "lat": 34.7312, "crs": "wgs84", "category": "0203",
        "channel": "hotline", "title": "楼道飞线充电", "urgency": "normal", "due": "2026-10-18T09:12:00+08:00",
        "unit": "区消防救援大队",
    },
}  # fmt: skip
TIME = 1_792_199_520_000
MINUTE = 60_000


def raw(**changes: Any) -> bytes:
    return json.dumps({name: value for name, value in {**CONTRACT, **changes}.items() if value is not ...}).encode()


def with_data(type: str = "case.accepted", **data: Any) -> bytes:
    return raw(type=type, data=data)


def case_event(text: bytes) -> CaseEvent:
    parsed = parse(text)
    assert isinstance(parsed, CaseEvent)
    return parsed


def test_the_example_of_the_contract() -> None:
    event = case_event(raw())
    assert (event.source, event.id, event.case, event.time) == ("/12345-hotline", "e-000001", "YH20261017-0092", TIME)
    assert (event.region, event.lon, event.lat) == ("410103001001", 113.6401, 34.7312)
    assert event.data.due == TIME + 24 * 60 * MINUTE
    assert event.data.title == "楼道飞线充电"
    assert event.raw == raw()


@pytest.mark.parametrize(
    "time",
    ["2026-10-17T01:12:00Z", "2026-10-17T01:12:00.0Z", "2026-10-16T21:12:00-04:00", "2026-10-17T09:12:00.0004+08:00"],
)
def test_times_in_any_offset(time: str) -> None:
    assert case_event(raw(time=time)).time == TIME


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"", "malformed"),
        (b"\xff\xfe", "malformed"),
        (b"{", "malformed"),
        (raw() + b"x", "malformed"),
        (b'{"id":' + b"[" * 60_000, "malformed"),
        (raw(id="a\0b"), "malformed"),
        (with_data(title="a\0b"), "malformed"),
        (with_data(tags=["a\0b"]), "malformed"),
        (raw().replace(b"e-000001", b"\\ud800"), "malformed"),
        (b"[1]", "not_cloudevent"),
        (b"7", "not_cloudevent"),
        (b"null", "not_cloudevent"),
        (b"{}", "not_cloudevent"),
        (raw(specversion="0.3"), "not_cloudevent"),
        (raw(specversion=...), "not_cloudevent"),
        (raw(specversion=1.0), "not_cloudevent"),
        (raw(type="case.exploded"), "unknown_type"),
        (raw(type="case.exploded", data=5), "unknown_type"),
        (raw(type=...), "missing_field"),
        (raw(id=...), "missing_field"),
        (raw(id=""), "missing_field"),
        (raw(source=...), "missing_field"),
        (raw(subject=...), "missing_field"),
        (raw(time=...), "missing_field"),
        (raw(id=5), "wrong_type"),
        (raw(subject=None), "wrong_type"),
        (raw(data=[]), "wrong_type"),
        (with_data(region=410103), "wrong_type"),
        (with_data(lon="113", lat=34.0), "wrong_type"),
        (with_data("case.checked", passed="true"), "wrong_type"),
        (with_data("case.rated", score="4"), "wrong_type"),
        (with_data("case.rated", score=True), "wrong_type"),
        (raw(time="2026-10-17T09:12:00"), "bad_time"),
        (raw(time="2026-10-17"), "bad_time"),
        (raw(time="yesterday"), "bad_time"),
        (raw(time=TIME), "bad_time"),
        (raw(time="1969-12-31T23:59:59Z"), "bad_time"),
        (raw(time="2200-01-01T00:00:00Z"), "bad_time"),
        (with_data(due="2026-10-18"), "bad_time"),
        (with_data(due="9999-12-31T00:00:00Z"), "bad_time"),
        (with_data("case.extended"), "missing_field"),
        (with_data("case.checked"), "missing_field"),
        (with_data("case.rated"), "missing_field"),
        (raw(type="case.rated", data=...), "missing_field"),
        (with_data(lon=113.0), "missing_field"),
        (with_data(lat=34.0), "missing_field"),
        (with_data("case.rated", score=0), "bad_score"),
        (with_data("case.rated", score=5), "bad_score"),
        (with_data(lon=float("nan"), lat=34.0), "nan"),
        (with_data(lon=113.0, lat=float("inf")), "nan"),
        (with_data(lon=113.0, lat=34.0).replace(b"34.0", b"1e999"), "nan"),
        (with_data(lon=34.0, lat=113.0), "out_of_range"),
        (with_data(lon=181.0, lat=34.0), "out_of_range"),
        (raw(id="x" * 257), "too_long"),
        (with_data(title="x" * 1_001), "too_long"),
        (raw(padding="x" * LONGEST), "too_long"),
    ],
)
def test_bad_events_have_stable_reasons(bad: bytes, reason: str) -> None:
    with pytest.raises(BadEvent) as caught:
        parse(bad)
    assert caught.value.reason == reason
    assert caught.value.detail


def test_a_refusal_says_whose_event_it_was() -> None:
    with pytest.raises(BadEvent) as caught:
        parse(raw(time="yesterday"))
    assert (caught.value.source, caught.value.case) == ("/12345-hotline", "YH20261017-0092")


@given(st.one_of(st.binary(max_size=200), st.integers(0, len(raw())).map(lambda end: raw()[:end])))
def test_garbage_is_refused_and_nothing_else_happens(garbage: bytes) -> None:
    try:
        parse(garbage)
    except BadEvent as refusal:
        assert refusal.reason in REASONS


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from([*CONTRACT, *CONTRACT["data"]]), _json)  # type: ignore[misc]
def test_any_value_in_any_field_is_taken_or_refused(name: str, value: object) -> None:
    changed = raw(**{name: value}) if name in CONTRACT else with_data(**{**CONTRACT["data"], name: value})  # type: ignore[dict-item]
    try:
        parse(changed, now=TIME)
    except BadEvent as refusal:
        assert refusal.reason in REASONS


def test_the_future_begins_after_the_tolerance() -> None:
    assert parse(raw(), now=TIME - 5 * MINUTE).time == TIME
    assert parse(raw(), now=TIME - 9 * MINUTE, tolerance_minutes=9).time == TIME
    with pytest.raises(BadEvent, match="future: 6 minutes ahead"):
        parse(raw(), now=TIME - 5 * MINUTE - 1)


def test_unknown_fields_and_nulls_are_ignored() -> None:
    event = case_event(raw(traceparent="00-1", data={"region": "r", "channel": None, "colour": {"deep": [1]}}))
    assert (event.region, event.data.channel) == ("r", None)


def test_an_event_may_have_no_data() -> None:
    assert case_event(raw(type="case.closed", data=...)).data.region is None
    assert case_event(raw(type="case.closed", data=None)).region == ""


def test_the_null_island_counts_as_place_not_known() -> None:
    event = case_event(with_data(region="r", lon=0.0, lat=0.0))
    assert (event.lon, event.lat, event.data.lon) == (None, None, None)


def test_an_escaped_backslash_before_u0000_is_text() -> None:
    assert case_event(with_data(title="\\u0000")).data.title == "\\u0000"


@pytest.mark.parametrize(
    ("data", "lacks"),
    [
        ({"region": "r", "category": "c"}, ""),
        ({"lon": 1.0, "lat": 2.0, "category": "c"}, ""),
        ({"category": "c"}, "region"),
        ({"region": "r"}, "category"),
    ],
)
def test_what_a_first_event_lacks(data: dict[str, Any], lacks: str) -> None:
    assert case_event(with_data(**data)).lacks == lacks


def test_checking_in_is_a_worker_event() -> None:
    event = parse(raw(type="worker.checked_in", subject="W0001", data={"region": "r"}))
    assert isinstance(event, WorkerEvent)
    assert (event.worker, event.time) == ("W0001", TIME)


def test_identity_is_source_and_id() -> None:
    assert case_event(raw()).uid == identity("/12345-hotline", "e-000001")
    assert identity("a", "bc") != identity("ab", "c")
    assert len(identity("a", "b")) == 16


def test_the_key_orders_by_time_then_life_cycle_then_source_and_id() -> None:
    texts = [
        raw(time="2026-10-17T09:12:00.001+08:00"),
        raw(type="case.closed"),
        raw(),
        raw(source="/12345-a"),
        raw(id="e-0"),
    ]
    ordered = sorted((case_event(text) for text in texts), key=lambda event: event.key)
    assert [event.raw for event in ordered] == [texts[3], texts[4], texts[2], texts[1], texts[0]]


def test_the_contract_lists_nineteen_steps() -> None:
    assert len(ORDER) == 19


# cut: one object, a batch array or NDJSON.


def test_cut_one_object_a_batch_and_lines() -> None:
    one, two = b'{"a": 1}', b'{"b":\n[2]}'
    assert cut(b" " + one + b"\n") == [one]
    assert cut(two) == [two]
    assert cut(b"[" + one + b",\n" + two + b"]") == [one, two]
    assert cut(one + b"\r\n\n" + b'{"b": 2}\n') == [one, b'{"b": 2}']
    assert cut(b"\xef\xbb\xbf" + one) == [one]
    assert cut(b"[]") == []


def test_a_bad_line_spoils_only_itself() -> None:
    assert cut(b'{"a": 1}\n{bad\n{"b": 2}') == [b'{"a": 1}', b"{bad", b'{"b": 2}']


@pytest.mark.parametrize("payload", [b"", b" \n", b"[", b"[{},", b"[{} {}]", b"\xff", b"{bad", b"[" * 100_000])
def test_a_payload_that_cannot_be_cut_is_malformed(payload: bytes) -> None:
    with pytest.raises(BadEvent, match="malformed"):
        cut(payload)
