"""Every figure of a snapshot again, from the stored events up to its cut-off, in other code; exact or a ``Fault``.

Cases are judged by ``dashboard.check`` (arrays over the parsed events), sums and rates are formed here by the words of
the contract; neither the fold nor the extract, the tallies or the registry of indicators have a part in it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

from sqlalchemy import Connection

from dashboard.check.facts import read_facts
from dashboard.check.ledger import BUCKETS, Ledger, keys_of
from dashboard.domain.periods import LocalDays, Period, as_date, as_day
from dashboard.domain.regions import LEVELS, STREET
from dashboard.queries.score_answers import League
from dashboard.queries.score_league import period_before
from dashboard.reports.checks import Fault
from dashboard.reports.facts_view import Books
from dashboard.reports.recount_cases import Docket, began_by
from dashboard.reports.recount_crew import Crews
from dashboard.reports.recount_earlier import Earlier
from dashboard.reports.recount_orders import Known, Order, order_of
from dashboard.reports.recount_own import Peers
from dashboard.reports.recount_repeats import Repeats
from dashboard.reports.recount_restated import Restatements
from dashboard.reports.recount_scores import rates
from dashboard.reports.recount_tallies import BEFORE, NEVER, NOW, PEERS, PLACE, Counting, Tallies
from dashboard.reports.snapshot import BASE_VERSION, Fact, Snapshot

Tell = Callable[[float], None]
COUNTERS = (
    "accepted", "closed", "handled", "handled_due", "on_time", "late", "closed_due", "no_deadline", "ever_handled",
    "reworked", "ever_closed", "reopened", "closed_first", "escalated", "voided", "accepted_flow", "filed_flow",
    "closed_flow", "reopened_flow", "voided_flow", "rated", "rated_4", "rated_3", "rated_2", "rated_1", "handled_flow",
    "failed_check_flow", "returned_flow", "overdue_cohort",
)  # fmt: skip
_COUNTS = {
    "accepted": ("accepted_flow",), "filed": ("filed_flow",), "closed": ("closed_flow",),
    "reopened": ("reopened_flow",), "voided": ("voided_flow",), "due_to_close": ("handled_due", "overdue_cohort"),
    "no_deadline": ("no_deadline",), "closed_late": ("late",),
}  # fmt: skip
_STOCKS = {"overdue_open": "overdue", "due_soon": "due_soon", "open": "open", "suspended": "suspended",
           "supervised": "supervised"}  # fmt: skip
_HOURS = {"handling_hours": ("natural", 50), "handling_hours_p90": ("natural", 90), "work_hours": ("work", 50),
          "work_hours_p90": ("work", 90)}  # fmt: skip
_OF_ROWS = ("due", "overdue", "satisfaction_n", "on_time_rate", "closure_rate", "rework_rate", "reopen_rate",
            "satisfaction")  # fmt: skip
_MOST = 200
"""Faults that are named; more say no more."""
Counts = Mapping[str, int]


@dataclass(frozen=True)
class Beside:
    """What a recount is made with besides the events: ``folder`` keeps the parsed events for the next one, ``groups``
    are the ranking groups that an office names itself, ``issued`` the earlier reports that may be restated."""

    folder: Path | None = None
    groups: Mapping[str, str] = field(default_factory=dict)
    issued: Sequence[Snapshot] = ()


def recount(
    books: Books, snapshot: Snapshot, beside: Beside = Beside(), tell: Tell = lambda share: None
) -> list[Fault]:
    """What of a snapshot the stored events do not say; empty where all of it agrees."""
    with books.engine.connect() as connection:
        found = _Recount(books, snapshot, beside, connection)
        found.read(tell)
        return [fault for _, fault in zip(range(_MOST), found.faults(), strict=False)]


class _Recount:
    """One recount: goes through the events once, then compares."""

    def __init__(self, books: Books, snapshot: Snapshot, beside: Beside, connection: Connection) -> None:
        base, rules = books.base(), books.settings.rules
        facts = read_facts(books.engine, books.settings)
        levels = {code: int(base.tree.level[node]) for code, node in base.tree.latest.items()}
        days, ledger = LocalDays(facts.zone), Ledger(connection, snapshot.cut.seq, beside.folder)
        docket = Docket(connection, ledger, facts, levels, snapshot, rules.due_soon)
        self._books, self._snapshot, self._groups, self._docket, self._days = (
            books, snapshot, beside.groups, docket, days
        )  # fmt: skip
        self._counting = Counting(docket, snapshot, facts.zone, rules.due_soon)
        self._earlier = Earlier(docket, snapshot, days, rules.satisfied_score)
        self._repeats = Repeats(snapshot, ledger, days, base)
        self._restated = Restatements(docket, ledger, snapshot, beside.issued, rules, days)
        self._crews = Crews(books, snapshot, facts, days)
        self._comparison = _Comparison(books, snapshot, self._counting.tallies, docket, ledger)

    def read(self, tell: Tell) -> None:
        """The events of all cases, bucket by bucket."""
        for bucket in range(BUCKETS):
            cases = self._docket.cases(bucket)
            for part in (self._counting, self._earlier, self._repeats, self._restated):
                part.add(cases)
            tell((bucket + 1) / BUCKETS)

    def faults(self) -> Iterator[Fault]:
        """Whatever does not agree, the totals first."""
        yield from self._comparison.faults()
        if self._snapshot.own:
            yield from self._comparison.own(Peers(self._books, self._snapshot, self._groups))
        parts = (self._earlier.told(self._comparison.began), self._repeats.told(), self._restated.told(),
                 self._crews.told())  # fmt: skip
        for key, frozen, told in chain.from_iterable(parts):
            yield from _same(key, frozen, told)


class _Comparison:
    """The snapshot's figures beside the recounted ones."""

    def __init__(self, books: Books, snapshot: Snapshot, told: Tallies, docket: Docket, ledger: Ledger) -> None:
        self._snapshot, self._told, self._docket, self._ledger = snapshot, told, docket, ledger
        self._satisfied, self._excluded = books.settings.rules.satisfied_score, books.settings.excluded
        self._days, self._tree = LocalDays(books.settings.zone), books.base().tree
        self._same_base = snapshot.names.get(BASE_VERSION) == str(books.base().version)
        self._before = period_before(Period(snapshot.first, snapshot.last, snapshot.asked.period))

    @property
    def began(self) -> int | None:
        """The day of the first case of all."""
        return None if self._told.began == NEVER else self._days.day(self._told.began)

    @property
    def _compared(self) -> bool:
        """Whether the system ran for all of the period before."""
        return self.began is not None and began_by(self.began, self._before.first, self._before.last)

    def faults(self) -> Iterator[Fault]:
        yield from self._totals()
        yield from self._groups()
        for level, league in self._snapshot.leagues.items():
            yield from self._league(f"leagues.{level}", level, league, NOW)
        for level, league in self._snapshot.before_leagues.items():
            yield from self._league(f"before_leagues.{level}", level, league, BEFORE)
        if self._snapshot.units is not None:
            yield from self._league("units", "unit", self._snapshot.units, NOW)
            listed = {row.place.code for row in self._snapshot.units.rows}
            for code in sorted({self._ledger.texts[number] for number in self._told.units} - listed - {""}):
                yield Fault(f"units.{code}", "快照中没有列出，按事件重算有其案件")
        yield from self._lists()
        yield from self._gaps()

    def _totals(self) -> Iterator[Fault]:
        counts = self._counts(NOW, "0", 0)
        for name in COUNTERS:
            yield from self._fact(f"count.{name}", counts[name])
        for key, names in _COUNTS.items():
            yield from self._fact(f"total.{key}", sum(counts[name] for name in names))
        for key, (n, d) in rates(counts).items():
            yield from self._share(f"total.{key}", n, d)
        for key, stock in _STOCKS.items():
            yield from self._fact(f"total.{key}", self._told.stock.get(stock, 0))
        for key, (clock, percent) in _HOURS.items():
            value, n = self._told.median(clock, percent)
            yield from _same(f"total.{key}", self._snapshot.fact(f"total.{key}").value, value)
            yield from _same(f"total.{key}.d", self._snapshot.fact(f"total.{key}").d, n)
        yield from self._equation(counts)

    def _equation(self, counts: Counts) -> Iterator[Fault]:
        carried = self._told.carried
        came, went = counts["accepted_flow"] + counts["reopened_flow"], counts["closed_flow"] + counts["voided_flow"]
        for name in ("accepted", "reopened", "closed", "voided"):
            yield from self._fact(f"equation.{name}", counts[f"{name}_flow"])
        yield from self._fact("equation.carried", carried)
        yield from self._fact("equation.open", carried + came - went)

    def _counts(self, span: str, by: str, group: int) -> dict[str, int]:
        names = (*COUNTERS, "extended")
        known = span == NOW or self._compared
        found = {name: self._told.of(span, by, name, group) if known else 0 for name in names}
        return found | {"satisfied": sum(found[f"rated_{score}"] for score in range(self._satisfied, 5))}

    def _fact(self, key: str, value: int) -> Iterator[Fault]:
        yield from _same(key, self._snapshot.fact(key).value, value)

    def _share(self, key: str, n: int, d: int) -> Iterator[Fault]:
        fact = self._snapshot.fact(key)
        yield from _same(key, (fact.value, fact.n, fact.d), (n / d if d else None, n, d))

    def _groups(self) -> Iterator[Fault]:
        texts = self._ledger.texts
        for prefix, by in (("channel", "channel"), ("kind", "kind"), ("main", "main")):
            yield from self._all_of(prefix, {texts[n]: count for n, count in self._told.by(NOW, by, "came").items()})
        hours = {f"{hour:02d}": self._told.of(NOW, "hour", "came", hour) for hour in range(24)}
        yield from self._all_of("hour", hours)
        categories = {texts[n]: count for n, count in self._told.by(NOW, "category", "came").items()}
        yield from self._top_of("category", categories)
        codes = self._docket.codes
        yield from self._top_of("grid", {codes[n]: count for n, count in self._told.by(NOW, "l4", "came").items()})
        for prefix, by in (("channel", "channel"), ("category", "category")):
            before = {texts[n]: count for n, count in self._told.by(BEFORE, by, "came").items()}
            over = self._snapshot.last < self._days.day(self._snapshot.cut.time)
            keys = self._named(prefix) if before and over and self._compared else ()
            yield from self._all_of(f"before.{prefix}", {key: before.get(key, 0) for key in keys})

    def _named(self, prefix: str) -> dict[str, Fact]:
        start = f"{prefix}."
        return {key.removeprefix(start): fact for key, fact in self._snapshot.facts.items() if key.startswith(start)}

    def _all_of(self, prefix: str, told: Counts) -> Iterator[Fault]:
        frozen = {key: fact.value for key, fact in self._named(prefix).items()}
        for key in sorted(frozen.keys() | told.keys()):
            yield from _same(f"{prefix}.{key}", frozen.get(key), told.get(key, 0))

    def _top_of(self, prefix: str, told: Counts) -> Iterator[Fault]:
        """The named ones are right, and none that is left out has more."""
        frozen = {key: fact.value for key, fact in self._named(prefix).items()}
        for key, value in sorted(frozen.items()):
            yield from _same(f"{prefix}.{key}", value, told.get(key, 0))
        least = min((value for value in frozen.values() if value is not None), default=0)
        for key in sorted(told.keys() - frozen.keys()):
            if told[key] > least:
                yield Fault(f"{prefix}.{key}", f"快照中没有列出，按事件重算为{told[key]}")

    def _league(self, where: str, level: str, league: League, span: str) -> Iterator[Fault]:
        by = "unit" if level == "unit" else f"l{LEVELS.index(level)}"
        known: dict[str, dict[str, int]] = {}
        for row in league.rows:
            code = row.place.code
            number = self._number(by, code)
            counts = known[code] = self._counts(span, by, number)
            if span == NOW:
                yield from self._counters(f"counts.{level}.{code}", level, code, counts)
            named = rates(counts)
            told = {
                "due": counts["handled_due"] + counts["overdue_cohort"], "overdue": counts["overdue_cohort"],
                "satisfaction_n": counts["rated"], **{key: n / d if d else None for key, (n, d) in named.items()},
            }  # fmt: skip
            for key in _OF_ROWS:
                yield from _same(f"{where}.{code}.{key}", getattr(row, key), told[key])
        yield from self._ranks(where, by, league, known)

    def own(self, peers: Peers) -> Iterator[Fault]:
        """The place of the report's own region, out of the cases of all regions of its level."""
        numbers = {code: self._docket.region(code) for code in peers.codes}
        spans = [{code: self._counts(span, PEERS, n) for code, n in numbers.items()} for span in (NOW, BEFORE)]
        for key, frozen, told in peers.compared(*spans):
            yield from _same(f"own.{key}", frozen, told)

    def _counters(self, where: str, level: str, code: str, told: Counts) -> Iterator[Fault]:
        for name, value in self._snapshot.counts.get(level, {}).get(code, {}).items():
            yield from _same(f"{where}.{name}", value, told.get(name))

    def _ranks(self, where: str, by: str, league: League, known: Known) -> Iterator[Fault]:
        """Scores, ranks, ties and intervals of the units that are not excluded and have cases enough, and moves."""
        out = {row.place.code for row in league.rows if row.reason == "excluded"}
        order = order_of(self._snapshot, known, out, league.min_due)
        before = None if where.startswith("before") else self._order_before(by, league)
        if before:
            yield from self._fact(f"ranked.{league.level}", len(order.ranks))
        for row in league.rows:
            code, place = row.place.code, f"{where}.{row.place.code}"
            yield from _same(f"{place}.score", row.score, order.scores.get(code))
            told = (order.ranks.get(code), order.tied.get(code, False))
            yield from _same(f"{place}.rank", (row.rank, row.tied), told)
            yield from _same(f"{place}.interval", (row.low, row.high), order.between.get(code, (None, None)))
            yield from _same(f"{place}.change", row.change, order.moved(code, before) if before else None)

    def _order_before(self, by: str, league: League) -> Order:
        numbers = {row.place.code: self._number(by, row.place.code) for row in league.rows}
        known = {code: self._counts(BEFORE, by, number) for code, number in numbers.items()}
        out = {one.region for one in self._excluded if one.period in ("", self._before.text)}
        return order_of(self._snapshot, known, out, league.min_due)

    def _number(self, by: str, code: str) -> int:
        return self._ledger.number(code) if by == "unit" else self._docket.region(code)

    def _lists(self) -> Iterator[Fault]:
        for name, keys in self._told.listed.items():
            rows = self._snapshot.lists[name]
            yield from self._fact(f"list.{name}", len(keys))
            for row, key in zip(rows, keys_of([row.id for row in rows]).tolist() if rows else [], strict=True):
                if key not in keys:
                    yield Fault(f"list.{name}.{row.id}", "按事件重算不在此列")

    def _gaps(self) -> Iterator[Fault]:
        top = self._tree.latest[self._snapshot.place.code]
        last = min(self._snapshot.last, self._days.day(self._snapshot.cut.time))
        span = [(as_day(first), (first - _EPOCH).days) for first in _dates(self._snapshot.first, last)]
        told: dict[str, list[int]] = {}
        streets = self._tree.at_level(max(STREET, int(self._tree.level[top])), top)
        for node in streets if len(streets) else [top]:
            code = self._tree.regions[node].code
            number = self._docket.region(code)
            told[code] = [day for day, index in span if number * PLACE + index not in self._told.there]
        frozen = dict(self._snapshot.gaps)
        for code in sorted(frozen.keys() | told.keys() if self._same_base else frozen.keys()):
            yield from _same(f"gaps.{code}", tuple(frozen.get(code, ())), tuple(told.get(code, ())))


_EPOCH = date(1970, 1, 1)


def _dates(first: int, last: int) -> list[date]:
    days = range((as_date(last) - as_date(first)).days + 1)
    return [as_date(first) + timedelta(day) for day in days]


def _same(where: str, frozen: object, told: object) -> Iterator[Fault]:
    if frozen != told:
        yield Fault(where, f"快照中为{_written(frozen)}，按事件重算为{_written(told)}")


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return "、".join(_written(each) for each in value)
    if isinstance(value, bool):
        return "并列" if value else "不并列"
    return "—" if value is None else str(value)
