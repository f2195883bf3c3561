"""The place of a report's own region among its peers again: the whole league from counts, by the contract's words.

Nothing of a peer stands in the snapshot, so who is excluded and who belongs to which ranking group is read from
settings and base data as they are now.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from dashboard.domain.periods import Period
from dashboard.domain.regions import LEVELS
from dashboard.queries.score_league import period_before
from dashboard.reports.facts_view import Books
from dashboard.reports.group_ranks import UNGROUPED
from dashboard.reports.recount_orders import Known, Order, apart, drawn_again, order_of
from dashboard.reports.recount_scores import rates
from dashboard.reports.snapshot import Own, Snapshot

_FACTS = ("due", "overdue", "rated", "on_time_rate", "closure_rate", "rework_rate", "reopen_rate", "satisfaction")


@dataclass(frozen=True)
class Peers:
    """All regions of the level of a snapshot's own, with an office's own ranking groups by code."""

    books: Books
    snapshot: Snapshot
    named: Mapping[str, str]

    @cached_property
    def codes(self) -> list[str]:
        """Their codes."""
        tree = self.books.base().tree
        level = LEVELS.index(self.snapshot.place.level)
        return [code for code, node in tree.latest.items() if int(tree.level[node]) == level]

    def compared(self, now: Known, before: Known) -> Iterator[tuple[str, object, object]]:
        """(name, frozen, recounted) of everything that is said of the own region."""
        own, code = self.snapshot.own, self.snapshot.place.code
        assert isinstance(own, Own)
        told = {**self._figures(now[code]), **self._place(now, before, code)}
        row = own.row
        frozen = {
            **{key: getattr(row, key) for key in _FACTS if key != "rated"}, "rated": row.satisfaction_n,
            "rank": row.rank, "tied": row.tied, "score": row.score, "interval": (row.low, row.high),
            "change": row.change, "was": own.was, "group": own.group, "ranked": own.ranked, "regions": own.regions,
        }  # fmt: skip
        yield from ((key, frozen[key], told[key]) for key in frozen)

    @staticmethod
    def _figures(counts: Mapping[str, int]) -> dict[str, object]:
        due = counts["handled_due"] + counts["overdue_cohort"]
        shares = {key: n / d if d else None for key, (n, d) in rates(counts).items()}
        return {"due": due, "overdue": counts["overdue_cohort"], "rated": counts["rated"], **shares}

    def _place(self, now: Known, before: Known, code: str) -> dict[str, object]:
        period = Period(self.snapshot.first, self.snapshot.last, self.snapshot.asked.period)
        here, there = self._order(now, period), self._order(before, period_before(period))
        if code not in here.ranks:
            nowhere = dict.fromkeys(("rank", "score", "change", "was"))
            return {**nowhere, "tied": False, "interval": (None, None), "group": "", "ranked": 0, "regions": 0}
        group, members = self._group(here, code)
        ranked = [one for one in here.ranks if one in members]
        ranks, was = here.among(ranked), there.among(ranked if group else self.codes).get(code)
        rank = ranks[code]
        low, high = drawn_again(self.snapshot, here.scores, now, ranked)[code] if group else here.between[code]
        both = [one for one in ranked if one in there.ranks]
        won = there.among(both)[code] - here.among(both)[code] if was is not None else 0
        sure = was is not None and apart(here.between[code], there.between[code])
        sure = sure and apart(here.between_among(both, code), there.between_among(both, code))
        return {
            "rank": rank, "tied": list(ranks.values()).count(rank) > 1, "score": here.scores[code],
            "interval": (min(low, rank), max(high, rank)), "was": was, "group": group, "ranked": len(ranked),
            "change": won if won and sure else None, "regions": len(members),
        }  # fmt: skip

    def _order(self, known: Known, period: Period) -> Order:
        out = {one.region for one in self.books.settings.excluded if one.period in ("", period.text)}
        least = self.snapshot.own.min_due if self.snapshot.own else 0
        return order_of(self.snapshot, {code: known[code] for code in self.codes}, out, least)

    def _group(self, order: Order, code: str) -> tuple[str, set[str]]:
        """Name and members of its ranking group; the whole level where most ranked ones are alone in theirs."""
        names = {one: self._named(one) for one in self.codes}
        sizes = Counter(names[one] for one in order.ranks)
        alone = sum(size for size in sizes.values() if size == 1)
        if len(sizes) < 2 or 2 * alone > len(order.ranks):
            return "", set(self.codes)
        return names[code] or UNGROUPED, {one for one in self.codes if names[one] == names[code]}

    def _named(self, code: str) -> str:
        tree = self.books.base().tree
        region = tree.regions[tree.latest[code]]
        return self.named.get(code) or region.group or region.kind

