from pathlib import Path

import pytest

from dashboard.domain.models import COUNTS, counts_of, parse_model
from dashboard.domain.ranking import DEFAULT, score
from tests.domain.test_explain import known

SHIPPED = Path(__file__).parents[2] / "dashboard" / "score_models"
TEXT = """
[model]
key = "m"
version = "1"
zh = "按期"
en = "On time"

[[term]]
key = "on_time"
zh = "按期率"
en = "On time"
weight = 2.5
numerator = ["on_time"]
denominator = ["handled_due", "overdue_cohort"]
"""

# The worked month of one street: 125 accepted, 120 handled (108 on time), 3 overdue, so 123 due; 115 closed,
# 6 reworked, 5 extended.
MONTH = known(
    accepted=125, filed_flow=125, handled=120, handled_due=120, ever_handled=120, on_time=108, late=12,
    overdue_cohort=3, closed_due=115, closed=115, ever_closed=115, reworked=6, extended=5,
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "hundredths"), [("vendor-unit", 8939), ("department", 9001), ("five-rates", 9422), ("patrol", 9366)]
)
def test_shipped_models_score_the_worked_month(name: str, hundredths: int) -> None:
    model = parse_model((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"), name)
    assert model.key == name
    assert score(MONTH, model) == hundredths


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_models_are_complete_and_count_cases_only(path: Path) -> None:
    model = parse_model(path.read_text(encoding="utf-8"), path.name)
    assert sum(term.weight for term in model.terms) == 100
    assert all(term.zh and term.en and term.definition_zh and term.definition_en for term in model.terms)
    assert counts_of(model) <= set(COUNTS)


def test_the_default_counts_outcomes_of_cases_only() -> None:
    assert counts_of(DEFAULT) <= set(COUNTS) - {"extended"}


def test_a_share_earns_between_floor_and_full() -> None:
    model = parse_model(TEXT + "floor = 0.8\nfull = 0.9\n", "test")
    assert [score(known(handled_due=100, on_time=n), model) for n in (70, 80, 85, 90, 95)] == [
        0,
        0,
        5_000,
        10_000,
        10_000,
    ]


def test_less_is_better_where_inverted() -> None:
    model = parse_model(TEXT + "inverted = true\nfloor = 0.9\n", "test")
    assert [score(known(handled_due=100, on_time=n), model) for n in (0, 5, 10, 50)] == [10_000, 5_000, 0, 0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('numerator = ["on_time"]', 'numerator = ["check_ins"]', r"bad\.toml.*'on_time'.*check_ins"),
        ('numerator = ["on_time"]', 'numerator = ["moving"]', "moving"),
        ("weight = 2.5", "weight = -1", r"bad\.toml.*term\[0\]\.weight"),
        ("weight = 2.5", 'weight = "much"', r"term\[0\]\.weight"),
        ("weight = 2.5", "", "weight"),
        ('denominator = ["handled_due", "overdue_cohort"]', "", "denominator or bands"),
        ("weight = 2.5", "weight = 2.5\nbands = [[1, 2]]", "denominator or bands"),
        ("weight = 2.5", "weight = 2.5\nfloor = 0.9\nfull = 0.5", "floor"),
        ("weight = 2.5", "weight = 2.5\nfloor = 1.5", "floor"),
        ("weight = 2.5", "weight = 2.5\ncolour = 1", "colour"),
        ('key = "m"', 'key = "M M"', "model.key"),
        ('version = "1"', 'version = ""', "version"),
        ('zh = "按期"', 'zh = "按期"\ndue = ["nothing"]', "model.due.*nothing"),
        ("[model]", "[model", r"bad\.toml"),
        ("[[term]]", '[[term]]\nkey = "on_time"\nzh = "a"\nen = "a"\nweight = 1\nnumerator = ["late"]\n'
         'denominator = ["accepted"]\n[[term]]', "2 times"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_the_file(old: str, new: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_model(TEXT.replace(old, new, 1), "bad.toml")
