"""A stored case as one line of a list: names instead of codes; of what is personal the title alone."""

from collections.abc import Iterable

import msgspec

from dashboard.domain.base import BaseData
from dashboard.domain.changes import CaseRow
from dashboard.domain.regions import STREET
from dashboard.queries.cases import case_state
from dashboard.queries.drill_answers import CaseLine
from dashboard.security.caller import Caller
from dashboard.security.masking import mask_text


def case_line(row: CaseRow, base: BaseData, now: int) -> CaseLine:
    """The case as it stands at ``now`` (epoch ms); codes that base data does not know stand for themselves."""
    category, unit = base.categories.get(row.category), base.units.get(row.unit)
    return CaseLine(
        id=row.id, title=row.title, state=case_state(row), stage=row.stage,
        region=row.region, places=places_of(row.region, base),
        category=row.category, category_name=row.category if category is None else category.name,
        channel=row.channel, unit=row.unit, unit_name=row.unit if unit is None else unit.name,
        accepted_at=row.accepted_at, handled_at=row.handled_at, closed_at=row.closed_at, deadline=row.deadline,
        overdue=row.waiting and row.deadline is not None and row.deadline < now,
        suspended=row.suspended, supervised=row.open and row.supervised_at is not None, score=row.score,
        places_en=places_of(row.region, base, english=True),
        category_en=row.category if category is None else category.name_en or category.name,
        unit_en=row.unit if unit is None else unit.name_en or unit.name,
    )  # fmt: skip


def places_of(region: str, base: BaseData, english: bool = False) -> list[str]:
    """Names from the street down to the region; its own alone above the street, its code where it is not known."""
    tree = base.tree
    node = tree.latest.get(region)
    if node is None:
        return [region] if region else []
    below = [n for n in reversed(tree.chain(node)) if tree.level[n] >= STREET]
    return [tree.regions[n].called(english) for n in below or [node]]


def lines_for(caller: Caller, lines: Iterable[CaseLine]) -> list[CaseLine]:
    """Lines as a caller may read them: citizens write numbers of phones and houses into titles."""
    return [line_for(caller, line) for line in lines]


def line_for(caller: Caller, line: CaseLine) -> CaseLine:
    """One line as a caller may read it."""
    return line if caller.may("personal") else msgspec.structs.replace(line, title=mask_text(line.title))


def finds_titles(caller: Caller, q: str) -> bool:
    """Whether a search may look into titles: whoever sees them masked could guess a number digit by digit."""
    return caller.may("personal") or not any(sign.isdigit() for sign in q)
