"""Writes groups of events: one transaction, then the feed. The ledger stays right, whatever fails or whoever writes."""

import logging
from collections.abc import Callable, Sequence
from threading import Lock

from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

from dashboard.base_data import version_in
from dashboard.domain.changes import BaseChanged, Changes
from dashboard.domain.events import BadEvent, CaseEvent
from dashboard.domain.life_cycle import Case
from dashboard.feed import Feed, FeedError
from dashboard.ingest.items import Item, Outcome
from dashboard.ingest.ledger import Entry, Ledger
from dashboard.ingest.restating import restate, token
from dashboard.ingest.rules import Rules
from dashboard.store import Store, StoreError

log = logging.getLogger(__name__)

TOLD = 2_000
"""Rows that one entry of the feed may carry; of a larger transaction only the number is told."""


class CaseWriter:
    """Thread-safe. ``read_rules`` reads base data anew; ``reached`` see ``Ingest``."""

    def __init__(
        self, store: Store, feed: Feed, read_rules: Callable[[], Rules], reached: Callable[[str], None]
    ) -> None:
        self._store, self._feed, self._read_rules, self._reached = store, feed, read_rules, reached
        self.rules = read_rules()
        self._ledger: Ledger | None = None
        self._token: str | None = None
        self._restated = False
        self._writing = Lock()

    def commit(self, items: Sequence[Item]) -> tuple[list[Outcome], int]:
        """Store items, see ``group_commit.Commit``. ``StoreError`` where the database is away: nothing is stored then.

        Where one of the items makes the transaction impossible, they are stored in several, without that one.
        """
        try:
            return self._transact(items)
        except (OperationalError, InterfaceError) as problem:
            raise StoreError(f"the database cannot be written: {problem.orig}") from problem
        except StoreError:
            raise
        except Exception as problem:
            if len(items) == 1 and items[0].refusal is None:
                return self._set_aside(items[0], problem)
            if len(items) < 2:
                raise
        half = len(items) // 2
        first, _ = self.commit(items[:half])
        second, seq = self.commit(items[half:])
        return [*first, *second], seq

    def open_cases(self) -> list[Case]:
        """All open cases as they stand after the last commit."""
        with self._writing:
            with self._store.write() as connection:
                cases = list(self._current_ledger(connection).cases)
            self._tell_restated()
            return cases

    def base_changed(self) -> None:
        """Read base data again, make the figures agree with it and tell everybody."""
        with self._writing:
            self.rules = self._read_rules()
            self._ledger = None
        self.open_cases()
        self._tell(BaseChanged(self.rules.base.version))

    def _set_aside(self, item: Item, problem: Exception) -> tuple[list[Outcome], int]:
        """An event that breaks the program must not stop those behind it."""
        case = item.event.case if isinstance(item.event, CaseEvent) else ""
        log.error("event %s of case %r set aside", item.uid.hex(), case, exc_info=problem)
        item.refusal = BadEvent("internal_error", f"{type(problem).__name__}: {problem}"[:500])
        item.event = None
        return self._transact([item])

    def _transact(self, items: Sequence[Item]) -> tuple[list[Outcome], int]:
        with self._writing:
            try:
                entry = self._stored(items)
            except BaseException:
                self._ledger = None
                raise
            if entry.changes.first <= entry.changes.last:
                self._tell(_short(entry.changes))
        return entry.outcomes, entry.changes.last

    def _stored(self, items: Sequence[Item]) -> Entry:
        with self._store.write() as connection:
            ledger = self._current_ledger(connection)
            entry = ledger.write(connection, items)
            self._reached("written")
        self._tell_restated()
        self._reached("committed")
        ledger.confirm(entry)
        return entry

    def _current_ledger(self, connection: Connection) -> Ledger:
        """The ledger as it is, or anew from the database where somebody else wrote to it or base data was imported.

        Before that, figures are made to agree with the rules of the newest base data. A page reads base data itself, so
        whoever saw a region there must not be told that it is unknown because the next beat is still to come.
        """
        now = (self._store.last_seq(connection), token(connection))
        outdated = version_in(connection) > self.rules.base.version
        if self._ledger is not None and not outdated and now == (self._ledger.seq, self._token):
            return self._ledger
        if outdated:
            self.rules = self._read_rules()
        self._restated = restate(self._store, connection, self.rules) or outdated
        self._token = token(connection)
        self._ledger = Ledger(self._store, self.rules, connection)
        return self._ledger

    def _tell_restated(self) -> None:
        """Base data or figures changed without events of their own: everybody has to read them anew."""
        if self._restated:
            self._restated = False
            self._tell(BaseChanged(self.rules.base.version))

    def _tell(self, entry: Changes | BaseChanged) -> None:
        """What is stored is stored: a reader that misses this sees the hole and asks the store."""
        try:
            self._feed.append(entry)
        except FeedError as problem:
            log.warning("the feed was not told: %s", problem)


def _short(changes: Changes) -> Changes:
    """The entry itself, or for a large one an empty entry, a hole that every reader fills from the store."""
    rows = len(changes.cases) + len(changes.tallies) + len(changes.inflow) + len(changes.steps)
    return changes if rows <= TOLD else Changes(changes.last + 1, changes.last)
