from threading import Event

from callbacks import process


class Passing(Event):
    """Time passes at once; ``waits`` are the seconds that were waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return self.is_set()


def test_what_may_wait_begins_after_the_screens_came_back_or_never() -> None:
    done: list[str] = []
    stop = Passing()
    process._later(lambda _: done.append("ahead"))(stop)
    assert (stop.waits, done) == ([process.SCREENS_FIRST], ["ahead"])
    stop.set()
    process._later(lambda _: done.append("again"))(stop)
    assert done == ["ahead"]
