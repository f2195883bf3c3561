"""How cases stood at an earlier instant.

Acceptance, handling, closing, suspension and voiding of a case have instants, also those that were undone later
(``extract.spells``). Two things are taken as they are now: the deadline (an extension or suspension that came later has
moved it) and what describes a case.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.extract.layout import SPELLS
from dashboard.extract.months import NEVER, Columns

Instants = NDArray[np.integer]


@dataclass(frozen=True)
class Stood:
    """Columns of one length; ``NEVER`` for what had not happened or has no deadline.

    ``past`` holds the days on which things first happened, also those after the instant, see ``layout.FIRST_DAYS``.
    """

    accepted: Instants
    handled: Instants
    closed: Instants
    deadline: Instants
    suspended: NDArray[np.bool_]
    past: Columns


def stood(past: Columns, spells: Columns, kept: NDArray[np.bool_], until: int) -> Stood:
    """The kept ones of a month's cases that had been accepted and were not void. Rows of ``past`` are in the order of
    their keys; the longest of several spells that ran at an instant is the one that began last."""
    there = np.flatnonzero(kept & (past["accepted_at"] < until) & (past["voided_at"] >= until))
    own = {name: column[there] for name, column in past.items()}
    running = np.flatnonzero((spells["began"] < until) & (spells["ended"] >= until))
    row = np.searchsorted(own["key"], spells["key"][running])
    within = row < len(there)
    within[within] = own["key"][row[within]] == spells["key"][running[within]]
    row, running = row[within], running[within]
    state, began = spells["state"][running], spells["began"][running]
    handled, closed, suspended = (
        _began(row[state == number], began[state == number], len(there)) for number in range(len(SPELLS))
    )
    return Stood(
        own["accepted_at"], _earlier(own["handled_at"], handled, until), _earlier(own["closed_at"], closed, until),
        own["deadline"], (own["suspended_at"] < until) | (suspended != NEVER), own,
    )  # fmt: skip


def settled_at(past: Columns, spells: Columns) -> Instants:
    """The instant after which each of a month's cases has stood as it stands now, whatever instant is asked for;
    ``NEVER`` for those that are neither handled nor void: they become overdue without an event."""
    instants = [past[name] for name in ("accepted_at", "handled_at", "closed_at", "suspended_at", "voided_at")]
    last = np.max([np.where(instant == NEVER, 0, instant) for instant in instants], axis=0, initial=0)
    row = np.searchsorted(past["key"], spells["key"])
    np.maximum.at(last, row, spells["ended"])
    found: Instants = np.where((past["handled_at"] == NEVER) & (past["voided_at"] == NEVER), NEVER, last)
    return found


def _began(row: NDArray[np.intp], began: Instants, length: int) -> Instants:
    """The last of the instants that belong to each row, ``NEVER`` where none does."""
    found = np.full(length, -1, np.int64)
    np.maximum.at(found, row, began)
    return np.where(found < 0, NEVER, found)


def _earlier(instant: Instants, spell: Instants, until: int) -> Instants:
    """The instant where it lies before ``until``, else the beginning of the spell."""
    return np.where(instant < until, instant, spell)
