"""Where a report's own region stands among all regions of its level in the whole city, without a word of the others."""

from collections.abc import Mapping, Sequence

import msgspec

from dashboard.queries.answers import Place
from dashboard.queries.score_answers import LeagueRow
from dashboard.queries.score_league import place_of
from dashboard.reports.facts_leagues import Judged, Stand, groups_of, league_of
from dashboard.reports.group_ranks import Group, Placed, earlier_ranks, groups_in
from dashboard.reports.snapshot import Own


def own_of(judged: Judged, level: str, root: str, code: str, groups: Mapping[str, str]) -> Own:
    """The standing of a region of ``level`` in the league of all of them under ``root``.

    ``judged`` asks for the cases of the whole city; its corrections are the report's own, so those of other regions are
    not in it. ``groups`` are an office's, by code: they come before those of base data.
    """
    stand, tree = league_of(judged, level, root), judged.base.tree
    under = place_of(tree.regions[tree.latest[root]])
    names = {**groups_of(judged.base, {level: stand.league}), **groups}
    found = groups_in(stand.league, stand.before, names, stand.counts, judged.model)
    row = next(row for row in stand.league.rows if row.place.code == code)
    for group in found:
        mine = next((one for one in group.placed if one.row.place.code == code), None)
        if mine is not None:
            return _placed(stand, under, group, mine, _members(stand.league.rows, names, group, code))
    return Own(row, under, "", 0, 0, None, stand.league.min_due)


def _members(rows: Sequence[LeagueRow], names: Mapping[str, str], group: Group, code: str) -> int:
    """How many regions a group has, those without a rank too."""
    mine = names.get(code, "")
    return sum(not group.name or names.get(row.place.code, "") == mine for row in rows)


def _placed(stand: Stand, under: Place, group: Group, mine: Placed, regions: int) -> Own:
    row = msgspec.structs.replace(
        mine.row, rank=mine.rank, tied=mine.tied, low=mine.low, high=mine.high, change=mine.moved
    )
    same = [one.row for one in group.placed] if group.name else stand.before.rows
    was = earlier_ranks(stand.before, {each.place.code for each in same}).get(row.place.code)
    return Own(row, under, group.name, len(group.placed), regions, was, stand.league.min_due)
