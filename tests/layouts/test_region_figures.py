import re

import pytest
from dash import dcc
from msgspec import structs

from dashboard.queries.drill_answers import TrendPoint
from layouts.figures import bars, funnel, heat, levels, stage_times, trend_line
from layouts.parts.analysis import distinct, length
from layouts.parts.numerals import count, decimal, percent, share
from tests.layouts.invented_region import BREAKDOWN
from tests.layouts.test_region_page import one, page, walk, words


@pytest.mark.parametrize(
    "written, said",
    [
        (percent(17154, 17182), "99.84"),
        (percent(999_999, 1_000_000), "99.99"),
        (percent(5, 5), "100.00"),
        (percent(0, 5), "0.00"),
        (percent(1, 0), "—"),
        (percent(None, 5), "—"),
        (percent(1, 8, 1), "12.5"),
        (percent(12345, 100_000, 2), "12.35"),
        (decimal(-1234.5, 0), "−1,235"),
        (decimal(0.125, 2), "0.13"),
        (count(None), "—"),
        (count(8214), "8,214"),
        (share(0.99996), "99.99"),
    ],
)
def test_numbers_are_written_as_the_design_asks(written: str, said: str) -> None:
    assert written == said


def test_lengths_of_time() -> None:
    assert [length("zh-CN", minutes) for minutes in (None, 12.4, 59.0, 60.0, 1310.0)] == [
        "—",
        "12 分",
        "59 分",
        "1.0 时",
        "21.8 时",
    ]


def test_bars_of_the_same_name_stay_apart() -> None:
    items = distinct([bars.Item("其他", 2, "2"), bars.Item("其他", 1, "1")])
    assert len({item.words for item in items}) == 2


def test_figures_use_no_pie_no_green_and_readable_type() -> None:
    item = bars.Item("a", 1, "1", "/x", True)
    drawn = [
        bars.lying([item]),
        bars.standing([item]),
        funnel.figure([item]),
        levels.figure([levels.Level("a", 2, 1, "50")]),
        stage_times.figure([stage_times.Stage("a", None, None, "—")]),
        heat.figure([[0] * 24] * 7, ["d"] * 7, [[""] * 24] * 7),
        trend_line.figure([trend_line.Point("10-01", None, "—", 0, "/x")], 98.0, 90.0),
    ]
    for figure in drawn:
        text = figure.to_json()
        assert '"pie"' not in text and "#0B6B50" not in text
        assert all(int(size) >= 12 for size in re.findall(r'"font":\{[^}]*"size":(\d+)', text))
        assert figure.layout.dragmode is False


def test_a_day_without_due_cases_is_a_gap_and_the_target_is_dashed() -> None:
    points = [trend_line.Point("1", 98.0, "98.00", 5, ""), trend_line.Point("2", None, "—", 5, "")]
    rates, promised, accepted = trend_line.figure(points, 98.0, 90.0).data
    assert rates.connectgaps is False and list(rates.y) == [98.0, None]
    assert promised.line.dash == "dash" and list(accepted.y) == [5, 5]


@pytest.mark.parametrize("lowest", [97.0, 0.0])
def test_a_mark_at_a_hundred_percent_is_drawn_whole(lowest: float) -> None:
    """Marks are 7 px, the part of the chart above is about 100 px high."""
    axis = trend_line.figure([trend_line.Point("10-01", 100.0, "100.00", 1, "")], None, lowest).layout.yaxis
    begin, top = axis.range
    assert begin == lowest and (top - 100) / (top - lowest) > 0.035


def test_a_rate_that_is_not_final_is_drawn_hollow_and_counts_have_no_halves() -> None:
    trend = [TrendPoint(20261001, 100, 99, 99, 98, 1), TrendPoint(20261002, 2, 1, 1, 1, 1)]
    built = page(breakdown=structs.replace(BREAKDOWN, trend=trend))
    figure = next(node.figure for node in walk(built) if isinstance(node, dcc.Graph) and node.id["name"] == "trend")
    assert list(figure.data[0].marker.line.width) == [0, 1.5] and "空心" in words(one(built, "chart-trend"))
    assert trend_line.figure([trend_line.Point("10-01", 100.0, "100.00", 1, "")], None, 97).layout.yaxis2.dtick == 1
