"""What the screen is of and when."""

from typing import Any

import numpy as np

from dashboard.boards.names import name, region_name
from dashboard.boards.scope import Scope
from dashboard.domain.periods import MINUTE
from dashboard.domain.regions import LEVELS


def meta(scope: Scope) -> dict[str, Any]:
    """Heading, counts of what lies under the region by level, and the state's number and time."""
    state, settings = scope.state, scope.state.settings
    city = name(settings.city_zh, settings.city_en)
    return {
        "region": scope.code,
        "name": city if scope.empty else region_name(scope.base.tree, scope.node),
        "level": LEVELS[scope.level],
        "root": scope.node == 0,
        "demo": settings.demo,
        "title": name(f"{settings.city_zh}网格化治理", f"{settings.city_en} grid governance"),
        "counts": [] if scope.empty else scope.watched.once("counts", scope.base.version, lambda: _counts(scope)),
        "zone_minutes": state.days.offset(state.time) // MINUTE,
        "time": state.time,
        "seq": state.seq,
        "version": scope.base.version,
        "speed": state.speed,
    }


def _counts(scope: Scope) -> list[list[str | int]]:
    """Regions under the scope by level; of a region with several versions only the newest counts."""
    tree = scope.base.tree
    levels = tree.level[scope.inside][1:]
    if len(tree.latest) != len(tree):
        newest = np.zeros(len(tree), np.bool_)
        newest[list(tree.latest.values())] = True
        levels = levels[newest[scope.inside][1:]]
    counts = np.bincount(levels, minlength=len(LEVELS)).tolist()
    return [[level, count] for level, count in zip(LEVELS, counts, strict=True) if count]
