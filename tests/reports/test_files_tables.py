"""How tables lie on pages, and what sets them."""

import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.reports.document import Column, Table
from dashboard.reports.files import typeset as setting
from dashboard.reports.files.grids import Grid, grids
from dashboard.reports.files.typeset import TypesettingFailed, typeset
from dashboard.reports.files.widths import PADDING, halves, width

HOURS = [Column("hour", "时段"), Column("accepted", "受理（件）", "cases")]
LIST = [
    Column("id", "案件编号"), Column("title", "事由"), Column("category", "类别"), Column("place", "地点"),
    Column("unit", "责任单位"), Column("accepted", "受理时间"), Column("deadline", "办理期限"),
]  # fmt: skip


def laid(columns: list[Column], rows: list[list[object]]) -> Grid:
    [[grid]] = grids([Table("t", "表", columns, rows)], turned=True)
    return grid


def case(number: int, title: str) -> list[object]:
    return [f"1-15220{number:05}", title, "乱倒垃圾清运", "某某社区居民委员会", "区综合执法大队",
            "2026-10-01 08:30", "2026-10-02 08:30"]  # fmt: skip


def test_many_narrow_rows_stand_in_two_columns_and_few_stay_on_one_page() -> None:
    hours = laid(HOURS, [[f"{n}时至{n + 1}时", n * 40] for n in range(24)])
    assert (hours.across, hours.together, hours.wide) == (2, False, False)
    few = laid(HOURS, [[f"{n}时至{n + 1}时", n * 40] for n in range(12)])
    assert (few.across, few.together) == (1, True)


def test_texts_that_take_several_lines_keep_the_page_s_width() -> None:
    days = laid([Column("place", "地方"), Column("days", "没有数据的日期")], [["某镇", "1月4日、" * 20]] * 24)
    assert days.across == 1


@pytest.mark.parametrize("count", [20, 200])
def test_names_of_categories_and_times_stay_on_one_line(count: int) -> None:
    grid = laid(LIST, [case(n, "沿街商铺占道经营并堆放杂物影响行人通行" * 2) for n in range(count)])
    for place in (2, 5, 6):
        assert width(grid.rows[0][place]) <= grid.widths[place] - PADDING + 0.01
    assert not grid.parted


def test_names_that_must_be_wrapped_are_set_small() -> None:
    columns = [*LIST, Column("over", "超期（小时）", "cases")]
    long = [[*case(n, "占道经营开挖未恢复楼主反映强烈"), 145] for n in range(9)]
    wide = [[*row[:3], "榆坪街道某某社区居民委员会第11网格", *row[4:]] for row in long]
    assert laid(columns, wide).size == 9.0
    prose = [[*row[:1], "占道经营开挖未恢复" * 4, *row[2:]] for row in wide]
    assert laid(columns, prose).size == 10.5


def test_a_heading_is_broken_before_its_bracket_or_in_the_middle() -> None:
    assert [halves(one) for one in ("名次", "办结率", "按期办结率", "应办结（件）")] == [
        ["名次"], ["办结率"], ["按期", "办结率"], ["应办结", "（件）"],
    ]  # fmt: skip


def test_only_a_row_that_a_page_cannot_hold_is_parted() -> None:
    assert laid(LIST, [case(1, "长" * 4000)]).parted
    assert not laid(LIST, [case(1, "长" * 100)]).parted


def test_what_cannot_be_set_is_said_in_one_line() -> None:
    with pytest.raises(TypesettingFailed, match=r"the pages cannot be set: .*unclosed delimiter"):
        typeset("#text(", {}, [], True)


def test_pages_are_set_where_nothing_but_typst_is_loaded() -> None:
    told = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='set'); print('dashboard' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", told, str(Path(setting.__file__))], capture_output=True, text=True
    )
    assert done.stdout.strip() == "False", done.stderr
    pages = typeset("#set page(width: 10pt, height: 10pt)\na#pagebreak()b", {}, [], True, format="png", ppi=72.0)
    assert [page[:4] for page in pages] == [b"\x89PNG"] * 2
