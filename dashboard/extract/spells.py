"""What a case was for a while and is no longer: handled, closed, suspended. Read off the flows of its fold."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from dashboard.domain.life_cycle import Case
from dashboard.domain.tallies import COLUMN
from dashboard.extract.layout import SPELL_SCHEMA, SPELLS

Spell = tuple[int, int, int]
"""Number in ``SPELLS``, first instant, first instant after it."""

_HANDLED_FLOW, _CLOSED_FLOW, _REOPENED_FLOW = COLUMN["handled_flow"], COLUMN["closed_flow"], COLUMN["reopened_flow"]
_UNDOING = {COLUMN["failed_check_flow"], COLUMN["returned_flow"]}
_HANDLED, _CLOSED, _SUSPENDED = range(len(SPELLS))


def spells(case: Case) -> Iterator[Spell]:
    """Ended spells; what is undone at the instant it began was never so. Flows stand in the order they were applied.

    A failed check or a return undoes the handling of a case that is not closed, reopening undoes both.
    """
    handled = closed = None
    for at, flow in case.flows:
        if flow == _HANDLED_FLOW:
            if handled is not None:
                yield _HANDLED, handled, at
            handled = at
        elif flow == _CLOSED_FLOW:
            closed = at
        elif flow == _REOPENED_FLOW and closed is not None:
            yield _CLOSED, closed, at
            closed = None
        if handled is not None and (flow == _REOPENED_FLOW or (flow in _UNDOING and closed is None)):
            yield _HANDLED, handled, at
            handled = None
    for began, ended in case.pauses:
        yield _SUSPENDED, began, ended


def spell_table(folds: Sequence[Case], cases: pa.Table) -> pa.Table:
    """``spells`` of cases, which stand row for row in the table of that name."""
    found = [(row, *spell) for row, case in enumerate(folds) for spell in spells(case)]
    of, state, began, ended = list(zip(*found, strict=True)) or [()] * 4
    own = {"state": state, "began": began, "ended": ended}
    shared = [name for name in SPELL_SCHEMA.names if name not in own]
    taken = cases.select(shared).take(pa.array(of, pa.int64()))
    return pa.Table.from_pydict({name: taken[name] for name in shared} | own, SPELL_SCHEMA)
