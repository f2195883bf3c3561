"""What walls tell of themselves: bounded, not too often, forgotten with the connection."""

import pytest

from dashboard.hub.screens import EVERY, Health, ScreenBook
from dashboard.security.caller import Caller

WALL = Caller("大厅", "wall", frozenset({"wall"}), via="device", id="device-1")
PERSON = Caller("zhou", "leader", frozenset({"wall"}), id="session-1")
REPORT = {"build": "b1", "frame_rate": 59.9, "heap": 40_000_000, "nodes": 900, "uptime": 31, "faults": 0}


@pytest.fixture
def book() -> ScreenBook:
    made = ScreenBook()
    made.watches("s1", WALL, "A", 1_000)
    made.watches("s2", PERSON, "", 2_000)
    return made


def test_a_wall_has_its_name_and_a_person_none(book: ScreenBook) -> None:
    assert [(one.name, one.role, one.region, one.since) for one in book.all()] == [
        ("大厅", "wall", "A", 1_000), ("", "leader", "", 2_000),
    ]  # fmt: skip


def test_a_report_is_kept_over_another_subscription_and_goes_with_the_connection(book: ScreenBook) -> None:
    assert book.note("s1", REPORT, 31_000, 100.0)
    book.watches("s1", WALL, "B", 40_000)
    (first, _) = book.all()
    assert (first.region, first.since, first.told, first.health) == ("B", 1_000, 31_000, Health(**REPORT))
    book.forget("s1")
    assert [one.id for one in book.all()] == ["s2"] and not book.note("s1", REPORT, 0, 500.0)


def test_reports_that_come_too_soon_are_not_heeded(book: ScreenBook) -> None:
    assert book.note("s1", REPORT, 1, 100.0)
    assert not any(book.note("s1", REPORT | {"heap": n}, 2, 100.0 + EVERY / 2) for n in range(50))
    assert book.refused == 50 and book.all()[0].health == Health(**REPORT)
    assert book.note("s1", REPORT | {"heap": 7}, 3, 100.0 + EVERY)


@pytest.mark.parametrize(
    "payload",
    [None, 7, [], {"heap": -1}, {"heap": 1e300}, {"frame_rate": float("nan")}, {"frame_rate": 1e6}, {"build": "x" * 65},
     {"build": 7}, {"more": 1}, {"faults": "many"}],
)  # fmt: skip
def test_what_is_no_report_changes_nothing(book: ScreenBook, payload: object) -> None:
    assert not book.note("s1", payload, 1, 100.0)
    assert book.all()[0].health is None and book.refused == 1
