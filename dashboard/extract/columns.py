"""Stored cases as columns of the extract."""

from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import blake2b
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dashboard.domain.base import Category
from dashboard.domain.contributions import contributions, top_level
from dashboard.domain.life_cycle import Case
from dashboard.domain.periods import MINUTE, LocalDays, as_date
from dashboard.domain.regions import LEVELS
from dashboard.domain.tallies import COHORT, FLOW
from dashboard.extract.layout import (
    CASES_SCHEMA,
    FIRST_DAYS,
    FLOWS_SCHEMA,
    INSTANTS,
    LEVEL_COLUMNS,
    STAGE_MINUTES,
)
from dashboard.extract.places import Places
from dashboard.extract.spells import spell_table
from dashboard.extract.words import Words

_unpack = msgspec.msgpack.Decoder(Case).decode
_PLAIN = (
    "id", "region", "category", "channel", "unit", "kind", "tags", "title", "lon", "lat", "reported_at", "accepted_at",
    "filed_at", "dispatched_at", "handled_at", "closed_at", "voided_at", "deadline", "suspended_at", "supervised_at",
    "natural_minutes", "work_minutes", "stage",
)  # fmt: skip
_plain = attrgetter(*("void_since" if name == "voided_at" else name for name in _PLAIN))
_COLUMNS = len(COHORT) + len(FLOW)
_STAGES = (
    ("accepting", "reported_at", "accepted_at"),
    ("dispatching", "accepted_at", "dispatched_at"),
    ("handling", "begun", "handled_at"),
    ("checking", "handled_at", "closed_at"),
)
PIECE = 2_000
"""Cases turned at once: what is made of more does not fit the processor's cache."""

_LATER = np.iinfo(np.int32).max
_UNKNOWN = np.iinfo(np.int64).min


def key_of(case_id: str) -> int:
    """The key of a case: two cases of ten million share one with a chance of 3 in a million."""
    return int.from_bytes(blake2b(case_id.encode(), digest_size=8).digest(), signed=True)


def top_of(case: Case, began: int) -> int:
    """The highest level a case was reported up to, as a number of ``LEVELS``.

    A case that was never escalated stays at the level of the region it was placed in; one that was escalated without a
    level that is known went one level up. It never ends below where it began.
    """
    if not case.escalated or began < 0:
        return began
    named = LEVELS.index(case.level) if case.level in LEVELS else began - 1
    if case.level.isdecimal() and int(case.level) < len(LEVELS):
        named = int(case.level)
    return max(0, min(named, began))


class Columns:
    """Turns (seq, fold) of cases into Arrow tables of the extract. Not thread-safe."""

    def __init__(self, places: Places, words: Words, categories: Mapping[str, Category], days: LocalDays) -> None:
        self._places, self._words, self._categories, self._days = places, words, categories, days
        self._main: dict[str, int] = {}
        self._weekdays: dict[int, int] = {}

    def tables(self, rows: Sequence[tuple[int, bytes]]) -> tuple[pa.Table, pa.Table, pa.Table]:
        """``cases``, ``flows`` and ``spells`` of these cases."""
        parts = [self._tables(rows[first : first + PIECE]) for first in range(0, len(rows), PIECE)]
        cases, flows, spells = (pa.concat_tables(tables) for tables in zip(*parts, strict=True))
        return _by_region(cases, "day"), _by_region(flows, "on_day"), _by_region(spells, "day")

    def _tables(self, rows: Sequence[tuple[int, bytes]]) -> tuple[pa.Table, pa.Table, pa.Table]:
        folds = [_unpack(row[1]) for row in rows]
        plain = dict(zip(_PLAIN, zip(*map(_plain, folds), strict=True), strict=True))
        whole: dict[str, Any] = {name: plain[name] for name in ("id", "title", "lon", "lat")}
        whole |= {name: plain[name] for name in ("natural_minutes", "work_minutes", "stage")}
        whole["seq"] = [row[0] for row in rows]
        whole["key"] = [key_of(case) for case in plain["id"]]
        whole["last_at"] = [case.last[0] for case in folds]
        whole["score"] = [case.ratings[-1][2] if case.ratings else None for case in folds]
        instants = {name: _instants(plain[name]) for name in INSTANTS if name != "last_at"}
        whole |= {name: _known(values) for name, values in instants.items()}
        whole |= _standing(np.array(plain["stage"], np.int8), instants)
        whole |= _stage_minutes(instants)
        whole |= self._described(plain) | self._placed(folds, plain)
        cohort, flows = self._counted(folds)
        whole |= _first_days(len(folds), flows)
        whole |= {name: cohort[:, column] for column, name in enumerate(COHORT)}
        cases = pa.Table.from_pydict(whole, CASES_SCHEMA)
        return cases, _flow_table(cases, flows), spell_table(folds, cases)

    def _described(self, plain: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        number = self._words.number
        found: dict[str, Any] = {
            name: [number(text) for text in plain[name]] for name in ("category", "channel", "unit", "kind", "tags")
        }
        for category in set(plain["category"]) - self._main.keys():
            self._main[category] = number(top_level(category, self._categories))
        found["main"] = [self._main[category] for category in plain["category"]]
        return found

    def _placed(self, folds: Sequence[Case], plain: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        days, places = self._days, self._places
        day = [None if at is None else days.day(at) for at in plain["accepted_at"]]
        rows = places.rows([places.place(*pair) for pair in zip(plain["region"], day, strict=True)])
        began = [places.level(code) for code in plain["region"]]
        return {
            "day": day,
            "hour": [None if at is None else days.minute_of_day(at) // 60 for at in plain["accepted_at"]],
            "weekday": [None if found is None else self._weekday(found) for found in day],
            "region": [places.number.get(code, -1) for code in plain["region"]],
            "began": began,
            "top": [top_of(case, level) for case, level in zip(folds, began, strict=True)],
            **{name: rows[:, level] for level, name in enumerate(LEVEL_COLUMNS)},
        }

    def _weekday(self, day: int) -> int:
        found = self._weekdays.get(day)
        if found is None:
            found = self._weekdays[day] = date.isoweekday(as_date(day))
        return found

    def _counted(self, folds: Sequence[Case]) -> tuple[NDArray[np.int8], "_Flows"]:
        """(cohort counters of each case, the flows of all)."""
        codes: list[int] = []
        amounts: list[int] = []
        sizes: list[int] = []
        days = self._days
        for case in folds:
            found = contributions(case, days)
            codes += [day * _COLUMNS + column for day, column in found]
            amounts += found.values()
            sizes.append(len(found))
        day, column = np.divmod(np.array(codes, np.int64), _COLUMNS)
        of, amount = np.repeat(np.arange(len(folds)), sizes), np.array(amounts, np.int8)
        cohort = np.zeros((len(folds), len(COHORT)), np.int8)
        once = column < len(COHORT)
        cohort[of[once], column[once]] = amount[once]
        return cohort, _flows(of[~once], day[~once], column[~once] - len(COHORT), amount[~once])


def _by_region(table: pa.Table, day: str) -> pa.Table:
    """In the order of months, within one in that of regions: who reads a street's year passes over most of the file."""
    months = table[day].fill_null(0).to_numpy() // 100
    keys = [table[name].to_numpy() for name in reversed(LEVEL_COLUMNS)]
    return table.take(pa.array(np.lexsort((*keys, months))))


_Flows = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int8]]
"""Index of the case and local day of each row, and its counters (rows, len(FLOW))."""


def _flows(
    of: NDArray[np.int64], day: NDArray[np.int64], column: NDArray[np.int64], amount: NDArray[np.int8]
) -> _Flows:
    pairs, row = np.unique(of * 100_000_000 + day, return_inverse=True)
    counts = np.zeros((len(pairs), len(FLOW)), np.int8)
    counts[row, column] = amount
    return pairs // 100_000_000, pairs % 100_000_000, counts


def _first_days(cases: int, flows: _Flows) -> dict[str, pa.Array]:
    of, day, counts = flows
    found = {}
    for name, flow in zip(
        FIRST_DAYS, ("handled_flow", "closed_flow", "failed_check_flow", "reopened_flow"), strict=True
    ):
        first, happened = np.full(cases, _LATER, np.int32), counts[:, FLOW.index(flow)] > 0
        np.minimum.at(first, of[happened], day[happened].astype(np.int32))
        found[name] = pa.array(first, mask=first == _LATER)
    return found


def _flow_table(cases: pa.Table, flows: _Flows) -> pa.Table:
    of, day, counts = flows
    own = {"on_day": pa.array(day.astype(np.int32))} | {
        name: pa.array(counts[:, column]) for column, name in enumerate(FLOW)
    }
    shared = [name for name in FLOWS_SCHEMA.names if name not in own]
    taken = cases.select(shared).take(pa.array(of))
    return pa.Table.from_pydict({name: taken[name] for name in shared} | own, FLOWS_SCHEMA)


def _instants(values: Sequence[int | None]) -> NDArray[np.int64]:
    return np.array([_UNKNOWN if value is None else value for value in values], np.int64)


def _known(values: NDArray[np.int64]) -> pa.Array:
    return pa.array(values, mask=values == _UNKNOWN)


def _standing(stage: NDArray[np.int8], instants: Mapping[str, NDArray[np.int64]]) -> dict[str, pa.Array]:
    opened = (stage >= 1) & (stage <= 3)
    suspended = opened & (instants["suspended_at"] != _UNKNOWN)
    counts_down = opened & (instants["handled_at"] == _UNKNOWN) & ~suspended & (instants["deadline"] != _UNKNOWN)
    return {
        "suspended": pa.array(suspended),
        "supervised": pa.array(opened & (instants["supervised_at"] != _UNKNOWN)),
        "waiting": pa.array(instants["deadline"], mask=~counts_down),
    }


def _stage_minutes(instants: Mapping[str, NDArray[np.int64]]) -> dict[str, pa.Array]:
    assert tuple(name for name, _, _ in _STAGES) == STAGE_MINUTES
    sent, found = instants["dispatched_at"], {}
    times = {**instants, "begun": np.where(sent == _UNKNOWN, instants["accepted_at"], sent)}
    for name, begin, end in _STAGES:
        first, last = times[begin], times[end]
        known = (first != _UNKNOWN) & (last != _UNKNOWN) & (last >= first)
        minutes = np.where(known, last - np.where(known, first, 0), 0) // MINUTE
        found[name] = pa.array(minutes.astype(np.int32), mask=~known)
    return found
