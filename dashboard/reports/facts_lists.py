"""Lists of single cases (超期、督办、挂账、三跨), days without data, and who stood last several periods running."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from dashboard.domain.base import BaseData
from dashboard.domain.periods import plus_days
from dashboard.domain.regions import STREET
from dashboard.queries.case_lines import case_line
from dashboard.queries.drill_answers import CaseLine
from dashboard.queries.drill_lines import ORDERS, page, total
from dashboard.queries.drill_where import Condition, in_state, inside
from dashboard.queries.score_answers import League
from dashboard.reports.facts_totals import Question
from dashboard.reports.snapshot import Fact
from dashboard.security.masking import mask_text

STATES = ("overdue", "supervised", "suspended")
CROSSING = "crossing"
BOTTOM = 3
"""Places of a group that count as its last ones, at most a third of it."""


def lists_of(
    asked: Question, base: BaseData, length: int, crossing: str
) -> tuple[dict[str, list[CaseLine]], dict[str, Fact]]:
    """The first ``length`` cases of each list, the longest overdue first, and how many each has.

    Stocks are those at the cut-off, whenever the cases were accepted; ``crossing`` are the cases with that tag that
    were accepted in the period or are open. Titles are masked: a report circulates.
    """
    lists: dict[str, list[CaseLine]] = {}
    facts: dict[str, Fact] = {}
    for name, where in _conditions(asked, crossing).items():
        rows, _ = page(asked.view, where, ORDERS["deadline"], "", length)
        lists[name] = [_masked(case_line(row, base, asked.cut.time)) for row in rows]
        n = total(asked.view, where)
        facts[f"list.{name}"] = Fact(n, "cases", n)
    return lists, facts


def _conditions(asked: Question, crossing: str) -> dict[str, Condition]:
    soon = asked.soon
    found = {state: in_state(asked.where, state, asked.cut.time, soon) for state in STATES}
    numbers = ",".join(map(str, tagged(asked, crossing)))
    there = "(stage BETWEEN 1 AND 3 OR stage = 4 AND day BETWEEN ? AND ?)"
    some = f"tags IN ({numbers})" if numbers else "false"
    return found | {CROSSING: asked.where.also(f"{some} AND {there}", asked.period.first, asked.period.last)}


def tagged(asked: Question, tag: str) -> list[int]:
    """Numbers of the texts of tags that hold a tag."""
    rows = asked.view.rows("SELECT DISTINCT tags FROM cases ORDER BY 1")
    return [number for (number,) in rows if tag in asked.view.words.text(number).split(",")]


def _masked(line: CaseLine) -> CaseLine:
    return msgspec.structs.replace(line, title=mask_text(line.title))


def gaps_of(asked: Question, base: BaseData, top: str) -> list[tuple[str, list[int]]]:
    """Days of the period on which nothing at all happened to any case of a street (or of ``top``, where it is no higher
    or has no streets), by street in the order of the tree. Days after the cut-off are none. Of a choice of cases it is
    asked about all: a day without any of that kind lacks no data."""
    tree, node = base.tree, base.tree.latest[top]
    level = max(STREET, int(tree.level[node]))
    codes = [tree.regions[n].code for n in tree.at_level(level, node)]
    if not codes:
        level, codes = int(tree.level[node]), [top]
    last = min(asked.period.last, asked.days.day(asked.cut.time))
    where = inside(asked.view, base.tree, top)
    query = f"SELECT DISTINCT l{level}, on_day FROM flows WHERE on_day BETWEEN ? AND ? AND {where.sql}"
    there = set(asked.view.rows(query, (asked.period.first, last, *where.values)))
    numbers = asked.view.places.number
    missing = ((code, [day for day in _days(asked.period.first, last) if (numbers.get(code), day) not in there])
               for code in codes)  # fmt: skip
    return [(code, days) for code, days in missing if days]


def _days(first: int, last: int) -> list[int]:
    found = []
    while first <= last:
        found.append(first)
        first = plus_days(first, 1)
    return found


def bottom_of(series: Sequence[League | None], groups: Mapping[str, str]) -> list[str]:
    """Codes that stood in the last places of their group in every one of these leagues (newest first), in order of the
    newest; none where a league is not known."""
    known = [league for league in series if league is not None]
    if not known or len(known) < len(series):
        return []
    last = [set(_last_places(league, groups)) for league in known]
    return [row.place.code for row in known[0].rows if all(row.place.code in places for places in last)]


def _last_places(league: League, groups: Mapping[str, str]) -> Iterable[str]:
    by_group: dict[str, list[tuple[int, str]]] = {}
    for row in league.rows:
        if row.rank is not None:
            by_group.setdefault(groups.get(row.place.code, ""), []).append((row.rank, row.place.code))
    for members in by_group.values():
        places = min(BOTTOM, len(members) // 3)
        if places:
            limit = sorted(rank for rank, _ in members)[-places]
            yield from (code for rank, code in members if rank >= limit)
