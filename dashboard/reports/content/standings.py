"""The ranking groups of a level of a snapshot."""

from collections.abc import Mapping

from dashboard.reports.content.known import Known
from dashboard.reports.group_ranks import Group, Placed, groups_in, model_of

__all__ = ["Group", "Placed", "groups_of", "model_of"]


def groups_of(known: Known, level: str, groups: Mapping[str, str]) -> list[Group]:
    """The groups of a level; ``groups`` are names by code."""
    league, snapshot = known.of_level(level), known.snapshot
    if league is None:
        return []
    before, counts = snapshot.before_leagues.get(level), snapshot.counts.get(level, {})
    return groups_in(league, before, groups, counts, model_of(snapshot))
