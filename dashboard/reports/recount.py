"""Every figure of a snapshot again, from the stored events up to its cut-off, in other code; exact or a ``Fault``.

Cases are judged by ``dashboard.check`` (arrays over the parsed events), sums and rates are formed here by the words of
the contract; neither the fold nor the extract, the tallies or the registry of indicators have a part in it.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from dashboard.check.facts import read_facts
from dashboard.check.ledger import Ledger, keys_of
from dashboard.domain.periods import as_date
from dashboard.domain.regions import LEVELS
from dashboard.queries.score_answers import League
from dashboard.reports.checks import Fault
from dashboard.reports.facts_view import Books
from dashboard.reports.recount_cases import Docket
from dashboard.reports.recount_own import Peers
from dashboard.reports.recount_scores import rank_order, rates, score_of
from dashboard.reports.recount_tallies import BEFORE, NOW, PEERS, Counting, Tallies
from dashboard.reports.snapshot import Fact, Snapshot

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
_DUE = "handled_due,overdue_cohort"
_MOST = 200
"""Faults that are named; more say no more."""
Counts = Mapping[str, int]


def recount(
    books: Books, snapshot: Snapshot, folder: Path | None = None, tell: Tell = lambda share: None,
    groups: Mapping[str, str] | None = None,
) -> list[Fault]:  # fmt: skip
    """What of a snapshot the stored events do not say; empty where all of it agrees.

    ``folder`` keeps the parsed events for the next recount, ``groups`` are the ranking groups that an office names
    itself. Not recounted are comparisons at equal age, repeated complaints, crews and restatements.
    """
    facts = read_facts(books.engine, books.settings)
    tree = books.base().tree
    levels = {code: int(tree.level[node]) for code, node in tree.latest.items()}
    rules = books.settings.rules
    with books.engine.connect() as connection:
        ledger = Ledger(connection, snapshot.cut.seq, folder)
        docket = Docket(connection, ledger, facts, levels, snapshot, rules.due_soon)
        counting = Counting(docket, snapshot, facts.zone, rules.due_soon)
        for share in counting.count():
            tell(share)
    found = _Comparison(snapshot, counting.tallies, docket, ledger, rules.satisfied_score)
    own = found.own(Peers(books, snapshot, groups or {})) if snapshot.own else ()
    return [fault for _, fault in zip(range(_MOST), chain(found.faults(), own), strict=False)]


class _Comparison:
    """The snapshot's figures beside the recounted ones."""

    def __init__(self, snapshot: Snapshot, told: Tallies, docket: Docket, ledger: Ledger, satisfied: int) -> None:
        self._snapshot, self._told, self._docket, self._ledger = snapshot, told, docket, ledger
        self._satisfied = satisfied

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
            yield from self._same(f"total.{key}", self._snapshot.fact(f"total.{key}").value, value)
            yield from self._same(f"total.{key}.d", self._snapshot.fact(f"total.{key}").d, n)
        yield from self._equation(counts)

    def _equation(self, counts: Counts) -> Iterator[Fault]:
        carried = self._told.carried
        came, went = counts["accepted_flow"] + counts["reopened_flow"], counts["closed_flow"] + counts["voided_flow"]
        yield from self._fact("equation.carried", carried)
        yield from self._fact("equation.open", carried + came - went)

    def _counts(self, span: str, by: str, group: int) -> dict[str, int]:
        names = (*COUNTERS, "extended")
        found = {name: self._told.of(span, by, name, group) for name in names}
        return found | {"satisfied": sum(found[f"rated_{score}"] for score in range(self._satisfied, 5))}

    def _fact(self, key: str, value: int) -> Iterator[Fault]:
        yield from self._same(key, self._snapshot.fact(key).value, value)

    def _share(self, key: str, n: int, d: int) -> Iterator[Fault]:
        fact = self._snapshot.fact(key)
        yield from self._same(key, (fact.value, fact.n, fact.d), (n / d if d else None, n, d))

    @staticmethod
    def _same(where: str, frozen: object, told: object) -> Iterator[Fault]:
        if frozen != told:
            yield Fault(where, f"快照中为{_written(frozen)}，按事件重算为{_written(told)}")

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
            for key, fact in self._named(f"before.{prefix}").items():
                yield from self._same(f"before.{prefix}.{key}", fact.value, before.get(key, 0))

    def _named(self, prefix: str) -> dict[str, Fact]:
        start = f"{prefix}."
        return {key.removeprefix(start): fact for key, fact in self._snapshot.facts.items() if key.startswith(start)}

    def _all_of(self, prefix: str, told: Counts) -> Iterator[Fault]:
        frozen = {key: fact.value for key, fact in self._named(prefix).items()}
        for key in sorted(frozen.keys() | told.keys()):
            yield from self._same(f"{prefix}.{key}", frozen.get(key, 0), told.get(key, 0))

    def _top_of(self, prefix: str, told: Counts) -> Iterator[Fault]:
        """The named ones are right, and none that is left out has more."""
        frozen = {key: fact.value for key, fact in self._named(prefix).items()}
        for key, value in sorted(frozen.items()):
            yield from self._same(f"{prefix}.{key}", value, told.get(key, 0))
        least = min((value for value in frozen.values() if value is not None), default=0)
        for key in sorted(told.keys() - frozen.keys()):
            if told[key] > least:
                yield Fault(f"{prefix}.{key}", f"快照中没有列出，按事件重算为{told[key]}")

    def _league(self, where: str, level: str, league: League, span: str) -> Iterator[Fault]:
        by = "unit" if level == "unit" else f"l{LEVELS.index(level)}"
        known: dict[str, dict[str, int]] = {}
        for row in league.rows:
            code = row.place.code
            number = self._ledger.number(code) if by == "unit" else self._docket.region(code)
            counts = known[code] = self._counts(span, by, number)
            if span == NOW:
                yield from self._counters(f"counts.{level}.{code}", level, code, counts)
            named = rates(counts)
            told = {
                "due": counts["handled_due"] + counts["overdue_cohort"], "overdue": counts["overdue_cohort"],
                "satisfaction_n": counts["rated"], **{key: n / d if d else None for key, (n, d) in named.items()},
            }  # fmt: skip
            for key in _OF_ROWS:
                yield from self._same(f"{where}.{code}.{key}", getattr(row, key), told[key])
        yield from self._ranks(where, league, known)

    def own(self, peers: Peers) -> Iterator[Fault]:
        """The place of the report's own region, out of the cases of all regions of its level."""
        numbers = {code: self._docket.region(code) for code in peers.codes}
        spans = [{code: self._counts(span, PEERS, n) for code, n in numbers.items()} for span in (NOW, BEFORE)]
        for key, frozen, told in peers.compared(*spans):
            yield from self._same(f"own.{key}", frozen, told)

    def _counters(self, where: str, level: str, code: str, told: Counts) -> Iterator[Fault]:
        for name, value in self._snapshot.counts.get(level, {}).get(code, {}).items():
            yield from self._same(f"{where}.{name}", value, told.get(name))

    def _ranks(self, where: str, league: League, known: Mapping[str, dict[str, int]]) -> Iterator[Fault]:
        """Scores, ranks and ties, of the units that are not excluded and have cases enough."""
        terms = self._snapshot.terms.get(league.model.key, [])
        out = {row.place.code for row in league.rows if row.reason == "excluded"}
        scores = {code: score_of(terms, counts) for code, counts in known.items() if code not in out}
        due = self._snapshot.names.get("model.due", _DUE).split(",")
        ranked = {code: found for code, found in scores.items() if found is not None}
        order = rank_order(ranked, known, league.min_due, due)
        for row in league.rows:
            rank, tied, score = order.get(row.place.code, (None, False, None))
            yield from self._same(f"{where}.{row.place.code}.score", row.score, score)
            yield from self._same(f"{where}.{row.place.code}.rank", (row.rank, row.tied), (rank, tied))

    def _lists(self) -> Iterator[Fault]:
        for name, keys in self._told.listed.items():
            rows = self._snapshot.lists[name]
            yield from self._fact(f"list.{name}", len(keys))
            for row, key in zip(rows, keys_of([row.id for row in rows]).tolist() if rows else [], strict=True):
                if key not in keys:
                    yield Fault(f"list.{name}.{row.id}", "按事件重算不在此列")

    def _gaps(self) -> Iterator[Fault]:
        epoch = as_date(19700101)
        for code, days in self._snapshot.gaps:
            number = self._docket.region(code)
            for day in days:
                if (number, (as_date(day) - epoch).days) in self._told.there:
                    yield Fault(f"gaps.{code}", f"{day}有数据")


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return "、".join(_written(each) for each in value)
    return "—" if value is None else str(value)
