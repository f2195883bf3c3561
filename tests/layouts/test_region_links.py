"""Where the marks of a region page's charts lead."""

import pytest
from dash import dcc

from layouts.address import parse_address
from tests.layouts.test_region_page import page, walk


@pytest.mark.parametrize("query", ["hour=07&weekday=3", "hour=7&weekday=03"])
def test_the_hour_that_is_chosen_is_taken_away_by_a_click(query: str) -> None:
    hrefs = next(
        node.figure.data[0].customdata
        for node in walk(page(f"category=01&{query}"))
        if isinstance(node, dcc.Graph) and node.id["name"] == "heat"
    )
    kept = [parse_address("/region", href.partition("?")[2]) for row in hrefs for href in row]
    chosen = kept[2 * 24 + 7]
    assert (chosen.hour, chosen.weekday, chosen.category) == ("", "", "01")
    assert [(one.weekday, one.hour) for one in kept if one is not chosen] == [
        (str(day), f"{hour:02d}") for day in range(1, 8) for hour in range(24) if (day, hour) != (3, 7)
    ]
