from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layouts.address import CASES, REGION, Address, parse_address

FIELDS = tuple(name for name in Address.__struct_fields__ if name != "path")
TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=12)


@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, TEXTS)), st.sampled_from([REGION, CASES]))
def test_an_address_that_is_shared_is_the_same_address(fields: dict[str, str], path: str) -> None:
    address = Address(path, **fields)
    parts = urlsplit(address.href)
    assert parse_address(parts.path, parts.query) == address


@given(st.fixed_dictionaries(dict.fromkeys(FIELDS, TEXTS)))
def test_what_people_type_cannot_leave_the_site_or_the_query(fields: dict[str, str]) -> None:
    parts = urlsplit(Address(REGION, **fields).href)
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("", "", REGION, "")
    assert {name for name, _ in parse_qsl(parts.query)} <= set(FIELDS)


def test_empty_fields_and_unknown_parameters_do_not_stand_in_it() -> None:
    address = parse_address(REGION, "?region=4302&category=&evil=1&period=2026-10")
    assert address.href == "/region?region=4302&period=2026-10"


def test_another_choice_begins_the_list_anew() -> None:
    address = Address(CASES, cursor="abc", category="01")
    assert address.to(category="02").cursor == ""
    assert address.to(lang="en", cursor=address.cursor).cursor == "abc"


def test_another_page_keeps_period_and_language_and_leaves_filters_behind() -> None:
    address = Address(REGION, region="4302", period="2026-10", category="01", sort="-deadline", lang="en")
    assert address.plain(CASES, region="43").href == "/cases?region=43&period=2026-10&lang=en"


def test_without_filters_place_period_and_shading_stay() -> None:
    address = Address(
        REGION,
        region="4302",
        period="2026",
        shade="open",
        category="1",
        channel="2",
        unit="3",
        state="open",
        hour="07",
        weekday="1",
    )
    assert address.without_filters() == Address(REGION, region="4302", period="2026", shade="open")


@pytest.mark.parametrize(
    "query, period",
    [
        ("from=2026-10-01&to=2026-10-09", "2026-10-01..2026-10-09"),
        ("from=2026-10-01&to=2026-10-09&period=2026-09", "2026-10-01..2026-10-09"),
        ("from=2026-10-01", ""),
        ("period=2026-Q4", "2026-Q4"),
    ],
)
def test_a_form_with_two_dates_is_a_period(query: str, period: str) -> None:
    assert parse_address(REGION, query).period == period


def test_the_selection_is_what_the_address_says() -> None:
    address = parse_address(REGION, "region=4302&period=2026-10&category=01&hour=07&weekday=3")
    found = address.selection
    assert (found.region, found.period, found.category, found.hour, found.weekday) == (
        "4302",
        "2026-10",
        "01",
        "07",
        "3",
    )
    assert found.filtered and not address.without_filters().selection.filtered
