"""Stored events as columns, bucket by bucket of their cases.

What was parsed is kept (``ledger_spans``): a second recount reads JSON of what came since the first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Connection

from dashboard.check.event_columns import NONE, PLAIN, SCHEMA, STEP, TEXTS, keys_of
from dashboard.check.ledger_spans import BUCKETS, Parts, Spans, by_case

__all__ = ["BUCKETS", "NONE", "STEP", "Columns", "Ledger", "in_order", "keys_of"]


@dataclass(frozen=True)
class Columns:
    """Events of one bucket in order of arrival, columns of equal length. ``key`` stands for the case, ``due`` is
    ``NONE``, ``score`` 0 and ``lon``, ``lat`` (WGS-84 degrees) not a number where there is none; texts are numbers of
    ``Ledger.texts``, 0 is the empty one."""

    seq: NDArray[np.int64]
    key: NDArray[np.int64]
    time: NDArray[np.int64]
    step: NDArray[np.int8]
    due: NDArray[np.int64]
    passed: NDArray[np.bool_]
    score: NDArray[np.int8]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    texts: dict[str, NDArray[np.int32]]

    def take(self, rows: NDArray[Any]) -> "Columns":
        """Some of the events, by a mask or their places in order; all of them are not copied."""
        if len(rows) == len(self.key) and (rows.all() if rows.dtype == bool else _is_whole(rows)):
            return self
        return Columns(
            self.seq[rows], self.key[rows], self.time[rows], self.step[rows], self.due[rows], self.passed[rows],
            self.score[rows], self.lon[rows], self.lat[rows],
            {name: column[rows] for name, column in self.texts.items()},
        )  # fmt: skip


def _is_whole(places: NDArray[Any]) -> bool:
    return not len(places) or bool(places[0] == 0 and (np.diff(places) == 1).all())


class Ledger:
    """The events up to ``seq``. ``folder`` None: nothing is kept. ``texts`` are all texts met so far, by number."""

    def __init__(self, connection: Connection, seq: int, folder: Path | None = None) -> None:
        self.texts = [""]
        self._numbers = {"": 0}
        self._spans = [_Span(parts) for parts in Spans(connection, folder).upto(seq)]

    def bucket(self, number: int) -> Columns:
        """The events of the cases of a bucket."""
        batches = [span.parts[number] for span in self._spans]
        if not batches:
            return _EMPTY
        plain = {name: _joined([_plain(batch, name) for batch in batches]) for name in PLAIN}
        words = [span.numbers(batch, self.number) for span, batch in zip(self._spans, batches, strict=True)]
        return Columns(**plain, texts={name: _joined([one[name] for one in words]) for name in TEXTS})

    def number(self, word: str) -> int:
        """The number of a text, a new one where it has none."""
        found = self._numbers.get(word)
        if found is None:
            found = self._numbers[word] = len(self.texts)
            self.texts.append(word)
        return found


class _Span:
    """The events of a span by bucket, and what its dictionaries' words are in the ledger's numbers."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._words: dict[str, NDArray[np.int32]] = {}

    def numbers(self, batch: pa.RecordBatch, number: Callable[[str], int]) -> dict[str, NDArray[np.int32]]:
        """The columns of texts of one of its batches as numbers."""
        if not self._words:
            self._words = {
                name: np.array([number(word) for word in batch[name].dictionary.to_pylist()] or [0], np.int32)
                for name in TEXTS
            }
        return {name: self._words[name][batch[name].indices.to_numpy()] for name in TEXTS}


def _plain(batch: pa.RecordBatch, name: str) -> NDArray[Any]:
    found: NDArray[Any] = batch[name].to_numpy(zero_copy_only=False)
    return found


def _joined(columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.concatenate(columns)


_EMPTY = Columns(
    **{name: SCHEMA.empty_table()[name].to_numpy() for name in PLAIN},
    texts={name: np.zeros(0, np.int32) for name in TEXTS},
)


def in_order(connection: Connection, events: Columns) -> Columns:
    """Events by case, time, life-cycle order, then source and id, which only those are asked for that need it."""
    order = by_case(events.key, events.time, events.step)
    found = events.take(order)
    same = np.zeros(len(order), np.bool_)
    same[1:] = (np.diff(found.key) == 0) & (np.diff(found.time) == 0) & (np.diff(found.step) == 0)
    if not same.any():
        return found
    tied = same.copy()
    tied[:-1] |= same[1:]
    places = np.flatnonzero(tied)
    names = _names(connection, found.seq[places].tolist())
    group = np.cumsum(~same[places])
    inner = sorted(range(len(places)), key=lambda n: (int(group[n]), names[int(found.seq[places[n]])]))
    rows = np.arange(len(order))
    rows[places] = places[inner]
    return found.take(rows)


class _Named(msgspec.Struct, gc=False):
    source: str
    id: str


_name = msgspec.json.Decoder(_Named).decode


def _names(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[str, str]]:
    found: dict[int, tuple[str, str]] = {}
    for first in range(0, len(numbers), 500):
        listed = ",".join(map(str, numbers[first : first + 500]))
        for seq, raw in connection.exec_driver_sql(f"SELECT seq, raw FROM event WHERE seq IN ({listed})"):
            named = _name(raw)
            found[seq] = (named.source, named.id)
    return found
