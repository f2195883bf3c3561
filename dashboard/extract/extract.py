"""The extract: built once from the store, then kept up by the numbers of the cases that changed."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, local

import duckdb
import numpy as np
from sqlalchemy.exc import DBAPIError

from dashboard.domain.base import BaseData
from dashboard.domain.periods import LocalDays
from dashboard.extract.columns import Columns as CaseColumns
from dashboard.extract.file import alone, delete, open_file
from dashboard.extract.layout import CREATE, DROP, OPEN
from dashboard.extract.months import KINDS
from dashboard.extract.places import Places
from dashboard.extract.reading import Rows, all_cases, cases_after, counted_by, fingerprint, mark_of
from dashboard.extract.slices import Slices
from dashboard.extract.view import View
from dashboard.extract.words import Words
from dashboard.store import StoreError
from dashboard.store.store import Store

log = logging.getLogger(__name__)

SPAN = 20_000
"""Numbers taken over in one transaction."""

LONGEST_PAUSE = 20.0
"""Seconds after which it is refreshed however long that takes."""

_CHANNELS = "SELECT DISTINCT channel FROM cases"
TOLD_EVERY = 200_000
"""Cases between two lines of progress in the log."""


class NotReady(Exception):  # noqa: N818 - it is no fault
    """The extract is being built. ``share`` of the cases are read, 0..1."""

    def __init__(self, share: float) -> None:
        super().__init__(f"the extract is being prepared, {share:.0%} done")
        self.share = share


@dataclass
class _State:
    """What the tables hold: cases up to ``seq``, whose event is ``mark``, under rules of a ``fingerprint``."""

    seq: int = 0
    mark: str = ""
    fingerprint: str = ""
    complete: bool = False


class Extract:
    """Thread-safe. Readers see the last commit and never wait for a writer.

    ``path`` is a file of this process alone, None keeps the extract in memory. ``base`` gives the base data in force.
    ``threads`` and ``memory`` (DuckDB's words, such as ``2GB``) bound what queries may take: one thread, because a page
    asks side by side anyway and handing a query of 0.6 ms to a second one costs as much again.
    """

    def __init__(
        self,
        store: Store,
        base: Callable[[], BaseData],
        days: LocalDays,
        path: Path | None = None,
        threads: int = 1,
        memory: str = "2GB",
    ) -> None:
        self._store, self._base, self._days, self._path = store, base, days, path
        self._limits = (threads, memory)
        self._writing, self._opening = Lock(), Lock()
        self._known: tuple[BaseData | None, str, str] = (None, "", "")
        self._share = 0.0
        self._slices, self._shared = Slices(), local()
        self._open()

    def close(self) -> None:
        """Close the file; nothing may be asked afterwards."""
        with self._writing, self._opening, alone(self._path):
            self._root.close()

    @property
    def ready(self) -> bool:
        """Whether it can answer."""
        return self._state.complete

    @property
    def seq(self) -> int:
        """The last event number that it knows of; 0 while it is not ready."""
        return self._state.seq if self._state.complete else 0

    @property
    def channels(self) -> list[str]:
        """Keys of all ways in that cases have come by; none while it is not ready."""
        text = self._columns_of[1].text
        return sorted(filter(None, map(text, tuple(self._channels)))) if self._state.complete else []

    @contextmanager
    def reading(self) -> Iterator[View]:
        """One moment of the extract; ``NotReady`` while it is built, also where that begins meanwhile."""
        shared: View | None = getattr(self._shared, "view", None)
        if shared is not None:
            yield shared
            return
        with self._opening:
            if not self._state.complete:
                raise NotReady(self._share)
            cursor = self._root.cursor()
            cursor.begin()
            seq = int(_value(cursor, "seq") or 0)
            view = View(cursor, seq, self._columns_of[0], self._columns_of[1], self._slices, "open_cases AS cases")
        try:
            yield view
        except duckdb.ConnectionException as problem:
            raise NotReady(self._share) from problem
        finally:
            cursor.close()

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """Everything that this thread reads inside is of the same moment; nothing is held while it is built."""
        if not self._state.complete:
            yield
            return
        with self.reading() as view:
            before = getattr(self._shared, "view", None)
            self._shared.view = view
            try:
                yield
            finally:
                self._shared.view = before

    def run(self, stop: Event, seconds: float = 2.0, ahead_after: float = 0.0) -> None:
        """Keep it up until stopped, every ``seconds``; more seldom, up to ``LONGEST_PAUSE``, where it takes long.

        Months are read ahead once it has run for ``ahead_after`` seconds. A store that is away is tried again.
        """
        ahead = time.monotonic() + ahead_after
        while not stop.is_set():
            began = time.monotonic()
            try:
                self.refresh(stop)
                if time.monotonic() >= ahead:
                    self._look_ahead(stop)
            except (DBAPIError, StoreError) as problem:
                log.warning("the extract was not refreshed: %s", problem)
            except duckdb.Error as problem:
                log.warning("the extract is built again: %s", problem)
                self._start_over()
            stop.wait(max(seconds, min(LONGEST_PAUSE, 9 * (time.monotonic() - began))))

    def refresh(self, stop: Event | None = None) -> int:
        """Take over what changed, or build it where it does not fit; the number of the last event it holds then."""
        with self._writing:
            base = self._base()
            with self._store.read() as connection:
                wanted = self._fingerprint(base, counted_by(connection))
                state = self._state
                fits = state.complete and state.fingerprint == wanted
                fits = fits and (not state.seq or mark_of(connection, state.seq) == state.mark)
            if not fits:
                self._build(base, wanted, stop)
            if self._state.complete:
                self._follow()
            return self.seq

    def _look_ahead(self, stop: Event) -> None:
        """Read the months that somebody will ask for next: those asked for that changed, and once all there is room for
        (a month of 42,000 cases takes 50 ms)."""
        if not self._state.complete:
            return
        with self.reading() as view:
            wanted = self._slices.stale()
            if self._slices.empty:
                wanted = [(kind, month, None) for month in view.accepted_months() for kind in KINDS]
            for key in wanted:
                if stop.is_set():
                    return
                self._slices.read_ahead(view.connection, view.seq, key)

    def _open(self) -> None:
        with alone(self._path):
            self._root = open_file(self._path, *self._limits)
        self._state = _State()
        self._set_columns(self._base(), Words())
        try:
            stored = dict(self._root.execute("SELECT key, value FROM state").fetchall())
            words = Words(self._root.execute("SELECT id, text FROM word ORDER BY id").fetchall())
        except duckdb.CatalogException:
            return
        if stored.get("complete") == "1":
            with self._store.read() as connection:
                current = self._fingerprint(self._base(), counted_by(connection))
            found = _State(int(stored["seq"]), stored["mark"], stored["fingerprint"], True)
            if found.fingerprint == current:
                self._set_columns(self._base(), words)
                self._channels.update(row[0] for row in self._root.execute(_CHANNELS).fetchall())
                self._state = found

    def _start_over(self) -> None:
        with self._writing, self._opening:
            with alone(self._path):
                self._root.close()
                if self._path is not None:
                    delete(self._path)
            self._open()

    def _fingerprint(self, base: BaseData, meaning: str) -> str:
        base_then, meaning_then, found = self._known
        if base_then is not base or meaning_then != meaning:
            found = fingerprint(base, self._days.zone, meaning)
            self._known = (base, meaning, found)
        return found

    def _set_columns(self, base: BaseData, words: Words) -> None:
        self._slices.clear()
        self._channels: set[int] = set()
        places = Places(base.tree)
        self._columns_of = (places, words)
        self._columns = CaseColumns(places, words, base.categories, self._days)

    def _build(self, base: BaseData, wanted: str, stop: Event | None) -> None:
        started = time.monotonic()
        with self._store.read() as connection:
            seq = self._store.last_seq(connection)
        with self._opening:
            self._share, self._state = 0.0, _State()
            with alone(self._path):
                self._root.begin()
                for statement in (*DROP, *CREATE):
                    self._root.execute(statement)
                self._root.commit()
            self._set_columns(base, Words())
        done = 0
        for rows, share in all_cases(self._store):
            if stop is not None and stop.is_set():
                return
            self._share = share
            self._put(rows, None)
            if done // TOLD_EVERY != (done + len(rows)) // TOLD_EVERY:
                log.info("extract: %.0f %% of the cases", self._share * 100)
            done += len(rows)
        self._put([], self._state_at(seq, wanted))
        log.info("extract: %d cases in %.1f s", done, time.monotonic() - started)

    def _follow(self) -> None:
        while True:
            with self._store.read() as connection:
                newest = self._store.last_seq(connection)
                last = min(newest, self._state.seq + SPAN)
                rows = cases_after(connection, self._state.seq, last) if last > self._state.seq else []
            if last <= self._state.seq:
                return
            self._put(rows, self._state_at(last, self._state.fingerprint))

    def _state_at(self, seq: int, wanted: str) -> _State:
        with self._store.read() as connection:
            return _State(seq, mark_of(connection, seq), wanted, True)

    def _put(self, rows: Rows, state: _State | None) -> None:
        """Rows (instead of those of the same cases) and the state after them, in one transaction."""
        with alone(self._path), self._transaction() as writer:
            months = self._replace(writer, rows, exists=self._state.complete) if rows else set()
            if state is not None:
                self._slices.changed(months, state.seq)
                _keep(writer, state)
        if state is not None:
            self._state = state

    @contextmanager
    def _transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        writer = self._root.cursor()
        writer.begin()
        try:
            yield writer
            writer.commit()
        except duckdb.Error:
            writer.rollback()
            raise
        finally:
            writer.close()

    def _replace(self, writer: duckdb.DuckDBPyConnection, rows: Rows, exists: bool) -> set[int]:
        """The months of acceptance of these cases, as they were and as they are."""
        tables = dict(zip(("cases", "flows", "spells"), self._columns.tables(rows), strict=True))
        self._channels.update(np.unique(tables["cases"]["channel"].to_numpy()).tolist())
        months = set(np.unique(tables["cases"]["day"].drop_null().to_numpy() // 100).tolist())
        writer.register("changed", tables["cases"].select(["key"]))
        if exists:
            months |= _months_of_changed(writer)
        for name, table in (*tables.items(), ("open_cases", tables["cases"])):
            writer.register("incoming", table)
            if exists:
                writer.execute(f"DELETE FROM {name} WHERE key IN (SELECT key FROM changed)")
            only = f" WHERE {OPEN}" if name == "open_cases" else ""
            writer.execute(f"INSERT INTO {name} SELECT * FROM incoming{only}")
        words = self._columns_of[1]
        if words.new:
            writer.executemany("INSERT INTO word VALUES (?, ?)", words.new)
            words.new = []
        return months


def _months_of_changed(writer: duckdb.DuckDBPyConnection) -> set[int]:
    query = "SELECT DISTINCT day // 100 FROM cases WHERE key IN (SELECT key FROM changed) AND day IS NOT NULL"
    return {int(row[0]) for row in writer.execute(query).fetchall()}


def _keep(writer: duckdb.DuckDBPyConnection, state: _State) -> None:
    writer.execute("DELETE FROM state")
    values = {"seq": str(state.seq), "mark": state.mark, "fingerprint": state.fingerprint, "complete": "1"}
    writer.executemany("INSERT INTO state VALUES (?, ?)", list(values.items()))


def _value(cursor: duckdb.DuckDBPyConnection, key: str) -> str | None:
    found = cursor.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
    return None if found is None else str(found[0])
