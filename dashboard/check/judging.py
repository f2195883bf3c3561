"""Cases judged by their events in arrays: the rules of ``steps`` once more, for a million cases in seconds.

Events stand in order, those of a case together. What SQL says with windows is said here with the place of the last
event before each one that did something. Instants are epoch ms, ``NONE`` where there is none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.check.ledger import NONE, STEP, Columns

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
_N = {name.removeprefix("case."): number for name, number in STEP.items()}
_GIVING_DUE = ("reported", "accepted", "filed", "dispatched", "extended")


class Runs:
    """Which events belong together: ``of`` is the number of the run of each event, ``start`` each run's first place."""

    def __init__(self, first: Mask) -> None:
        self.start = np.flatnonzero(first)
        self.of = np.cumsum(first) - 1
        self.length = len(first)
        self._begin = self.start[self.of] if self.length else np.zeros(0, np.int64)
        self._places = np.arange(self.length)

    def __len__(self) -> int:
        return len(self.start)

    def upto(self, which: Mask) -> Ints:
        """Place of the last event of the same run, up to each one, that ``which`` marks; -1 for none."""
        found = np.maximum.accumulate(np.where(which, self._places, -1)) if self.length else self._places
        return np.where(found >= self._begin, found, -1)

    def before(self, which: Mask) -> Ints:
        """The same among the events before each one."""
        found = np.full(self.length, -1, np.int64)
        found[1:] = self.upto(which)[:-1]
        return np.where(found >= self._begin, found, -1)

    def last(self, which: Mask) -> Ints:
        """Place of the last marked event of each run, -1 for none."""
        found, places = np.full(len(self), -1, np.int64), np.flatnonzero(which)
        found[self.of[places]] = places  # the last one of several stays
        return found

    def first(self, which: Mask) -> Ints:
        """Place of the first marked event of each run, -1 for none."""
        found, places = np.full(len(self), -1, np.int64), np.flatnonzero(which)[::-1]
        found[self.of[places]] = places
        return found

    def any(self, which: Mask) -> Mask:
        """Which runs have a marked event."""
        found = np.zeros(len(self), np.bool_)
        found[self.of[which]] = True
        return found


def at(values: NDArray[np.generic], places: Ints, default: int) -> Ints:
    """Values at places, ``default`` at -1."""
    if not len(values):
        return np.full(len(places), default, np.int64)
    return np.where(places >= 0, values[places].astype(np.int64), default)


@dataclass(frozen=True)
class Flows:
    """Something that happened: to the case of a number, at an instant, counted under a name."""

    case: Ints
    instant: Ints
    score: NDArray[np.int8]


@dataclass(frozen=True)
class Pauses:
    """Suspensions that ended, in order of their ends; ``category`` is that known at the end."""

    case: Ints
    turn: Ints
    started: Ints
    ended: Ints
    category: Ints


@dataclass(frozen=True)
class Judged:
    """Accepted cases as columns: instants, flags and numbers of texts by name. ``flows`` by name of the counter,
    ``place`` are longitude and latitude (WGS-84 degrees, not a number where none is known), shape (cases, 2)."""

    columns: Mapping[str, Ints]
    flags: Mapping[str, Mask]
    flows: Mapping[str, Flows]
    pauses: Pauses
    place: NDArray[np.float64]


def judge(events: Columns, kinds: Mapping[int, int]) -> Judged:
    """Judge the accepted cases among events in order; ``kinds`` are the usual kinds of categories, by text number."""
    events = _accepted(events)
    placed = Runs(_firsts(events.key))
    described = _described(events, placed, kinds)
    accepted = placed.first(events.step == _N["accepted"])
    accepted_at = events.time[accepted]
    held = np.arange(placed.length) < accepted[placed.of]
    held &= ~_one_of(events, "reported", "accepted", "corrected")
    instant = np.where(held, accepted_at[placed.of], events.time)
    turned = np.argsort(np.where(held, accepted[placed.of], np.arange(placed.length)) * 2 + held, kind="stable")
    category_then = _category_then(events, placed)
    known = np.maximum(turned, accepted[placed.of])
    turns = events.take(turned)
    living = _living(turns)
    states = _States(turns.take(living), instant[turned][living], category_then[known][living])
    key = events.key[placed.start]
    extended = placed.any(events.step == _N["extended"])
    described |= {"key": key, "accepted_at": accepted_at}
    return states.judged(described, {"extended": extended}, _place(events, placed))


def _one_of(events: Columns, *steps: str) -> Mask:
    known = np.zeros(max(_N.values()) + 1, np.bool_)
    known[[_N[step] for step in steps]] = True
    return known[events.step]


def _firsts(key: Ints) -> Mask:
    first = np.ones(len(key), np.bool_)
    first[1:] = np.diff(key) != 0
    return first


def _accepted(events: Columns) -> Columns:
    runs = Runs(_firsts(events.key))
    return events.take(runs.any(events.step == _N["accepted"])[runs.of] if len(runs) else np.zeros(0, np.bool_))


def _described(events: Columns, runs: Runs, kinds: Mapping[int, int]) -> dict[str, Ints]:
    corrects = events.step == _N["corrected"]
    found = {name: _told(events.texts[name], corrects, runs) for name in ("region", "category", "channel", "tags")}
    found["unit"] = at(events.texts["unit"], runs.last(events.texts["unit"] != 0), 0)
    found["kind"] = _kind(events, runs, corrects, kinds)
    return found


def _told(column: NDArray[np.int32], corrects: Mask, runs: Runs) -> Ints:
    """What was corrected last, else what was told first."""
    corrected = at(column, runs.last(corrects & (column != 0)), 0)
    return np.where(corrected != 0, corrected, at(column, runs.first(column != 0), 0))


def _place(events: Columns, runs: Runs) -> NDArray[np.float64]:
    """Where a case is: what was corrected last, else what was told first."""
    known, corrects = ~np.isnan(events.lon), events.step == _N["corrected"]
    corrected = runs.last(corrects & known)
    turn = np.where(corrected >= 0, corrected, runs.first(known))
    degrees = np.stack([events.lon, events.lat], axis=1)
    return np.where((turn >= 0)[:, None], degrees[turn], np.nan) if len(degrees) else np.zeros((0, 2))


def _kind(events: Columns, runs: Runs, corrects: Mask, kinds: Mapping[int, int]) -> Ints:
    """Kinds by text number: corrected, else the first that is told or follows from a category as it became known."""
    kind, category = events.texts["kind"], events.texts["category"]
    usual_of = np.zeros(int(max([*kinds, int(category.max(initial=0))])) + 1, np.int64)
    for number, usual in kinds.items():
        usual_of[number] = usual
    first = runs.first(category != 0)
    names = (np.arange(runs.length) == first[runs.of]) | (corrects & (category != 0))
    either = np.where(kind != 0, kind, np.where(names, usual_of[category], 0))
    corrected = at(kind, runs.last(corrects & (kind != 0)), 0)
    return np.where(corrected != 0, corrected, at(either, runs.first(either != 0), 0))


def _category_then(events: Columns, runs: Runs) -> Ints:
    """The category known up to each event."""
    column = events.texts["category"]
    told = column != 0
    corrected = at(column, runs.upto((events.step == _N["corrected"]) & told), 0)
    first = runs.first(told)[runs.of]
    early = np.where(first <= np.arange(runs.length), at(column, first, 0), 0)
    return np.where(corrected != 0, corrected, early)


def _living(turns: Columns) -> Mask:
    """Events up to the one that makes a case void."""
    runs = Runs(_firsts(turns.key))
    end = runs.first(_voids(turns))
    found: Mask = (end[runs.of] < 0) | (np.arange(runs.length) <= end[runs.of])
    return found


def _voids(events: Columns) -> Mask:
    return _one_of(events, "rejected", "cancelled")


class _States:
    """How each living event finds its case, and what it does to it."""

    def __init__(self, events: Columns, instant: Ints, category: Ints) -> None:
        self._events, self._instant, self._category = events, instant, category
        self._runs = Runs(_firsts(events.key))
        self._voids = _voids(events)
        self._close()
        self._handle()
        self._suspend()
        self._set_due()

    def _is(self, step: str) -> Mask:
        return np.equal(self._events.step, _N[step])

    def _was(self, yes: Mask, no: Mask) -> Mask:
        """Whether the last event before each one that was either was a ``yes``."""
        found = self._runs.before(yes | no)
        return at(yes, found, 0) > 0

    def _close(self) -> None:
        self._was_closed = self._was(self._is("closed"), self._is("reopened"))
        open_ = ~self._was_closed
        self._handles, self._closes = self._is("handled") & open_, self._is("closed") & open_
        self._reopens = self._is("reopened") & self._was_closed
        self._fails = self._is("checked") & ~self._events.passed
        self._undoes = ((self._is("returned") | self._fails) & open_) | self._reopens

    def _handle(self) -> None:
        self._was_handled = self._was(self._handles | self._closes, self._undoes)
        self._completes = self._handles | (self._closes & ~self._was_handled)

    def _suspend(self) -> None:
        self._parks = self._is("suspended") & ~self._was_closed & ~self._was_handled
        self._unparks = self._is("resumed") | self._handles | self._closes | self._voids
        self._was_suspended = self._was(self._parks, self._unparks)
        self._begins = self._parks & ~self._was_suspended

    def _set_due(self) -> None:
        given = _one_of(self._events, *_GIVING_DUE)
        early = given & ~self._was_handled & ~self._was_closed
        self._sets_due = (self._events.due != NONE) & (self._is("corrected") | self._reopens | early)

    def _time_of(self, which: Mask, standing: Mask) -> Ints:
        """Time of the last marked event of each case that stands, else none."""
        return np.where(standing, at(self._events.time, self._runs.last(which), NONE), NONE)

    def judged(self, described: dict[str, Ints], flags: dict[str, Mask], place: NDArray[np.float64]) -> Judged:
        """Everything of the cases."""
        last, runs, events = self._runs.last, self._runs, self._events
        closed = at(self._closes, last(self._closes | self._reopens), 0) > 0
        handled = at(self._completes, last(self._completes | self._undoes), 0) > 0
        suspended = at(self._parks, last(self._parks | self._unparks), 0) > 0
        due_turn = last(self._sets_due)
        columns = described | {
            "voided_at": at(events.time, last(self._voids), NONE),
            "closed_at": self._time_of(self._closes, closed),
            "handled_at": self._time_of(self._completes, handled),
            "suspended_at": np.where(suspended, at(self._instant, last(self._begins), NONE), NONE),
            "supervised_at": self._supervised(),
            "due": at(events.due, due_turn, NONE),
            "due_turn": due_turn,
            "handled_turn": last(self._completes),
        }
        flags = flags | {
            "ever_handled": runs.any(self._completes), "ever_closed": runs.any(self._closes),
            "reopened": runs.any(self._reopens), "failed_check": runs.any(self._fails),
            "escalated": runs.any(self._is("escalated")),
        }  # fmt: skip
        return Judged(columns, flags, self._flows(columns["voided_at"] != NONE), self._pauses(), place)

    def _supervised(self) -> Ints:
        unwatched = self._runs.last(self._closes | self._voids)[self._runs.of]
        watched = self._is("supervised") & ~self._was_closed & (np.arange(self._runs.length) > unwatched)
        return at(self._instant, self._runs.first(watched), NONE)

    def _pauses(self) -> Pauses:
        ends = np.flatnonzero(self._unparks & self._was_suspended)
        begun = self._runs.before(self._begins)[ends]
        return Pauses(self._runs.of[ends], ends, self._instant[begun], self._instant[ends], self._category[ends])

    def _flows(self, void: Mask) -> dict[str, Flows]:
        first = np.zeros(self._runs.length, np.bool_)
        accepted, filed = (self._runs.first(self._is(step)) for step in ("accepted", "filed"))
        marks = {
            "accepted_flow": _marked(first, accepted), "filed_flow": _marked(first, filed),
            "closed_flow": self._closes, "reopened_flow": self._reopens,
            "voided_flow": self._voids & ~self._was_closed, "handled_flow": self._completes,
            "failed_check_flow": self._fails, "returned_flow": self._is("returned"),
            "rated": self._ratings() & ~void[self._runs.of],
        }  # fmt: skip
        return {name: self._flow(which) for name, which in marks.items()}

    def _flow(self, which: Mask) -> Flows:
        places = np.flatnonzero(which)
        return Flows(self._runs.of[places], self._instant[places], self._events.score[places])

    def _ratings(self) -> Mask:
        """The last rating after each closing."""
        closing: Ints = np.cumsum(self._closes) - self._closes
        begun: Ints = closing - closing[self._runs.start][self._runs.of] if self._runs.length else closing
        rated = self._is("rated") & (begun > 0)
        places = np.flatnonzero(rated)
        same = np.zeros(len(places), np.bool_)
        same[:-1] = (np.diff(self._runs.of[places]) == 0) & (np.diff(begun[places]) == 0)
        return _marked(np.zeros(self._runs.length, np.bool_), places[~same])


def _marked(none: Mask, places: Ints) -> Mask:
    found = none.copy()
    found[places[places >= 0]] = True
    return found
