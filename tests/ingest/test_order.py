"""Arrival order never changes a figure."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.city import DAY, GRIDS, HOUR, MINUTE, NOON, accepted, event, life
from tests.ingest.lane import Lane, figures, lane


def eventful(case: str, at: int, region: str) -> list[bytes]:
    """A case to which nearly everything happens."""
    return [
        *life(case, at, region),
        event("suspended", case, at + 20 * MINUTE),
        event("resumed", case, at + 40 * MINUTE),
        event("checked", case, at + 75 * MINUTE, passed=False),
        event("handled", case, at + 80 * MINUTE),
        event("reopened", case, at + 20 * DAY),
        event("corrected", case, at + 20 * DAY + HOUR, region="B111", category="02"),
        event("closed", case, at + 21 * DAY),
        event("rated", case, at + 22 * DAY, score=1),
    ]


def all_events() -> list[bytes]:
    voided = [*life("v", NOON, "A211")[:4], event("cancelled", "v", NOON + HOUR)]
    eventfully = [*eventful("1", NOON, "A111"), *eventful("2", NOON + 3 * DAY, "A211")]
    return [*eventfully, *voided, *life("3", NOON - 40 * DAY, "B111")]


def outcome(directory: Path, batches: list[list[bytes]]) -> tuple[object, int]:
    with lane(f"sqlite:///{directory / 'case.db'}") as made:
        for batch in batches:
            made.send(*batch)
        return figures(made.store), made.store.last_seq()


@settings(max_examples=12)
@given(st.randoms(use_true_random=False), st.integers(1, 12))
def test_any_order_and_any_repeats_give_the_same_figures(chance: random.Random, size: int) -> None:
    events = all_events()
    shuffled = [*events, *chance.sample(events, 10)]
    chance.shuffle(shuffled)
    batches = [shuffled[start : start + size] for start in range(0, len(shuffled), size)]
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        assert outcome(Path(one), batches)[0] == outcome(Path(other), [events])[0]


def test_a_late_event_unfolds_the_case_again(on_both: Lane) -> None:
    on_both.send(*life("1", NOON))
    on_both.restart()
    on_both.send(event("checked", "1", NOON + 75 * MINUTE, passed=False))
    [row] = on_both.store.cases(["1"])
    assert row.reworked
    assert (row.handled_at, row.closed_at) == (NOON + 90 * MINUTE, NOON + 90 * MINUTE)


def test_a_case_moves_between_regions_and_months(on_both: Lane) -> None:
    on_both.send(accepted("1", NOON, "A111"))
    on_both.send(event("accepted", "1", NOON - 30 * DAY, "earlier"), event("corrected", "1", NOON + 1, region="B111"))
    found = figures(on_both.store)
    assert {key for key in found["tallies"] if key[0] in ("A", "B")} == {("B", 202609), ("B", 20260917)}
    assert {key[:2] for key in found["inflow"] if key[0] != "C"} == {("B", 20260917), ("B1", 20260917)}


def test_events_before_acceptance_are_held(on: Lane) -> None:
    on.send(event("dispatched", "1", NOON + HOUR), event("handled", "1", NOON + 2 * HOUR))
    assert figures(on.store)["tallies"] == {}
    on.send(accepted("1", NOON, "A112"))
    assert [row.region for row in on.store.cases(["1"])] == ["A112"]
    assert ("A112", 202610) in figures(on.store)["tallies"]


def test_regions_are_taken_in_any_of_their_levels(on: Lane) -> None:
    on.send(*(accepted(str(number), NOON, region) for number, region in enumerate(["C", "A", "A1", "A11", *GRIDS])))
    tallies = figures(on.store)["tallies"]
    assert (tallies["C", 202610][0], tallies["A", 202610][0], tallies["A1", 20261017][0]) == (8, 6, 4)
