"""Whatever is missing, nothing, tied, endless or hostile: a report is composed, has no fault and reads as Chinese."""

import random
import re

import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dashboard.config import Rules
from dashboard.domain.indicators import Figures
from dashboard.domain.ranking import DEFAULT
from dashboard.domain.regions import Region
from dashboard.queries.score_answers import League
from dashboard.queries.score_league import league_rows, standing
from dashboard.reports.checks import faults
from dashboard.reports.content import compose
from dashboard.reports.document import Document, Paragraph
from dashboard.reports.office import Office
from dashboard.reports.reading import blocks_of
from dashboard.reports.snapshot import Fact, Snapshot
from tests.reports import invented

replace = msgspec.structs.replace
DOUBLE = re.compile(r"[，。；：、]{2,}|（）|“”|\(\)|\[\]|None|nan|inf|[{}]|—|为[。，；]|^[，。；、]")
"""What no text has: marks side by side, empty brackets, words of the program, holes, dashes for what is missing."""
FEW = settings(
    max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
UNITS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 2)), min_size=1, max_size=40)
KINDS = st.sampled_from(("month", "week", "quarter", "year", "excerpt", "notice"))


def sound(snapshot: Snapshot, office: Office | None = None) -> Document:
    document = compose(snapshot, office or Office())
    assert faults(document, snapshot) == []
    for place, block in blocks_of(document):
        text = "".join(run.text for run in block.runs) if isinstance(block, Paragraph) else ""
        assert not DOUBLE.search(text), f"{place}: {text}"
        assert not text or text.endswith("。"), f"{place}: {text}"
    return document


def compared(facts: dict[str, Fact]) -> dict[str, Fact]:
    """The facts with the differences that follow from them."""
    found = {key: fact for key, fact in facts.items() if not key.startswith("change")}
    for key, now in facts.items():
        for change, then in (("change", "before"), ("change_year", "year")):
            earlier = facts.get(f"{then}.{key}")
            if key.startswith("total.") and earlier is not None:
                found[f"{change}.{key}"] = invented.changed_by(now, earlier)
    return found


def small() -> Snapshot:
    """The invented month with few streets and no communities: quick to compose."""
    old = invented.snapshot()
    streets = old.leagues["street"]
    some = [row for row in streets.rows if row.place.code.startswith("990207") or row.rank is None]
    ranked = [row for row in some if row.rank is not None]
    rows = [replace(row, rank=place, tied=False) for place, row in enumerate(ranked, 1)]
    leagues = {"district": old.leagues["district"], "street": replace(streets, rows=[*rows, *some[len(rows):]])}
    counts = {"district": old.counts["district"], "unit": old.counts["unit"], "street": old.counts["street"]}
    kept = {row.place.code: counts["street"][row.place.code] for row in some}
    lists = {key: cases[:2] for key, cases in old.lists.items()}
    return replace(old, leagues=leagues, counts=counts | {"street": kept}, bottom={}, lists=lists, definitions=[])


@FEW
@given(seed=st.integers(0, 10**6), share=st.floats(0, 1), kind=KINDS)
def test_any_facts_may_be_missing(seed: int, share: float, kind: str) -> None:
    rng, old = random.Random(seed), small()
    whole = ("channel.", "kind.", "hour.", "list.", "total.due_to_close", "total.accepted", "total.overdue_open",
             "total.supervised", "total.suspended")  # fmt: skip
    kept = {key: fact for key, fact in old.facts.items() if key.startswith(whole) or rng.random() >= share}
    sound(replace(old, facts=compared(kept), asked=replace(old.asked, kind=kind)))


@FEW
@given(seed=st.integers(0, 10**6), share=st.floats(0, 1), kind=KINDS)
def test_any_values_may_be_unknown(seed: int, share: float, kind: str) -> None:
    rng, old = random.Random(seed), small()
    sums = ("channel.", "kind.", "hour.", "list.", "total.due_to_close", "total.accepted", "total.overdue_open",
            "total.supervised", "total.suspended")  # fmt: skip
    facts = {
        key: fact if key.startswith(sums) or rng.random() >= share else Fact(None, fact.unit)
        for key, fact in old.facts.items()
    }
    sound(replace(old, facts=compared(facts), asked=replace(old.asked, kind=kind)))


@FEW
@given(n=st.integers(0, 40), kind=KINDS)
def test_everything_may_be_nothing_or_little(n: int, kind: str) -> None:
    old = small()
    facts = {
        key: Fact(None, fact.unit, 0, 0) if fact.unit in ("share", "hours", "points") and not n
        else Fact(fact.value, fact.unit, fact.n, fact.d) if fact.unit in ("share", "hours", "points")
        else Fact(0, fact.unit, 0)
        for key, fact in old.facts.items()
    }  # fmt: skip
    came = ("total.accepted", "channel.patrol", "kind.event", "hour.09", "total.due_to_close")
    facts |= {key: Fact(n, "cases", n) for key in came}
    leagues = {"district": with_counts(old.leagues["district"], [n])}
    counts, asked = {"district": {"u0": counts_of(n)}}, replace(old.asked, kind=kind)
    bare = replace(old, facts=compared(facts), units=None, lists={}, before_leagues={}, groups={})
    sound(replace(bare, leagues=leagues, counts=counts, asked=asked))


def counts_of(due: int, good: int | None = None) -> dict[str, int]:
    """Counters of a unit with so many cases due, of which ``good`` went well."""
    good = due if good is None else good
    return {
        "accepted": due, "on_time": good, "handled_due": due, "overdue_cohort": 0, "closed_due": good,
        "reworked": due - good, "ever_handled": due, "reopened": 0, "ever_closed": good, "satisfied": good // 3,
        "rated": good // 3,
    }  # fmt: skip


def with_counts(old: League, due: list[int], good: list[int] | None = None) -> League:
    """A league of units with these cases due."""
    known = {f"u{n}": Figures(counts_of(cases, good[n] if good else None)) for n, cases in enumerate(due)}
    places = {code: Region(code, f"单位{'甲乙丙丁戊己庚辛壬癸'[n % 10]}", 1) for n, code in enumerate(known)}
    here = standing(known, DEFAULT, Rules(), {})
    return replace(old, rows=league_rows(here, here, places), median=here.ranking.median)


@FEW
@given(units=UNITS, grouped=st.booleans())
def test_any_ties_small_numbers_and_groups(units: list[tuple[int, int]], grouped: bool) -> None:
    old, due = small(), [cases for cases, _ in units]
    good = [max(0, cases - bad) for cases, bad in units]
    league = with_counts(old.leagues["district"], due, good)
    facts = old.facts | {"total.due_to_close": Fact(max(sum(due), 1), "cases")}
    groups = {f"u{n}": "甲组" if n % 3 else "乙组" for n in range(len(units))} if grouped else {}
    counts = {"district": {f"u{n}": counts_of(due[n], good[n]) for n in range(len(units))}}
    sound(replace(old, leagues={"district": league}, before_leagues={"district": league}, units=None, counts=counts,
                  groups=groups, facts=compared(facts)))  # fmt: skip


HOSTILE = st.text(
    alphabet=st.sampled_from("甲乙丙=+-@<>&\"'\\/|;\u202e\u200b\n\t\x07𠮷龘é0129% .,$#`~"), min_size=1, max_size=60
)


@FEW
@given(names=st.lists(HOSTILE, min_size=3, max_size=12), long=st.integers(0, 4000))
def test_hostile_and_endless_names(names: list[str], long: int) -> None:
    def word(old: str) -> str:
        return names[len(old) % len(names)] + old[:1] + "长" * (long if len(old) % 5 == 0 else 0)

    snapshot = invented.renamed(word)
    document = compose(snapshot, Office())
    assert faults(document, snapshot) == []
    for _, block in blocks_of(document):
        if isinstance(block, Paragraph):
            assert all("\n" not in run.text and len(run.text) <= 200 for run in block.runs)


@FEW
@given(seed=st.integers(0, 10**6))
def test_ids_may_hold_what_the_program_uses_itself(seed: int) -> None:
    """Codes with the signs of ids of facts."""
    rng, old = random.Random(seed), small()
    odd = [rng.choice(("a|b", "a + b", "x / y", "p.q.r", "", "cell|x", "0")) for _ in range(3)]
    facts = {key: fact for key, fact in old.facts.items() if not key.startswith(("category.", "grid.", "crew."))}
    facts |= {f"{prefix}.{code}": Fact(40, "cases", 40) for prefix in ("category", "grid") for code in odd}
    facts |= {f"crew.{code}.workers": Fact(3, "people") for code in odd}
    sound(replace(old, facts=facts))
