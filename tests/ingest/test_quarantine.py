"""What is refused is counted, kept, and taken up again where it only came too early."""

import numpy as np
import pytest

from dashboard.domain.base import BaseData
from dashboard.domain.coordinates import from_wgs84
from dashboard.domain.regions import Region, RegionTree
from dashboard.ingest.batch import Batch
from tests.ingest.city import CATEGORIES, HOUR, MINUTE, NOON, REGIONS, accepted, event, life
from tests.ingest.lane import Lane, figures, lane


def reasons(on: Lane, *raws: bytes) -> list[str]:
    return [rejection.reason for rejection in on.send(*raws).rejected]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\xff\xfe", "malformed"),
        (b"[]", "not_cloudevent"),
        (b'{"specversion": "1.0"}', "missing_field"),
        (accepted("1", NOON, "nowhere"), "unknown_region"),
        (event("accepted", "1", NOON, category="0203"), "missing_place"),
        (event("accepted", "1", NOON, region="A111"), "missing_category"),
        (event("reported", "1", NOON, lon=0, lat=0, category="0203"), "missing_place"),
        (event("accepted", "1", NOON, lon=113.1, lat=27.8, category="0203"), "unknown_region"),
        (event("accepted", "1", NOON, lon=113.1, lat=27.8, crs="mars", category="0203"), "unknown_crs"),
        (event("flown", "1", NOON), "unknown_type"),
        (event("rated", "1", NOON, score=9), "bad_score"),
        (accepted("1", NOON).replace("题".encode(), b"\xe9\x00"), "malformed"),
        (accepted("1", NOON).replace("题".encode(), b"\\u0000"), "malformed"),
        (accepted("1", NOON).replace("题".encode(), b"\\ud800"), "malformed"),
        (accepted("1", NOON)[:-1] + b', "extra": "\xff"}', "malformed"),
    ],
)  # fmt: skip
def test_refusals_have_a_reason_and_keep_the_bytes(on: Lane, raw: bytes, reason: str) -> None:
    receipt = on.send(accepted("good", NOON), raw)
    assert [(rejection.index, rejection.reason) for rejection in receipt.rejected] == [(1, reason)]
    assert receipt.accepted == 1
    [kept] = on.store.quarantined()
    assert (kept.raw, kept.reason, kept.source) == (raw, reason, "cases")
    assert [state.rejected for state in on.ingest.sources.states()] == [{reason: 1}]


def test_postgres_takes_whatever_sqlite_takes(on_both: Lane) -> None:
    strange = [
        accepted("1", NOON, unit="\u2028'\"\\%s", extra={"deep": [1, None]}),
        accepted("2", NOON)[:-1] + b', "x": "\\u0000\\ud800"}',
        b"\x00\xff",
        b'{"subject": "\\u0000", "specversion": "1.0"}',
        b'{"subject": "\\ud800", "source": 5, "specversion": "1.0"}',
    ]  # fmt: skip
    receipt = on_both.send(*strange)
    assert receipt.accepted + len(receipt.rejected) == 5
    assert receipt.accepted >= 1
    assert sum(on_both.store.quarantine_counts().values()) == len(receipt.rejected)


def test_the_future_is_refused_beyond_the_tolerance(on: Lane) -> None:
    now = on.clock.now()
    assert reasons(on, accepted("1", now + 5 * MINUTE), accepted("2", now + 5 * MINUTE + 1)) == ["future"]


def test_garbage_of_a_source_is_kept_with_its_reason(on: Lane) -> None:
    receipt = on.ingest.submit(Batch("cases", NOON, garbage=[(b"%%%", "not JSON")]))
    assert [(rejection.reason, rejection.detail) for rejection in receipt.rejected] == [("malformed", "not JSON")]
    assert on.store.quarantined()[0].raw == b"%%%"


def test_refused_twice_is_kept_once(on_both: Lane) -> None:
    for _ in range(2):
        assert reasons(on_both, accepted("1", NOON, "nowhere")) == ["unknown_region"]
    assert on_both.store.quarantine_counts() == {"unknown_region": 1}


@pytest.mark.parametrize("restart", [False, True])
def test_an_acceptance_without_place_waits_for_its_case(on_both: Lane, restart: bool) -> None:
    assert reasons(on_both, event("accepted", "1", NOON + 5 * MINUTE)) == ["missing_place"]
    if restart:
        on_both.restart()
    on_both.send(event("reported", "1", NOON, region="A111", category="0203"))
    assert on_both.store.quarantine_counts() == {}
    [row] = on_both.store.cases(["1"])
    assert (row.region, row.accepted_at, on_both.store.last_seq()) == ("A111", NOON + 5 * MINUTE, 2)


def test_it_waits_until_both_place_and_category_are_known(on: Lane) -> None:
    assert reasons(on, event("accepted", "1", NOON)) == ["missing_place"]
    assert reasons(on, event("dispatched", "1", NOON + HOUR, region="A112")) == []
    assert on.store.quarantine_counts() == {"missing_category": 1}
    on.send(event("corrected", "1", NOON + 2 * HOUR, category="0203"))
    assert on.store.quarantine_counts() == {}
    assert on.store.cases(["1"])[0].accepted_at == NOON


def test_order_inside_a_batch_does_not_matter(on: Lane) -> None:
    assert reasons(on, *reversed(life("1", NOON))) == []
    assert figures(on.store)["tallies"]["A111", 202610][0] == 1


def test_a_repetition_of_what_waits_does_not_lose_it(on: Lane) -> None:
    waiting = event("accepted", "1", NOON)
    for _ in range(2):
        assert reasons(on, waiting, waiting) == ["missing_place", "missing_place"]
    on.send(event("reported", "1", NOON - 1, region="A111", category="0203"))
    assert (on.store.last_seq(), on.store.quarantine_counts()) == (2, {})


def test_what_waited_in_vain_gives_way_to_a_corrected_one(on: Lane) -> None:
    on.send(event("accepted", "1", NOON, "x"))
    assert reasons(on, event("accepted", "1", NOON, "x", region="A111", category="0203")) == []
    assert on.store.quarantine_counts() == {"conflict": 1}
    assert on.store.last_seq() == 1


def test_unknown_regions_are_tried_again_with_new_base_data(on: Lane) -> None:
    assert reasons(on, accepted("1", NOON, "N1")) == ["unknown_region"]
    on.base = BaseData(2, RegionTree([*REGIONS, Region("N1", "新格", 4, "B11")]), categories=CATEGORIES)
    on.ingest.base_changed()
    assert on.store.quarantine_counts() == {}
    assert figures(on.store)["tallies"]["B", 202610][0] == 1


def test_a_region_is_known_from_the_moment_its_import_is_stored(on: Lane) -> None:
    """A page shows it at once, so a sender who saw it there is not refused until the next beat."""
    assert reasons(on, accepted("1", NOON, "A111")) == []
    on.imported(BaseData(2, RegionTree([*REGIONS, Region("N1", "新格", 4, "B11")]), categories=CATEGORIES))
    assert reasons(on, accepted("2", NOON, "N1")) == []


def test_a_region_counts_only_while_it_is_valid(on: Lane) -> None:
    old = Region("O1", "旧格", 4, "A11", valid_to=20261016)
    new = Region("O1", "旧格", 4, "B11", valid_from=20261018)
    on.base = BaseData(2, RegionTree([*REGIONS, old, new]), categories=CATEGORIES)
    on.ingest.base_changed()
    day = 24 * HOUR
    assert reasons(on, accepted("1", NOON - day, "O1"), accepted("2", NOON, "O1"), accepted("3", NOON + day, "O1")) == [
        "unknown_region"
    ]
    tallies = figures(on.store)["tallies"]
    assert (tallies["A", 202610][0], tallies["B", 202610][0], tallies["O1", 202610][0]) == (1, 1, 2)


def test_a_point_finds_its_region(tmp_path_factory: pytest.TempPathFactory) -> None:
    tree = RegionTree(REGIONS)

    def locate(lon, lat):  # type: ignore[no-untyped-def]
        inside = (np.asarray(lon) > 113) & (np.asarray(lat) > 27)
        return np.where(inside, tree.latest["A112"], -1).astype(np.int32)

    shifted = [float(axis) for axis in from_wgs84(113.0001, 27.0001, "gcj02")]
    with lane(f"sqlite:///{tmp_path_factory.mktemp('point') / 'a.db'}", locate) as on:
        raws = [
            event("accepted", "1", NOON, lon=113.1, lat=27.8, category="0203"),
            event("accepted", "2", NOON, lon=112.9, lat=27.8, category="0203"),
            event("accepted", "3", NOON, lon=shifted[0], lat=shifted[1], crs="GCJ02", category="0203"),
            event("accepted", "4", NOON, lon=113.1, lat=27.8, category="0203", region="B111"),
            event("corrected", "4", NOON + HOUR, lon=113.2, lat=27.9),
        ]
        assert reasons(on, *raws) == ["unknown_region"]
        on.restart()
        on.send(event("urged", "3", NOON - HOUR))
        rows = {row.id: row for row in on.store.cases(["1", "3", "4"])}
    assert [rows[case].region for case in ("1", "3", "4")] == ["A112", "A112", "B111"]
    assert rows["3"].lon == pytest.approx(113.0001, abs=1e-8)
    assert (rows["4"].lon, rows["4"].lat) == (113.2, 27.9)


def test_check_ins_are_stored_and_counted_nowhere(on: Lane) -> None:
    raw = event("accepted", "W1", NOON).replace(b"case.accepted", b"worker.checked_in")
    receipt = on.send(raw, raw)
    assert (receipt.accepted, receipt.duplicate, on.store.last_seq()) == (1, 1, 1)
    assert on.told()[0].steps == []
    assert figures(on.store)["cases"] == {}
