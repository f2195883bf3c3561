"""Names are invented, plentiful and masked where they would be somebody's."""

import re
from itertools import islice

import numpy as np

from data_sources.simulator.categories import KINDS, category_rows
from data_sources.simulator.names import people, phones, stems


def test_stems_do_not_repeat_until_the_pool_is_used_up_and_never_end() -> None:
    found = [zh for zh, _ in islice(stems(np.random.default_rng(1)), 3000)]
    assert len(set(found[:1000])) == 1000
    assert len(found[-1]) == 3
    assert not {"枫溪", "翠湖", "松岗"} & set(found)


def test_phone_numbers_are_masked() -> None:
    assert all(re.fullmatch(r"1\d\d\*{4}\d{4}", number) for number in phones(np.random.default_rng(1), 50))


def test_people_have_two_or_three_characters() -> None:
    assert {len(name) for name in people(np.random.default_rng(1), 200)} == {2, 3}


def test_categories_are_a_tree_of_two_levels_with_limits_below() -> None:
    rows = {row.code: row for row in category_rows()}
    below = [row for row in rows.values() if row.parent]
    assert len(below) == len(KINDS) >= 55
    assert all(row.parent in rows and row.limit_minutes and row.clock in ("work", "natural") for row in below)
    assert all(row.name_en for row in rows.values())


def test_titles_are_short_with_a_few_long_ones() -> None:
    lengths = [len(title) for kind in KINDS for title in kind.titles]
    assert np.mean(np.array(lengths) <= 12) > 0.95
    assert 12 < max(lengths) <= 20
