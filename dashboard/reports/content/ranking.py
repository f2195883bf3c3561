"""三、排名情况: for each level who leads, who is behind, who moved, who is not ranked and why."""

from collections.abc import Iterable, Sequence

from dashboard.queries.score_answers import LeagueRow
from dashboard.reports.content.head import whole
from dashboard.reports.content.material import Material, date, joined, name, paragraph
from dashboard.reports.content.ranking_tables import key_of, reason
from dashboard.reports.content.standings import Group, Placed, groups_of
from dashboard.reports.document import Block, Num, Run, Words
from dashboard.reports.snapshot import Own
from dashboard.reports.wording import Filling

ALL = 6
"""Groups of so many units are told as a whole."""
NAMED = 3
"""How many units a sentence names before it says 等."""
GROUPS = 4
"""A level of more groups is told by its lead and its annex: the text of a 通报 stays within some 4,000 characters."""
NUMERALS = "一二三四五六七八九十"


def ranking(m: Material) -> list[Block]:
    """The region's own place, then a paragraph for each level."""
    levels = [level for level in (*m.snapshot.levels, "unit") if _any(m, level)]
    found: list[Block] = [*paragraph(_own(m))]
    for place, level in enumerate(levels):
        found += _level(m, level, NUMERALS[place])
    return found


def _any(m: Material, level: str) -> bool:
    """Whether a level has any units, ranked or not; a city without communities is not told that none is good enough."""
    league = m.known.of_level(level)
    return league is not None and bool(league.rows)


def _level(m: Material, level: str, numeral: str) -> list[Block]:
    groups = groups_of(m.known, level, m.snapshot.groups | m.office.groups)
    sentences = [_lead(m, level), *_groups(m, level, groups), *_moves(m, level, groups), *_outside(m, level)]
    sentences = [*sentences, *_red_black(m, level, groups)]
    tables = [key for key in m.tables if key.startswith(f"ranking.{level}.")]
    if not any(sentences):
        return []
    see = m.say("ranking.see", annex=m.annex(tables[0]) if tables else None)
    lead = [Words(f"（{numeral}）", strong=True), Words(f"{level_name(m, level).text}排名。", strong=True, role="name")]
    return [*paragraph(lead, *sentences, see, evidence=tables)]


def level_name(m: Material, level: str) -> Words:
    """What the units of a level are called."""
    return name(str(getattr(m.office.level_names, level, level)))


def _lead(m: Material, level: str) -> list[Run]:
    ranked = m.num(f"league|{level}|ranked")
    if not m.value(ranked.fact):
        return m.say("ranking.none", level=level_name(m, level))
    every = m.num(f"league|{level}|all")
    median = m.num(f"league|{level}|median") if (m.value(ranked.fact) or 0) >= NAMED else None
    sentence = "ranking.lead.all" if m.value(every.fact) == m.value(ranked.fact) else "ranking.lead"
    return m.say(sentence, level=level_name(m, level), all=every, ranked=ranked, median=median)


def _groups(m: Material, level: str, groups: Sequence[Group]) -> Iterable[list[Run]]:
    for place, group in enumerate(groups if len(groups) <= GROUPS else (), 1):
        yield _standing(m, key_of(level, place), group)


def _standing(m: Material, key: str, group: Group) -> list[Run]:
    placed, word = group.placed, [name(group.name)] if group.name else None
    holes = {"group": word, "count": m.num(f"rows|{key}|rank|*"), "score": _cell(m, key, placed[0], "score")}
    if len(placed) == 1:
        return m.say("ranking.single", **holes, name=_name(placed[0]))
    if all(one.rank == 1 for one in placed):
        return m.say("ranking.tied", **holes, rank=_cell(m, key, placed[0], "rank"))
    if len(placed) <= ALL:
        return m.say("ranking.all", **holes, items=joined(_named(m, key, placed, "ranked")))
    top = m.office.top
    first = [one for one in placed if one.rank <= top]
    last = [one for one in placed if one.rank > len(placed) - top and one not in first] or _last(placed)
    named = joined(_named(m, key, first, "ranked")), joined(_named(m, key, last, "ranked.place"))
    return m.say("ranking.ends", **holes, top=named[0], bottom=named[1])


def _last(placed: Sequence[Placed]) -> list[Placed]:
    """Those who share the last place, where they are so many that it begins further up."""
    return [one for one in placed if one.rank == placed[-1].rank]


def _named(m: Material, key: str, placed: Sequence[Placed], sentence: str) -> list[list[Run]]:
    """Units one by one, those who share a place together where they are many."""
    found: list[list[Run]] = []
    for rank in dict.fromkeys(one.rank for one in placed):
        same = [one for one in placed if one.rank == rank]
        if len(same) > NAMED:
            found.append(_many(m, key, same))
        else:
            found += [_one(m, key, one, "ranked.tied" if one.tied else sentence) for one in same]
    return found


def _one(m: Material, key: str, placed: Placed, sentence: str) -> list[Run]:
    cells = {column: _cell(m, key, placed, column) for column in ("rank", "score", "due")}
    return m.say(sentence, name=_name(placed), place=_name(placed), **cells)


def _many(m: Material, key: str, same: Sequence[Placed]) -> list[Run]:
    holes = {column: _cell(m, key, same[0], column) for column in ("rank", "score")}
    count = m.num(f"rows|{key}|rank|{same[0].rank}")
    return m.say("ranked.many", items=joined([[_name(one)] for one in same[:NAMED]]), count=count, **holes)


def _name(placed: Placed) -> Words:
    return place_name(placed.row)


def place_name(row: LeagueRow) -> Words:
    """A unit's name in a text."""
    return name(row.place.name or row.place.code)


def _cell(m: Material, key: str, placed: Placed, column: str) -> Num:
    return m.num(f"cell|{key}|{placed.row.place.code}|{column}", "change" if column == "places" else "")


def _moves(m: Material, level: str, groups: Sequence[Group]) -> Iterable[list[Run]]:
    placed = [(key_of(level, place), one) for place, group in enumerate(groups, 1) for one in group.placed if one.moved]
    if not placed and _compared(m, level) and any(len(group.placed) > 1 for group in groups):
        yield m.say("ranking.steady", before=date(m.words.before))
    for way, sentence in ((1, "risen"), (-1, "fallen")):
        same = [pair for pair in placed if (pair[1].moved or 0) * way > 0]
        same.sort(key=lambda pair: -abs(pair[1].moved or 0))
        items = [
            m.say("moved.up" if way > 0 else "moved.down", name=_name(one), size=_cell(m, key, one, "places"))
            for key, one in same[:NAMED]
        ]
        count = m.num(f"moved|{level}|{sentence}") if len(same) > NAMED else None
        yield m.say(f"ranking.{sentence}", items=joined(items), count=count)


def _compared(m: Material, level: str) -> bool:
    """Whether anybody had a rank in the period before."""
    known = m.snapshot.before_leagues.get(level)
    return known is not None and any(row.rank is not None for row in known.rows)


def _outside(m: Material, level: str) -> Iterable[list[Run]]:
    """Who is not ranked: too few cases, none, excluded with a reason."""
    league = m.known.of_level(level)
    rows = [] if league is None else [row for row in league.rows if row.rank is None]
    limit = m.num(f"league|{level}|min_due")
    for why, sentence in (("few", "ranking.few"), ("none", "ranking.idle")):
        same = [row for row in rows if row.reason == why]
        count = m.num(f"league|{level}|{why}") if len(same) > NAMED else None
        yield m.say(sentence, items=joined([[place_name(row)] for row in same[:NAMED]]), count=count, min_due=limit)
    for row in [row for row in rows if row.reason == "excluded"][:NAMED]:
        yield m.say("ranking.excluded", name=place_name(row), reason=name(reason(row), 60))


def _own(m: Material) -> list[Run]:
    """Where the report's own region stands among its peers in the whole city: the first thing in an excerpt."""
    own = m.snapshot.own
    if not own:
        return []
    place, row = place_name(own.row), own.row
    if row.rank is not None:
        return m.say("ranking.own.tied" if row.tied else "ranking.own", place=place, **_own_place(m, own))
    if row.reason == "excluded":
        return m.say("ranking.excluded", name=place, reason=name(reason(row), 60))
    sentence = "ranking.own.few" if row.reason == "few" else "ranking.own.idle"
    return m.say(sentence, place=place, due=m.num("own|due"), min_due=m.num("own|min_due"))


def _own_place(m: Material, own: Own) -> dict[str, Filling]:
    """``up`` or ``down`` only where it moved by more than chance, ``steady`` where it had a place and did not."""
    row, before, moved = own.row, date(m.words.before), own.row.change or 0
    sure, size = row.low == row.high, m.num("own|moved", "change")
    return {
        "area": whole(own.under), "group": name(own.group) if own.group else level_name(m, row.place.level),
        "count": m.num("own|ranked"), "score": m.num("own|score"), "rank": m.num("own|rank"),
        "low": None if sure else m.num("own|low"), "high": None if sure else m.num("own|high"), "before": before,
        "up": size if moved > 0 else None, "down": size if moved < 0 else None,
        "steady": before if own.was is not None and not moved else None,
    }  # fmt: skip


def _red_black(m: Material, level: str, groups: Sequence[Group]) -> Iterable[list[Run]]:
    """红黑榜 where the office has turned it on."""
    office = m.office.red_black
    if not office.on or level not in office.levels:
        return
    red, black = [], []
    for place, group in enumerate(groups, 1):
        key, size = key_of(level, place), len(group.placed)
        if size == 1:  # a first place among one says nothing
            continue
        red += _named(m, key, [one for one in group.placed if one.rank <= office.red], "ranked")
        worst = [one for one in group.placed if one.rank > max(size - office.black, office.red)]
        black += _named(m, key, worst, "ranked.place")
    yield m.say("ranking.red", items=joined(red))
    yield m.say("ranking.black", items=joined(black))
