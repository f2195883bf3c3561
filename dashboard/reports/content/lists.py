"""五、超期、督办、挂账、三跨: how many, and where the lists are."""

from dashboard.reports.content.analysis import chart_of
from dashboard.reports.content.list_tables import LISTS, crossing, list_key
from dashboard.reports.content.material import Material, joined, paragraph
from dashboard.reports.document import Block, Chart

MOST = 3
"""Overdue cases of the unit with most of them from which on they are drawn."""


def lists(m: Material) -> list[Block]:
    """One sentence; the cases stand in the annex."""
    named = [name for name in LISTS if m.value(f"list.{name}")]
    if not named:
        return [*paragraph(m.say("lists.none", moment=m.moment(), name=crossing(m)))]
    items = [m.say(f"lists.{name}", count=m.num(f"list.{name}"), name=crossing(m)) for name in named]
    tables = [list_key(name) for name in named if list_key(name) in m.tables]
    annex = m.annex(tables[0]) if tables else None
    said = m.say("lists", moment=m.moment(), items=joined(items), annex=annex)
    return [*paragraph(said, evidence=tables), *_chart(m)]


def _chart(m: Material) -> list[Block]:
    """Who has most of what is overdue; ten units with one case each are no picture of anything."""
    drawn = chart_of(m, "overdue", "超期未办结较多的单位（件）", "bars")
    return [one for one in drawn if isinstance(one, Chart) and max(value or 0 for value in one.values) >= MOST]
