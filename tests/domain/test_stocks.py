import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.changes import CaseRow
from dashboard.domain.events import CaseEvent
from dashboard.domain.life_cycle import fold
from dashboard.domain.regions import Region, RegionTree
from dashboard.domain.stocks import STOCKS, Stock, due_soon, open_cases, overdue, stock_counts, stocks_by_node
from tests.domain.happenings import CONTEXT, DAYS, at, event, folded, streams

TREE = RegionTree([Region("c", "市", 0), Region("r1", "甲", 1, "c"), Region("r2", "乙", 1, "c")])


def node_of(code: str, day: int) -> int:
    return TREE.latest.get(code, 0)


def test_overdue_begins_after_the_deadline_and_due_soon_ends_with_it() -> None:
    row = folded(event("accepted", 0, due=200)).row(1)
    assert [overdue(row, at(minute)) for minute in (199, 200, 200.001)] == [False, False, True]
    assert [due_soon(row, at(minute), 120) for minute in (79, 80, 200, 201)] == [False, True, True, False]


def test_suspended_and_handled_cases_are_neither_overdue_nor_due_soon() -> None:
    for step in ("suspended", "handled", "closed", "cancelled"):
        row = folded(event("accepted", 0, due=200), event(step, 10)).row(1)
        assert not overdue(row, at(500)) and not due_soon(row, at(150), 120)


def test_stock_counts_by_hand() -> None:
    rows = [
        folded(event("accepted", 0, due=10), event("supervised", 1)).row(1),
        folded(event("accepted", 0, due=60), event("dispatched", 1)).row(2),
        folded(event("accepted", 0, due=10), event("dispatched", 1), event("suspended", 2)).row(3),
        folded(event("accepted", 0), event("dispatched", 1), event("handled", 2)).row(4),
        folded(event("accepted", 0), event("closed", 1)).row(5),
        folded(event("reported", 0)).row(6),
    ]
    assert stock_counts(rows, at(50)) == Stock(4, 1, 2, 1, 1, 1, 1, 1, 1)


@given(st.lists(streams(8), max_size=8), st.integers(0, 20_000))
def test_columns_count_like_rows(many: list[list[CaseEvent]], minute: int) -> None:
    rows = [fold(stream, CONTEXT).row(1) for stream in many]
    cases = open_cases(rows, DAYS, node_of)
    counted = stocks_by_node(cases, at(minute), 120, len(TREE))
    assert counted.shape == (len(TREE), len(STOCKS))
    whole = msgspec.structs.astuple(stock_counts(rows, at(minute)))
    assert tuple(TREE.totals(counted)[0]) == whole
    mine = [row for row in rows if row.region == "r1"]
    assert tuple(counted[TREE.latest["r1"]]) == msgspec.structs.astuple(stock_counts(mine, at(minute)))


def test_the_open_cases_of_a_cohort() -> None:
    rows = [folded(event("accepted", 1440 * day, due=1440 * day + 5)).row(1) for day in range(4)]
    cases = open_cases(rows, DAYS, node_of)
    assert list(cases.accepted_in(20261013, 20261014).accepted) == [20261013, 20261014]
    assert int(np.count_nonzero(cases.accepted_in(20261013, 20261015).overdue(at(2 * 1440)))) == 1


def test_no_cases_make_empty_columns() -> None:
    assert stocks_by_node(open_cases(list[CaseRow](), DAYS, node_of), 0, 120, 3).sum() == 0
