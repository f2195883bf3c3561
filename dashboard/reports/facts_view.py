"""The extract as it stood at a cut-off: cases that changed since are folded again from their events up to it.

Base data (borders, limits of categories) is that in force now, as for every figure of a past cut-off.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pyarrow as pa
from sqlalchemy import Connection, Engine, bindparam, text

from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.coordinates import to_wgs84
from dashboard.domain.events import CaseEvent, parse
from dashboard.domain.life_cycle import Case, Context, fold
from dashboard.domain.models import EXTENDED, counts_of
from dashboard.domain.periods import LocalDays, as_date
from dashboard.domain.ranking import Model
from dashboard.extract import Extract, View
from dashboard.extract.columns import Columns, key_of
from dashboard.extract.words import Words
from dashboard.queries.desk import Parts
from dashboard.queries.refolding import context_of
from dashboard.reports.snapshot import Cut

CHUNK = 5_000
"""Cases folded at once."""

LATE = 0.1
"""The part of a span that may lie before the first case of all."""

_pack = msgspec.msgpack.Encoder().encode
_TABLES = ("cases", "flows", "spells")


@dataclass(frozen=True)
class Books:
    """What reports are made from. ``now`` is the clock of the data directory, ``models`` the score models by key, the
    default first; ``demo`` marks numbers of a simulated city, ``tracks`` is the folder of stored fixes, where there is
    one."""

    engine: Engine
    base: Callable[[], BaseData]
    settings: Settings
    now: Callable[[], int]
    extract: Extract
    models: Mapping[str, Model]
    demo: bool = False
    tracks: Path | None = None


def books_of(parts: Parts) -> Books:
    """The books behind the pages of a process."""
    settings = parts.settings
    return Books(parts.engine, parts.base, settings, parts.now, parts.extract, parts.queries.models, settings.demo)


def cut_now(books: Books) -> Cut:
    """The cut-off of a period that is closed at this moment: every event stored so far."""
    with books.engine.connect() as connection:
        return Cut(int(connection.scalar(text("SELECT max(seq) FROM event")) or 0), books.now())


@contextmanager
def view_at(books: Books, cut: Cut) -> Iterator[View]:
    """One moment of the extract as of ``cut.seq``; brings it up to date where it is behind. ``NotReady`` as usual."""
    if books.extract.seq < cut.seq or not books.extract.ready:
        books.extract.refresh()
    with books.extract.reading() as view, books.engine.connect() as connection:
        changed = _changed(view, connection, cut.seq)
        yield _rewound(view, connection, books, changed, cut.seq) if changed else view


_EXTENDED = text("SELECT DISTINCT case_id FROM event WHERE type = 'case.extended' AND seq <= :seq")


def under_way(view: View, first: int, last: int) -> bool:
    """Whether cases came in by the beginning of a span of local days, a tenth of it left out at most.

    The counts of a span in whose middle the system began are no year or month to compare with: they would let
    everything grow.
    """
    began = view.rows("SELECT min(day) FROM cases")[0][0]
    length = (as_date(last) - as_date(first)).days + 1
    return began is not None and (as_date(int(began)) - as_date(first)).days <= length * LATE


def note_extended(view: View, books: Books, cut: Cut, model: Model) -> None:
    """Make the table ``extended`` (keys of cases with an extension up to the cut-off) where a model counts them."""
    if EXTENDED not in counts_of(model):
        return
    with books.engine.connect() as connection:
        keys = [key_of(row[0]) for row in connection.execute(_EXTENDED, {"seq": cut.seq})]
    view.connection.register("extended", pa.table({"key": pa.array(keys, pa.int64())}))


def _changed(view: View, connection: Connection, seq: int) -> list[str]:
    """Cases that changed after a number. Cases of which nothing was known then are among them."""
    return [row[0] for row in view.rows("SELECT id FROM cases WHERE seq > ? ORDER BY id", (seq,))]


def _rewound(view: View, connection: Connection, books: Books, changed: Sequence[str], seq: int) -> View:
    """The view with every changed case as it stood, by tables of this cursor that hide those of the file."""
    base, days = books.base(), LocalDays(books.settings.zone)
    words = Words(view.rows("SELECT id, text FROM word ORDER BY id"))
    columns = Columns(view.places, words, base.categories, days)
    duck = view.connection
    main = f"{_value(view, 'SELECT current_database()')}.main"
    duck.execute(f"CREATE TEMP TABLE changed AS SELECT key FROM {main}.cases WHERE seq > {int(seq)}")
    for name in _TABLES:
        duck.execute(f"CREATE TEMP TABLE past_{name} AS SELECT * FROM {main}.{name} LIMIT 0")
    for rows in _folded(connection, changed, context_of(base, days), seq):
        for name, table in zip(_TABLES, columns.tables(rows), strict=True):
            duck.register("incoming", table)
            duck.execute(f"INSERT INTO past_{name} SELECT * FROM incoming")
    for name in _TABLES:
        kept = f"SELECT * FROM {main}.{name} WHERE key NOT IN (SELECT key FROM changed)"
        duck.execute(f"CREATE TEMP VIEW {name} AS {kept} UNION ALL SELECT * FROM past_{name}")
    duck.execute("CREATE TEMP TABLE new_word (id INTEGER, text VARCHAR)")
    if words.new:
        duck.executemany("INSERT INTO new_word VALUES (?, ?)", words.new)
    duck.execute(f"CREATE TEMP VIEW word AS SELECT * FROM {main}.word UNION ALL SELECT * FROM new_word")
    return View(duck, seq, view.places, words)


def _value(view: View, query: str) -> str:
    return str(view.rows(query)[0][0])


def _folded(
    connection: Connection, ids: Sequence[str], context: Context, seq: int
) -> Iterator[list[tuple[int, bytes]]]:
    """(seq, fold) of cases from their events up to ``seq``, those without any left out."""
    for start in range(0, len(ids), CHUNK):
        found = events_of(connection, ids[start : start + CHUNK], seq)
        cases = [fold([event for _, event in events], context) for events in found]
        if cases:
            yield [(seq, _pack(case)) for case in cases]


def past_case(connection: Connection, case_id: str, context: Context, seq: int) -> Case | None:
    """One case as it stood at a number; None where nothing was known of it."""
    found = events_of(connection, [case_id], seq)
    return next((fold([event for _, event in events], context) for events in found), None)


def _to_wgs84(event: CaseEvent) -> None:
    """The coordinates as ingest stored them: raw events have those of their sender."""
    crs, lon, lat = event.data.crs, event.lon, event.lat
    if lon is not None and lat is not None and crs not in (None, "wgs84", "WGS84"):
        x, y = to_wgs84([lon], [lat], str(crs))
        event.lon, event.lat = float(x[0]), float(y[0])


_EVENTS = text(
    "SELECT seq, case_id, region, raw FROM event WHERE case_id IN :ids AND seq <= :seq ORDER BY seq"
).bindparams(bindparam("ids", expanding=True))
_AT_ONCE = 500


def events_of(connection: Connection, ids: Sequence[str], seq: int) -> Iterator[list[tuple[int, CaseEvent]]]:
    """The events of each of these cases up to a number, each with its own; cases without any are left out."""
    for start in range(0, len(ids), _AT_ONCE):
        by_case: dict[str, list[tuple[int, CaseEvent]]] = {}
        values = {"ids": list(ids[start : start + _AT_ONCE]), "seq": seq}
        for number, case_id, region, raw in connection.execute(_EVENTS, values):
            event = parse(raw.encode())
            if isinstance(event, CaseEvent):
                event.region = region
                _to_wgs84(event)
                by_case.setdefault(case_id, []).append((number, event))
        yield from by_case.values()
