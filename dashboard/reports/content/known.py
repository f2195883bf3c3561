"""Every number that a text may say, by id: facts of the snapshot, cells of the document's tables, and what follows
from facts.

``total.accepted`` and all other ids of the snapshot · ``cell|TABLE|CODE|COLUMN`` the cell of a table in the row whose
column ``code`` says so · ``given|UNIT|VALUE`` what the office set (a target, a number of days) · ``n|A`` and ``d|A``
numerator and denominator of a fact · ``sum|A + B`` · ``share|A + B / C`` · ``growth|A / B`` (A over B less one) ·
``less|A - B`` the difference of shares in points · ``gaps|places`` regions with days without data ·
``league|LEVEL|WHAT`` with ``all ranked median min_due small few none`` · ``under|LEVEL|FIELD|SHARE`` ranked units whose
rate is below a share · ``overdue|LEVEL`` ·
``moved|LEVEL|risen`` or ``fallen`` · ``rows|TABLE|COLUMN|VALUE`` rows of a table with a value in a column (``*``:
any) · ``own|WHAT`` the region's own standing, with ``rank score due low high was moved ranked regions min_due``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, get_args

from dashboard.queries.score_answers import League
from dashboard.reports.document import Column, Table
from dashboard.reports.numbers import SIMPLE
from dashboard.reports.snapshot import MISSING, Fact, Own, Snapshot, Unit

UNITS: tuple[Unit, ...] = get_args(Unit)


@dataclass
class Known:
    """The numbers of a snapshot and of the tables that a document has so far."""

    snapshot: Snapshot
    tables: Mapping[str, Table]
    _rows: dict[str, dict[str, list[Any]]] = field(default_factory=dict)

    def fact(self, key: str) -> Fact:
        """The fact of an id; one that nobody knows has no value."""
        kind, _, rest = key.partition("|")
        if not rest or key in self.snapshot.facts:
            return self.snapshot.fact(key)
        found = _KINDS.get(kind)
        return MISSING if found is None else found(self, rest)

    def row(self, table: str, code: str) -> list[Any] | None:
        """The row of a table by the value of its column ``code``."""
        if table not in self._rows:
            self._rows[table] = _by_code(self.tables.get(table))
        return self._rows[table].get(code)

    def cell(self, rest: str) -> Fact:
        """A cell as a fact, with numerator and denominator where it is a quotient of two columns."""
        table, _, more = rest.partition("|")
        code, _, column = more.rpartition("|")
        row = self.row(table, code)
        columns = self.tables[table].columns if row else []
        place = place_of(columns, column)
        if row is None or place is None or isinstance(row[place], str):
            return MISSING
        return cell_fact(columns, row, columns[place])

    def sum(self, rest: str) -> Fact:
        """The sum of facts, missing where one of them is."""
        facts = [self.fact(key) for key in rest.split(" + ")]
        values = [fact.value for fact in facts if fact.value is not None]
        return Fact(sum(values), facts[0].unit) if len(values) == len(facts) else MISSING

    def share(self, rest: str) -> Fact:
        """A share of one; missing over nothing."""
        above, _, below = rest.rpartition(" / ")
        n, d = self.sum(above).value, self.sum(below).value
        if n is None or not d:
            return MISSING
        return Fact(n / d, "share", int(n), int(d))

    def growth(self, rest: str) -> Fact:
        """How much more the first is than the second, as a share of the second; missing where that is nothing."""
        above, _, below = rest.rpartition(" / ")
        n, d = self.sum(above).value, self.sum(below).value
        if n is None or not d:
            return MISSING
        return Fact((n - d) / d, "share", int(n - d), int(d))

    def given(self, rest: str) -> Fact:
        """A number of the office's settings: its unit and value stand in the id."""
        unit, _, value = rest.partition("|")
        try:
            number = float(value)
        except ValueError:
            return MISSING
        found = next((one for one in UNITS if one == unit), None)
        return MISSING if found is None else Fact(int(number) if number.is_integer() else number, found)


    def part(self, key: str, which: str) -> Fact:
        """Numerator or denominator of a fact, as a number of cases."""
        fact = self.fact(key)
        return Fact(fact.n if which == "n" else fact.d, "cases")

    def less(self, rest: str) -> Fact:
        """The difference of two shares in points."""
        left, _, right = rest.partition(" - ")
        one, other = exact(self.fact(left)), exact(self.fact(right))
        if one is None or other is None:
            return MISSING
        found = one - other
        return Fact(float(found), "points", found.numerator, found.denominator)

    def league(self, rest: str) -> Fact:
        """How many units a level has in which standing, and by which limits."""
        level, _, what = rest.partition("|")
        league = self.of_level(level)
        return MISSING if league is None else _league_fact(league, what)

    def under(self, rest: str) -> Fact:
        """How many ranked units have a rate below a share."""
        level, field_, share = rest.split("|")
        league = self.of_level(level)
        if league is None:
            return MISSING
        rates = [getattr(row, field_) for row in league.rows if row.rank is not None]
        return Fact(sum(rate is not None and rate < float(share) for rate in rates), "number")

    def rows(self, rest: str) -> Fact:
        """How many rows of a table have a value in a column."""
        key, column, value = rest.rsplit("|", 2)
        table = self.tables.get(key)
        place = None if table is None else place_of(table.columns, column)
        if table is None or place is None:
            return MISSING
        found = [row[place] for row in table.rows if row[place] is not None]
        return Fact(sum(value in ("*", str(each)) for each in found), "number")

    def overdue(self, level: str) -> Fact:
        """Overdue cases of the cohort in all units of a level."""
        league = self.of_level(level)
        return MISSING if league is None else Fact(sum(row.overdue for row in league.rows), "cases")

    def moved(self, rest: str) -> Fact:
        """How many units of a level rose or fell (``risen``, ``fallen``) by more than chance, over all its tables."""
        level, _, way = rest.partition("|")
        sign = 1 if way == "risen" else -1
        tables = [table for key, table in self.tables.items() if key.startswith(f"ranking.{level}.")]
        found = [row[place] for table in tables if (place := place_of(table.columns, "places")) is not None
                 for row in table.rows]  # fmt: skip
        return Fact(sum(each is not None and each * sign > 0 for each in found), "number")

    def own(self, what: str) -> Fact:
        """Where the report's own region stands among its peers."""
        own = self.snapshot.own
        return _own_fact(own, what) if own else MISSING

    def gaps(self, _: str) -> Fact:
        """How many regions have days without data."""
        return Fact(sum(bool(days) for _, days in self.snapshot.gaps), "number")

    def of_level(self, level: str) -> League | None:
        """The league of a level, of responsible units under ``unit``."""
        return self.snapshot.units if level == "unit" else self.snapshot.leagues.get(level)


def _league_fact(league: League, what: str) -> Fact:
    if what == "median":
        return Fact(league.median, "score")
    if what in ("min_due", "small"):
        return Fact(league.min_due if what == "min_due" else league.small_below, "cases")
    if what in ("all", "ranked"):
        return Fact(sum(what == "all" or row.rank is not None for row in league.rows), "number")
    return Fact(sum(row.reason == what for row in league.rows), "number")


def _own_fact(own: Own, what: str) -> Fact:
    if what in ("rank", "low", "high", "score"):
        return Fact(getattr(own.row, what), "score" if what == "score" else "rank")
    if what in ("due", "min_due"):
        return Fact(own.row.due if what == "due" else own.min_due, "cases")
    found = {"moved": own.row.change, "was": own.was, "ranked": own.ranked, "regions": own.regions}
    return Fact(found.get(what), "rank" if what == "was" else "number")


def exact(fact: Fact) -> Fraction | None:
    """The value of a share before it is rounded."""
    if fact.n is not None and fact.d:
        return Fraction(fact.n, fact.d)
    return None if fact.value is None else Fraction(str(fact.value))


def given(value: float, unit: Unit = "number") -> str:
    """The id of a number of the office's settings."""
    return f"given|{unit}|{value:g}"


def place_of(columns: Sequence[Column], key: str) -> int | None:
    """Where a column stands; None where there is none of the key."""
    return next((place for place, column in enumerate(columns) if column.key == key), None)


def cell_fact(columns: Sequence[Column], row: Sequence[Any], column: Column) -> Fact:
    """A value of a row as a fact."""
    keys = [one.key for one in columns]
    value = row[keys.index(column.key)]
    found = SIMPLE.fullmatch(column.formula)
    n, d = (row[keys.index(key)] for key in found.groups()) if found else (None, None)
    unit = "number" if column.unit == "text" else column.unit
    return Fact(value, unit, n, d)


def _by_code(table: Table | None) -> dict[str, list[Any]]:
    place = None if table is None else place_of(table.columns, "code")
    return {} if table is None or place is None else {str(row[place]): row for row in table.rows}


_KINDS: Mapping[str, Callable[[Known, str], Fact]] = {
    "cell": Known.cell, "sum": Known.sum, "share": Known.share, "growth": Known.growth, "given": Known.given,
    "n": lambda known, key: known.part(key, "n"), "d": lambda known, key: known.part(key, "d"), "less": Known.less,
    "overdue": Known.overdue, "moved": Known.moved, "league": Known.league, "under": Known.under, "rows": Known.rows,
    "gaps": Known.gaps, "own": Known.own,
}  # fmt: skip
