from threading import Event

import pytest

from callbacks import process


class Passing(Event):
    """Time passes at once; ``waits`` are the seconds that were waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return self.is_set()


class Columns:
    """An extract as far as a process follows it."""

    def __init__(self, broken: bool = False) -> None:
        self.done: list[str] = []
        self._broken = broken

    def refresh(self, stop: Event) -> int:
        self.done.append("refresh")
        if self._broken:
            raise OSError("the store is away")
        return 0

    def run(self, stop: Event) -> None:
        self.done.append("run")


def followed(columns: Columns, stop: Event) -> list[str]:
    web = process.Web(None, None, None, columns)  # type: ignore[arg-type]
    web._follow(stop)
    return columns.done


def test_what_may_wait_begins_after_the_screens_came_back_or_never() -> None:
    done: list[str] = []
    stop = Passing()
    process._later(lambda _: done.append("ahead"))(stop)
    assert (stop.waits, done) == ([process.SCREENS_FIRST], ["ahead"])
    stop.set()
    process._later(lambda _: done.append("again"))(stop)
    assert done == ["ahead"]


def test_the_extract_is_fresh_at_once_and_reads_ahead_later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([0.0, 0.0, 10.0, process.SCREENS_FIRST])
    monkeypatch.setattr(process.time, "monotonic", lambda: next(now))
    assert followed(Columns(), Passing()) == ["refresh", "refresh", "run"]


def test_an_extract_that_cannot_be_refreshed_is_left_to_its_own_rules() -> None:
    assert followed(Columns(broken=True), Passing()) == ["refresh", "run"]
