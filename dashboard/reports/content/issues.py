"""六、存在问题: sentences of what is below its target, has become worse, or is gathered in one place; each names the
tables or cases that it rests on. A person edits them; one that nothing speaks for is not written.
"""

from collections.abc import Callable, Iterable, Sequence

from dashboard.queries.score_answers import LeagueRow
from dashboard.reports.content.analysis import repeat_name
from dashboard.reports.content.analysis_tables import repeats
from dashboard.reports.content.known import exact, given
from dashboard.reports.content.list_tables import crossing, list_key
from dashboard.reports.content.material import Material, date, joined, paragraph
from dashboard.reports.content.ranking import NUMERALS, level_name, place_name
from dashboard.reports.document import Block, Num, Paragraph, Run, Words

NAMED = 3
FEWEST_REWORKED = 5
"""Cases of rework from which on a unit's rate is named."""
TWICE = 2
"""A unit's rework is named from so many times the whole's rate."""
RATES = "rates"
"""The table of totals, which sentences about the whole rest on."""
Written = tuple[list[Run], list[str]]
"""A sentence and its evidence."""


def issues(m: Material) -> list[Block]:
    """A paragraph for each kind of problem that there is, or that there is none. What rests on a table that an office
    leaves out is left out too."""
    told = [(title, [one for write in writers for one in write(m) if _rests(m, *one)]) for title, writers in PROBLEMS]
    found = [_theme(NUMERALS[place], *each) for place, each in enumerate(each for each in told if each[1])]
    if found or (m.value("total.due_to_close") or 0) < m.office.thresholds.cases:
        return list(found)
    compared = m.value("change.total.on_time_rate") is not None
    none = m.say("issue.none", before=date(m.words.before) if compared else None)
    return [*paragraph(none, evidence=[RATES])] if _rests(m, none, [RATES]) else []


def _rests(m: Material, said: list[Run], evidence: Sequence[str]) -> bool:
    """Whether there is a sentence and all of its evidence."""
    return bool(said and evidence) and all(key in m.tables for key in evidence)


def _theme(numeral: str, title: str, sentences: Sequence[Written]) -> Paragraph:
    """（一）办理时效。 with its sentences and all that they rest on."""
    lead: list[Run] = [Words(f"（{numeral}）{title}。", strong=True)]
    evidence = dict.fromkeys(key for _, keys in sentences for key in keys)
    return Paragraph([*lead, *(run for runs, _ in sentences for run in runs)], [*evidence])


def _on_time(m: Material) -> Iterable[Written]:
    return _below_target(m, "on_time_rate", "issue.on_time", m.office.thresholds.on_time)


def _satisfaction(m: Material) -> Iterable[Written]:
    return _below_target(m, "satisfaction", "issue.satisfaction", m.office.thresholds.satisfaction)


def _below_target(m: Material, key: str, sentence: str, target: float) -> Iterable[Written]:
    fact, goal = m.known.fact(f"total.{key}"), given(target, "share")
    rate, wanted = exact(fact), exact(m.known.fact(goal))
    if rate is None or wanted is None or (fact.d or 0) < m.office.thresholds.cases or rate >= wanted:
        return
    gap = m.num(f"less|{goal} - total.{key}", "points")
    yield m.say(sentence, value=m.num(f"total.{key}"), target=m.num(goal, "goal"), gap=gap), [RATES]


def _under(m: Material) -> Iterable[Written]:
    """Ranked units of a level below the target."""
    target = m.office.thresholds.on_time
    for level, rows in _levels(m):
        under = [row for row in rows if row.on_time_rate is not None and row.on_time_rate < target]
        items = [
            m.say("issue.under.one", name=place_name(row), rate=_cell(m, level, row, "on_time_rate"),
                  due=_cell(m, level, row, "due"))
            for row in sorted(under, key=lambda row: (row.on_time_rate or 0, row.place.code))[:NAMED]
        ]  # fmt: skip
        count = m.num(f"under|{level}|on_time_rate|{target:g}")
        word, goal = level_name(m, level), m.num(given(target, "share"), "goal")
        yield m.say("issue.under", level=word, target=goal, count=count, items=joined(items)), _tables(m, level)


def _levels(m: Material) -> Iterable[tuple[str, list[LeagueRow]]]:
    """Levels whose units are named one by one: the streets (else the first level) and the responsible units."""
    first = "street" if "street" in m.snapshot.leagues else next(iter(m.snapshot.levels), "")
    for level in (first, "unit"):
        league = m.known.of_level(level)
        if league is not None:
            yield level, [row for row in league.rows if row.rank is not None]


def _tables(m: Material, level: str) -> list[str]:
    return [key for key in m.tables if key.startswith(f"ranking.{level}.")]


def _cell(m: Material, level: str, row: LeagueRow, column: str) -> Num:
    """A unit's number wherever it stands among the tables of its level."""
    code = row.place.code
    key = next((key for key in _tables(m, level) if m.known.row(key, code) is not None), "")
    return m.num(f"cell|{key}|{code}|{column}")


def _overdue(m: Material) -> Iterable[Written]:
    """Three units that have much of what is overdue."""
    level = "street" if "street" in m.snapshot.leagues else next(iter(m.snapshot.levels), "")
    league = m.known.of_level(level)
    rows = [] if league is None else sorted(league.rows, key=lambda row: (-row.overdue, row.place.code))[:NAMED]
    if league is None or len(league.rows) <= NAMED or not rows or rows[-1].overdue < 2:
        return
    cells = [_cell(m, level, row, "overdue") for row in rows]
    key = " + ".join(cell.fact for cell in cells)
    share = m.num(f"share|{key} / overdue|{level}")
    if (m.known.fact(share.fact).value or 0) < m.office.thresholds.gathered:
        return
    items = [m.say("item.count", name=place_name(row), count=cell) for row, cell in zip(rows, cells, strict=True)]
    yield m.say("issue.overdue", items=joined(items), count=m.num(f"sum|{key}"), share=share), _tables(m, level)


def _categories(m: Material) -> Iterable[Written]:
    """Frequent categories that grew much."""
    table, limits = m.tables.get("categories"), m.office.thresholds
    grown = []
    for row in [] if table is None else table.rows:
        code, n, then = row[5], row[1], row[3]
        if then and then >= limits.cases and n >= limits.cases and n - then >= limits.growth * then:
            grown.append((then / n, code))
    for _, code in sorted(grown)[:NAMED]:
        growth = m.num(f"growth|category.{code} / before.category.{code}", "growth")
        word, count, before = m.name_of(code), m.num(f"category.{code}"), date(m.words.before)
        yield m.say("issue.category", name=word, count=count, before=before, growth=growth), ["categories"]


def _again(m: Material) -> Iterable[Written]:
    """返工, 重办: rates that rose."""
    for word in ("rework", "reopen"):
        key = f"total.{word}_rate"
        risen, cases = m.value(f"change.{key}") or 0, m.value(f"n|{key}") or 0
        if risen >= m.office.thresholds.worse and cases >= FEWEST_REWORKED:
            size = m.num(f"change.{key}", "points")
            yield m.say(f"issue.{word}", before=date(m.words.before), size=size, count=m.num(f"n|{key}")), [RATES]


def _rework_units(m: Material) -> Iterable[Written]:
    whole = m.value("total.rework_rate")
    for level, rows in _levels(m) if whole else ():
        found = [
            (row, _cell(m, level, row, "reworked")) for row in rows if (row.rework_rate or 0) >= TWICE * (whole or 0)
        ]
        many = [(row, cell) for row, cell in found if (m.value(cell.fact) or 0) >= FEWEST_REWORKED]
        many.sort(key=lambda pair: (-(pair[0].rework_rate or 0), pair[0].place.code))
        items = [
            m.say("issue.rework.one", name=place_name(row), rate=_cell(m, level, row, "rework_rate"), count=cell)
            for row, cell in many[:NAMED]
        ]
        yield m.say("issue.rework.units", level=level_name(m, level), items=joined(items)), _tables(m, level)


def _unhappy_units(m: Material) -> Iterable[Written]:
    goal, cases = m.office.thresholds.satisfaction, m.office.thresholds.cases
    for level, rows in _levels(m):
        found = [row for row in rows if (row.satisfaction or 1) < goal and row.satisfaction_n >= cases]
        found.sort(key=lambda row: (row.satisfaction or 0, row.place.code))
        items = [
            m.say("issue.rated.one", name=place_name(row), rate=_cell(m, level, row, "satisfaction"),
                  count=_cell(m, level, row, "rated"))
            for row in found[:NAMED]
        ]  # fmt: skip
        yield m.say("issue.satisfaction.units", level=level_name(m, level), items=joined(items)), _tables(m, level)


def _crossing(m: Material) -> Iterable[Written]:
    if m.value("list.crossing"):
        yield m.say("issue.crossing", name=crossing(m), count=m.num("list.crossing")), [list_key("crossing")]


def _repeats(m: Material) -> Iterable[Written]:
    for code in repeats(m)[:1]:
        if (m.value(f"repeat.{code}") or 0) >= m.office.thresholds.repeats:
            yield m.say("issue.repeat", name=repeat_name(m, code), count=m.num(f"repeat.{code}")), ["repeats"]


def _last(m: Material) -> Iterable[Written]:
    """Who stood last several periods running."""
    periods = m.num(given(m.office.freeze.bottom_periods))
    bottom = m.snapshot.bottom
    for level, codes in ((level, bottom[level]) for level in m.snapshot.levels if level in bottom):
        names = [[place_name(row)] for row in _rows(m, level) if row.place.code in codes]
        yield m.say("issue.last", items=joined(names[: 2 * NAMED]), periods=periods), _tables(m, level)


def _rows(m: Material, level: str) -> Sequence[LeagueRow]:
    league = m.known.of_level(level)
    return [] if league is None else league.rows


def _gaps(m: Material) -> Iterable[Written]:
    if m.value("gaps|places"):
        yield m.say("issue.gaps", count=m.num("gaps|places")), ["gaps"]


PROBLEMS: tuple[tuple[str, tuple[Callable[[Material], Iterable[Written]], ...]], ...] = (
    ("办理时效", (_on_time, _under, _overdue)),
    ("处置质量", (_again, _rework_units)),
    ("群众满意度", (_satisfaction, _unhappy_units)),
    ("高发和反复问题", (_categories, _repeats)),
    ("疑难案件", (_crossing,)),
    ("工作不平衡", (_last,)),
    ("数据完整性", (_gaps,)),
)
"""What is looked for, by kind, in the order in which it is told."""
