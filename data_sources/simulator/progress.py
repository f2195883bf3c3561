"""How cases go: when each step happens, which are late, sent back, parked, reworked, reopened, rated."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.events import STEPS
from data_sources.simulator.cases import DayCases
from data_sources.simulator.categories import KINDS
from data_sources.simulator.day_clock import DayClock, Seconds, duty_clock, waking_clock

Mask = NDArray[np.bool_]
STEP = {name: number for number, name in enumerate(STEPS)}
LATE, REJECTED, CANCELLED, RETURNED, EXTENDED, SUSPENDED = 0.0142, 0.004, 0.006, 0.03, 0.016, 0.012
FAILED, REOPENED, RATED, URGED, ESCALATED, SELF_HANDLED, CORRECTED = 0.022, 0.011, 0.70, 0.012, 0.006, 0.34, 0.003
SCORES = (0.007, 0.045, 0.168, 0.78)
"""Shares of all cases, in the order of the story; ``SCORES`` from 1 (不满意) to 4 (非常满意)."""
LIFE_DAYS = 45
"""No case has an event later than this many days after the day it was reported on."""

_LIMIT = np.array([float(kind.limit) for kind in KINDS])
_WORK = np.array([kind.clock == "work" for kind in KINDS])
_URGENT = np.array([kind.urgent for kind in KINDS])


@dataclass
class Steps:
    """Event columns in no order: case number, step number, epoch second, one value (due, passed or score), else 0."""

    case: list[NDArray[np.intp]] = field(default_factory=list)
    step: list[NDArray[np.intp]] = field(default_factory=list)
    time: list[Seconds] = field(default_factory=list)
    value: list[Seconds] = field(default_factory=list)

    def add(self, name: str, mask: Mask, time: Seconds, value: Seconds | float = 0.0) -> None:
        """One event for every case of the mask."""
        cases = np.flatnonzero(mask)
        self.case.append(cases)
        self.step.append(np.full(len(cases), STEP[name]))
        self.time.append(time[cases])
        self.value.append(np.broadcast_to(np.asarray(value, float), mask.shape)[cases])


def steps_of(cases: DayCases, trouble: NDArray[np.float64], rng: np.random.Generator) -> Steps:
    """Everything that will ever happen to the cases of a day; ``trouble`` per case, 1 is usual."""
    return _Story(cases, trouble, rng).told()


class _Story:
    def __init__(self, cases: DayCases, trouble: NDArray[np.float64], rng: np.random.Generator) -> None:
        self.cases, self.rng, self.n = cases, rng, len(cases)
        self.steps = Steps()
        self.limit, self.work = _LIMIT[cases.kind], _WORK[cases.kind]
        self.late = rng.random(self.n) < np.minimum(0.5, LATE * trouble)
        self.trouble = np.sqrt(trouble)

    def chance(self, share: float | NDArray[np.float64]) -> Mask:
        return np.asarray(self.rng.random(self.n) < share)

    def spread(self, low: float, high: float) -> Seconds:
        return np.asarray(self.rng.uniform(low, high, self.n))

    def told(self) -> Steps:
        rejected = self.chance(REJECTED) & (self.cases.channel != 0)
        accepted = self._open(rejected)
        live = ~rejected
        self._limits(accepted)
        handled = self._handling(accepted, live)
        gone = live & self.chance(CANCELLED)
        self._middle(accepted, handled, live, gone)
        closed = self._close(handled, live & ~gone)
        self._after(closed, live & ~gone)
        return self.steps

    def _open(self, rejected: Mask) -> Seconds:
        """Reported (by citizens and hotline), accepted some minutes later, or refused."""
        channel, reported = self.cases.channel, self.cases.reported
        spoken = (channel == 1) | (channel == 2) | rejected
        delay = np.where(spoken, self.spread(60, 540), np.where(channel == 3, self.spread(5, 60), self.spread(15, 180)))
        accepted = np.round(reported + delay)
        self.steps.add("reported", spoken, reported)
        self.steps.add("rejected", rejected, accepted)
        return accepted

    def _limits(self, accepted: Seconds) -> None:
        by_work = duty_clock().add(accepted, self.limit)
        self.due = np.round(np.where(self.work, by_work, accepted + self.limit * 60))
        given = (self.cases.channel == 2) & ~self.work
        self.given = np.where(given, self.due, 0.0)

    def _handling(self, accepted: Seconds, live: Mask) -> Seconds:
        """When each case is handled for good: a share of its limit, or after it."""
        self.steps.add("accepted", live, accepted, self.given)
        drawn = np.where(self.work, self.rng.beta(1.2, 3.9, self.n), self.rng.beta(2.7, 1.3, self.n))
        share = np.minimum(0.97, drawn * self.trouble**0.2)
        on_time = _part_of(accepted, self.due, share, self.work)
        overrun = np.minimum(self.rng.lognormal(7.55, 0.85, self.n), 5600.0)
        late = waking_clock().add(self.due, overrun)
        handled = np.where(self.late, late, on_time)
        self.quick = live & ~self.late & (self.cases.channel == 0) & self.chance(SELF_HANDLED)
        quick = accepted + np.minimum(self.spread(360, 4200), (self.due - accepted) * 0.6)
        handled = np.where(self.quick, quick, handled)
        handled = self._extend(accepted, handled, live)
        handled = self._suspend(accepted, handled, live)
        return np.round(np.maximum(handled, accepted + 120))

    def _extend(self, accepted: Seconds, handled: Seconds, live: Mask) -> Seconds:
        mine = live & ~self.late & ~self.quick & (self.limit > 240) & self.chance(EXTENDED)
        asked = accepted + (self.due - accepted) * self.spread(0.6, 0.92)
        moved = np.round(np.where(self.work, duty_clock().add(self.due, self.limit / 2), self.due + self.limit * 30))
        self.steps.add("extended", mine, np.round(asked), moved)
        after = _part_of(np.maximum(asked, self.due), moved, self.spread(0.1, 0.85), self.work)
        self.extended = mine
        self.due = np.where(mine, moved, self.due)
        return np.where(mine, after, handled)

    def _suspend(self, accepted: Seconds, handled: Seconds, live: Mask) -> Seconds:
        """Parked for some days; deadline and handling move by that length on the case's clock."""
        mine = live & ~self.quick & ~self.extended & (self.limit > 240) & self.chance(SUSPENDED)
        start = accepted + (np.minimum(handled, self.due) - accepted) * self.spread(0.3, 0.7)
        end = duty_clock().add(start, self.spread(300, 2300))
        self.steps.add("suspended", mine, np.round(start))
        self.steps.add("resumed", mine, np.round(end))
        moved = np.where(
            self.work, _shifted(duty_clock(), handled, start, end), handled + end - start
        )
        due = np.where(self.work, _shifted(duty_clock(), self.due, start, end), self.due + end - start)
        self.parked = mine
        self.due = np.where(mine, np.round(due), self.due)
        return np.where(mine, moved, handled)

    def _middle(self, accepted: Seconds, handled: Seconds, live: Mask, gone: Mask) -> None:
        """Filing, dispatch, what goes back and forth, pressure from above, and cases found void."""
        sent = live & ~self.quick
        gap = handled - accepted
        filed = np.round(accepted + np.minimum(self.spread(60, 1500), gap * 0.09))
        dispatched = np.round(filed + np.minimum(self.spread(300, 5400), gap * 0.2))
        back = sent & ~gone & ~self.parked & self.chance(np.minimum(0.3, RETURNED * self.trouble))
        returned = np.round(dispatched + np.minimum(self.spread(600, 9000), gap * 0.15))
        again = np.round(returned + np.minimum(self.spread(300, 2400), gap * 0.05) + 1)
        self.steps.add("filed", sent, filed)
        self.steps.add("dispatched", sent, dispatched)
        self.steps.add("returned", back, returned)
        self.steps.add("dispatched", back, again)
        self.steps.add("cancelled", gone, np.round(np.maximum(again + 30, accepted + gap * 0.5)))
        self._pressure(accepted, handled, sent & ~gone)

    def _pressure(self, accepted: Seconds, handled: Seconds, live: Mask) -> None:
        gap = handled - accepted
        urged = live & (self.chance(URGED) | (self.late & self.chance(0.4)))
        self.steps.add("urged", urged, np.round(accepted + gap * self.spread(0.6, 0.9)))
        self.steps.add("corrected", live & self.chance(CORRECTED), np.round(accepted + gap * 0.3))
        self.steps.add("escalated", live & self.chance(ESCALATED), np.round(accepted + gap * self.spread(0.3, 0.6)))
        raised = waking_clock().add(self.due, self.spread(900, 2600))
        seen = live & self.late & (raised < handled) & self.chance(0.5)
        self.steps.add("supervised", seen, np.round(raised))
        failed = live & ~self.parked & self.chance(np.minimum(0.25, FAILED * self.trouble**1.6)) & (gap > 3000)
        self.steps.add("handled", failed, np.round(handled - gap * 0.3))
        self.steps.add("checked", failed, np.round(handled - gap * 0.2), 0.0)

    def _close(self, handled: Seconds, live: Mask) -> Seconds:
        wait = np.where(self.quick, self.rng.exponential(25, self.n), self.rng.exponential(105, self.n))
        checked = np.round(waking_clock().add(handled, np.minimum(wait, 1500) + 6))
        closed = np.round(checked + self.spread(60, 1500))
        self.steps.add("handled", live, handled)
        self.steps.add("checked", live, checked, 1.0)
        self.steps.add("closed", live, closed)
        return closed

    def _after(self, closed: Seconds, live: Mask) -> None:
        """Reopening with a new deadline, and the call-back."""
        again = live & self.chance(np.minimum(0.2, REOPENED * self.trouble))
        reopened = np.round(waking_clock().add(closed, self.spread(60, 2400)))
        due = np.round(duty_clock().add(reopened, np.full(self.n, 840.0)))
        handled = np.round(_part_of(reopened, due, self.spread(0.1, 0.9), np.ones(self.n, bool)))
        second = np.round(waking_clock().add(handled, self.spread(20, 300)))
        self.steps.add("reopened", again, reopened, due)
        self.steps.add("handled", again, handled)
        self.steps.add("checked", again, second, 1.0)
        self.steps.add("closed", again, second + 240)
        last = np.where(again, second + 240, closed)
        rated = np.round(waking_clock().add(last, self.rng.exponential(500, self.n).clip(20, 5000)))
        score = self.rng.choice(4, size=self.n, p=SCORES) + 1.0
        self.steps.add("rated", live & self.chance(RATED), rated, score)


def _part_of(start: Seconds, end: Seconds, share: Seconds, work: Mask) -> Seconds:
    """That share of the way from start to end: on the work clock, or in waking hours where there are some."""
    waking, duty = waking_clock(), duty_clock()
    free = waking.add(start, waking.between(start, end) * share)
    free = np.where(waking.between(start, end) < 20, start + (end - start) * share, np.minimum(free, end))
    return np.asarray(np.where(work, duty.add(start, duty.between(start, end) * share), free))


def _shifted(clock: DayClock, at: Seconds, start: Seconds, end: Seconds) -> Seconds:
    return clock.add(at, clock.between(start, end))
