"""What later events changed of earlier issued reports, again: their cases judged by what was known then and since."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

import numpy as np

from dashboard.check.judging import Ints, Mask
from dashboard.check.ledger import Ledger
from dashboard.config import Rules
from dashboard.domain.periods import LocalDays, plus_days
from dashboard.domain.regions import LEVELS
from dashboard.queries.score_answers import LeagueRow
from dashboard.reports.recount_cases import Cases, Docket, cohort_flags, stocks
from dashboard.reports.recount_earlier import FLOWS
from dashboard.reports.recount_scores import rates, score_of
from dashboard.reports.restated_rows import ranked, row_key
from dashboard.reports.snapshot import Fact, Snapshot

STOCKS = {"overdue_open": "overdue", "due_soon": "due_soon", "open": "open", "suspended": "suspended",
          "supervised": "supervised"}  # fmt: skip
_SCOPE = tuple[str, str]
_Cells = tuple[object, object]
"""Frozen then and now, in plain values."""


class Restatements:
    """Differences of every earlier report, by unit and counter."""

    def __init__(
        self, docket: Docket, ledger: Ledger, snapshot: Snapshot, issued: Sequence[Snapshot], rules: Rules,
        days: LocalDays,
    ) -> None:  # fmt: skip
        self._docket, self._ledger, self._snapshot, self._days = docket, ledger, snapshot, days
        self._satisfied, self._soon = rules.satisfied_score, rules.due_soon
        whole = [one for one in issued if not one.asked.filters and one.cut.seq < snapshot.cut.seq]
        self._past = [(one, dict[_SCOPE, Counter[str]]()) for one in whole]

    def add(self, cases: Cases) -> None:
        """The cases of a bucket."""
        events = cases.events
        for earlier, found in self._past:
            before, by_then = events.seq <= earlier.cut.seq, events.time <= earlier.cut.time
            late = np.isin(events.key, np.unique(events.key[~before & by_then]))
            if late.any():
                for sign, known in ((-1, before), (1, before | by_then)):
                    self._count(found, sign, self._docket.judged(events.take(np.flatnonzero(late & known))), earlier)

    def _count(self, found: dict[_SCOPE, Counter[str]], sign: int, cases: Cases, earlier: Snapshot) -> None:
        begin, end = self._days.start(earlier.first), self._days.start(plus_days(earlier.last, 1))
        accepted, at = cases["accepted_at"], earlier.cut.time
        cohort = (accepted >= begin) & (accepted < end) & cases.chosen
        marks = {name: np.flatnonzero(which & cohort) for name, which in cohort_flags(cases, at).items()}
        marks |= {f"stock.{name}": np.flatnonzero(which & cases.chosen)
                  for name, which in stocks(cases, at, self._soon).items()}  # fmt: skip
        for name, flow in cases.judged.flows.items():
            inside = (flow.instant >= begin) & (flow.instant < end) & cases.chosen[flow.case]
            marks[name] = flow.case[inside]
            for score in range(1, 5) if name == "rated" else ():
                marks[f"rated_{score}"] = flow.case[inside & (flow.score == score)]
        for level, column, codes in self._columns(cases, earlier):
            for name, rows in marks.items():
                _add(found, sign, level, name, column[rows], codes)

    def _columns(self, cases: Cases, earlier: Snapshot) -> Iterator[tuple[str, Ints, Sequence[str]]]:
        yield "", cases.groups["0"], [""]
        for level in earlier.leagues:
            yield level, cases.groups[f"l{LEVELS.index(level)}"], self._docket.codes
        yield "unit", cases.groups["unit"], self._ledger.texts

    def told(self) -> Iterator[tuple[str, object, object]]:
        """(id, frozen, recounted) of every restatement that is in the snapshot or should be."""
        frozen = {(one.period, one.key): (_plain(one.then), _plain(one.now)) for one in self._snapshot.restated}
        expected: dict[tuple[str, str], _Cells] = {}
        for earlier, found in self._past:
            changes = chain(self._totals(earlier, found.get(("", ""), {})), self._rows(earlier, found))
            expected |= {(earlier.asked.period, key): cells for key, cells in changes}
        for period, key in sorted(frozen.keys() | expected.keys()):
            yield f"restated.{period}.{key}", frozen.get((period, key)), expected.get((period, key))

    def _totals(self, earlier: Snapshot, changed: Mapping[str, int]) -> Iterator[tuple[str, _Cells]]:
        if not any(changed.values()):
            return
        counts = {name.removeprefix("count."): int(fact.value or 0) + changed.get(name.removeprefix("count."), 0)
                  for name, fact in earlier.facts.items() if name.startswith("count.")}  # fmt: skip
        for key, (value, n, d) in self._figures(counts).items():
            then = earlier.fact(f"total.{key}")
            if (then.value, then.n, then.d) != (value, n, d):
                yield f"total.{key}", (_plain(then), (value, n, d))
        for key, state in STOCKS.items():
            if change := changed.get(f"stock.{state}", 0):
                then = earlier.fact(f"total.{key}")
                yield f"total.{key}", (_plain(then), (int(then.value or 0) + change, None, None))

    def _rows(self, earlier: Snapshot, found: Mapping[_SCOPE, Mapping[str, int]]) -> Iterator[tuple[str, _Cells]]:
        for level, league in ranked(earlier):
            for row in league.rows:
                changed = found.get((level, row.place.code), {})
                then = earlier.counts.get(level, {}).get(row.place.code)
                if then and any(changed.values()):
                    yield from self._cells(earlier, level, row, then, changed)

    def _cells(
        self, earlier: Snapshot, level: str, row: LeagueRow, then: Mapping[str, int], changed: Mapping[str, int]
    ) -> Iterator[tuple[str, _Cells]]:
        now = {name: n + changed.get(name, 0) for name, n in then.items()}
        both = self._figures(then), self._figures(now)
        for field in ("due_to_close", "on_time_rate", "closure_rate", "rework_rate", "satisfaction"):
            if both[0][field] != both[1][field]:
                yield row_key(level, row.place.code, field), (both[0][field], both[1][field])
        hundredths = score_of(earlier.terms.get(earlier.model.key, []), self._full(now))
        new = hundredths / 100 if hundredths is not None and row.rank is not None else None
        if new != row.score:
            yield row_key(level, row.place.code, "score"), ((row.score, None, None), (new, None, None))

    def _full(self, counts: Mapping[str, int]) -> dict[str, int]:
        return {**counts, "satisfied": sum(counts[f"rated_{score}"] for score in range(self._satisfied, 5))}

    def _figures(self, counts: Mapping[str, int]) -> dict[str, tuple[float | None, int | None, int | None]]:
        counts = self._full(counts)
        due = counts["handled_due"] + counts["overdue_cohort"]
        plain = {key: counts[name] for key, name in FLOWS.items()}
        plain |= {"due_to_close": due, "no_deadline": counts["no_deadline"], "closed_late": counts["late"]}
        found: dict[str, tuple[float | None, int | None, int | None]] = {key: (n, n, None) for key, n in plain.items()}
        return found | {key: (n / d if d else None, n, d) for key, (n, d) in rates(counts).items()}


def _plain(fact: Fact) -> tuple[float | None, int | None, int | None]:
    return fact.value, fact.n, fact.d


def _add(
    found: dict[_SCOPE, Counter[str]], sign: int, level: str, name: str, groups: Ints, codes: Sequence[str]
) -> None:
    known: Mask = groups >= 0
    for group, n in zip(*(part.tolist() for part in np.unique(groups[known], return_counts=True)), strict=True):
        found.setdefault((level, codes[group]), Counter())[name] += sign * n
