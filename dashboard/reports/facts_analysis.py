"""What came in: channels, kinds, categories, hot grids, hours of the day, and complaints that come back."""

from collections.abc import Iterable, Mapping

from dashboard.domain.base import BaseData
from dashboard.domain.periods import DAY
from dashboard.domain.regions import LEVELS
from dashboard.queries.drill_counts import accepted_in
from dashboard.queries.score_league import period_before
from dashboard.reports.facts_counts import Corrected
from dashboard.reports.facts_totals import Question
from dashboard.reports.facts_view import under_way
from dashboard.reports.snapshot import Fact

TOP_CATEGORIES, TOP_GRIDS, TOP_REPEATS = 10, 10, 10
GRID = LEVELS.index("grid")
CELL = 0.001
"""Degrees: coordinates of a repeated complaint agree when rounded to about a hundred metres."""

Numbers = dict[int, int]
"""Acceptances by the number of a word or region, -1 where nothing is told."""


def analysis_facts(
    asked: Question, corrected: list[Corrected], base: BaseData, repeat_days: int
) -> tuple[dict[str, Fact], dict[str, str]]:
    """Facts of what came in (void cases too: sums are 受理数), each with its share, and names of their codes."""
    words, total = asked.view.words, _total(asked, corrected)
    facts: dict[str, Fact] = {}
    for prefix, column in (("channel", "channel"), ("kind", "kind"), ("main", "main")):
        counted = _accepted(asked, corrected, column)
        facts |= _shares(prefix, ((words.text(number), n) for number, n in counted.items()), total)
    categories = {words.text(number): n for number, n in _accepted(asked, corrected, "category").items()}
    facts |= _shares("category", _top(categories, TOP_CATEGORIES), total)
    grids = {_code(asked, number): n for number, n in _accepted(asked, corrected, f"l{GRID}").items() if number >= 0}
    facts |= _shares("grid", _top(grids, TOP_GRIDS), total)
    hours = _accepted(asked, corrected, "hour")
    facts |= _shares("hour", ((f"{hour:02d}", hours.get(hour, 0)) for hour in range(24)), total)
    facts |= _before(asked, facts)
    repeats, names = repeat_facts(asked, base, repeat_days)
    return facts | repeats, names | _names(base, (key.split(".", 1) for key in facts))


def _before(asked: Question, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """``before.channel.KEY`` and ``before.category.CODE`` of the same keys; none where nothing came in at all, the
    system ran for a part of that period only, or a notice's own period is not over."""
    view, span = asked.view, period_before(asked.period)
    cohort, found = accepted_in(span, asked.where), dict[str, Fact]()
    for column in ("channel", "category"):
        query = f"SELECT {column}, count(*) FROM cases WHERE {cohort.sql} GROUP BY ALL"
        then = {view.words.text(number): int(n) for number, n in view.rows(query, cohort.values)}
        keys = (key for key in facts if key.startswith(f"{column}."))
        if then and asked.over and under_way(view, span.first, span.last):
            found |= {f"before.{key}": Fact(then.get(key.split(".", 1)[1], 0), "cases") for key in keys}
    return found


def _total(asked: Question, corrected: list[Corrected]) -> int:
    return sum(_accepted(asked, corrected, "0").values())


def _accepted(asked: Question, corrected: list[Corrected], by: str) -> Numbers:
    """Acceptances of the period, also of cases that became void."""
    cohort = accepted_in(asked.period, asked.where)
    query = f"SELECT {by}, count(*) FROM cases WHERE {cohort.sql} GROUP BY ALL ORDER BY 1"
    found = {-1 if number is None else int(number): int(n) for number, n in asked.view.rows(query, cohort.values)}
    for one in corrected:
        number = 0 if by == "0" else one.of[by]
        found[number] = found.get(number, 0) + one.correction.changes.get("accepted_flow", 0)
    return found


def _shares(prefix: str, counted: Iterable[tuple[str, int]], total: int) -> dict[str, Fact]:
    return {f"{prefix}.{key}": Fact(n, "cases", n, total) for key, n in sorted(counted) if n or prefix == "hour"}


def _top(counted: Mapping[str, int], most: int) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:most]


def _code(asked: Question, number: int) -> str:
    return asked.view.places.codes[number]


def _names(base: BaseData, keys: Iterable[list[str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for prefix, code in keys:
        if prefix in ("category", "main") and code in base.categories:
            found[code] = base.categories[code].name
        if prefix == "grid":
            found[code] = region_name(base, code)
    return found


_REPEATS = """
WITH placed AS (
    SELECT id, category, region, round(lon / {cell}) AS x, round(lat / {cell}) AS y, accepted_at, day,
           lag(accepted_at) OVER (PARTITION BY category, region, round(lon / {cell}), round(lat / {cell})
                                  ORDER BY accepted_at, id) AS earlier
    FROM cases WHERE {where} AND accepted_at >= {since} AND day <= {last} AND accepted = 1 AND lon IS NOT NULL
)
SELECT category, region, x, y, count(*) AS n FROM placed
WHERE day >= {first} AND accepted_at - earlier <= {window} GROUP BY ALL ORDER BY n DESC, category, region, x, y
"""


def repeat_facts(asked: Question, base: BaseData, days: int) -> tuple[dict[str, Fact], dict[str, str]]:
    """``repeat.cases``: cases of the period that came within ``days`` days of another of the same category in the same
    region whose coordinates are known and agree to ``CELL``; ``repeat.places``: how many such places; ``repeat.1`` ...
    the worst, whose names say which place and category."""
    window = days * DAY
    since = asked.days.start(asked.period.first) - window
    query = _REPEATS.format(
        cell=CELL, where=asked.where.sql, since=since, last=int(asked.period.last), first=int(asked.period.first),
        window=window,
    )  # fmt: skip
    words = asked.view.words
    rows = [
        (-int(n), words.text(category), _code(asked, region) if region >= 0 else "", x, y)
        for category, region, x, y, n in asked.view.rows(query, asked.where.values)
    ]
    rows.sort(key=lambda row: tuple(str(part) if i else part for i, part in enumerate(row)))
    facts = {
        "repeat.cases": Fact(-sum(row[0] for row in rows), "cases"),
        "repeat.places": Fact(len(rows), "number"),
        "repeat.days": Fact(days, "number"),
    }
    names: dict[str, str] = {}
    for number, (n, category, region, _, _) in enumerate(rows[:TOP_REPEATS], 1):
        facts[f"repeat.{number}"] = Fact(-n, "cases")
        names[f"repeat.{number}"] = f"{region_name(base, region)}“{_category_name(base, category)}”"
    return facts, names


def region_name(base: BaseData, code: str) -> str:
    """The name of a region; of a grid after that of what it lies in, for every community has a 第1网格."""
    node = base.tree.latest.get(code)
    if node is None:
        return code
    region = base.tree.regions[node]
    above = base.tree.latest.get(region.parent or "") if region.level >= GRID else None
    outer = "" if above is None else base.tree.regions[above].name
    return region.name if not outer or region.name.startswith(outer) else f"{outer}{region.name}"


def _category_name(base: BaseData, code: str) -> str:
    found = base.categories.get(code)
    return code if found is None else found.name
