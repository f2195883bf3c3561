"""Codes and names for the regions of a ``Land``: districts, streets and townships, communities and villages, grids."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from dashboard.domain.regions import LEVELS, Region
from data_sources.simulator.geography import Land
from data_sources.simulator.names import stems
from data_sources.simulator.scales import Scale

Named = tuple[str, str, str, str]
"""Name, English name, kind, ranking group."""
_DIGITS = {"district": 2, "street": 3, "community": 3, "grid": 3, "microgrid": 3}
_KIND_EN = {
    "区": "District", "县": "County", "市": "City", "街道": "Subdistrict", "镇": "Town", "乡": "Township",
    "社区": "Community", "村": "Village",
}
_SPECIAL = (
    ("商圈", "Business Quarter"), ("产业园", "Industrial Park"), ("商务楼宇", "Office Towers"), ("学园", "Campus"),
)


def regions(
    scale: Scale, land: Land, rng: np.random.Generator, districts: Sequence[tuple[str, str]] | None = None
) -> list[list[Region]]:
    """The root alone, then every level under it in the order of ``land``. ``districts``: given codes and names."""
    levels = [[Region(scale.code, scale.name, LEVELS.index(scale.root), name_en=scale.name_en)]]
    words = stems(rng)
    for index, level in enumerate(land.levels):
        above = levels[-1]
        codes = _codes([r.code for r in above], land.parents[index], _DIGITS[level])
        named = list(_names(level, scale, land, index, above, words))
        rows = [
            Region(code, name, LEVELS.index(level), above[parent].code, kind, group, name_en)
            for code, (name, name_en, kind, group), parent in zip(
                codes, named, land.parents[index].tolist(), strict=True)
        ]
        if level == "district" and districts is not None:
            rows = [
                replace(r, code=c, name=n, name_en="", kind=n[-1]) for r, (c, n) in zip(rows, districts, strict=True)
            ]
        levels.append(rows)
    return levels


def _codes(above: list[str], parents: NDArray[np.intp], digits: int) -> list[str]:
    firsts = np.searchsorted(parents, parents)
    numbers = np.arange(len(parents)) - firsts + 1
    return [f"{above[parent]}{n:0{digits}d}" for parent, n in zip(parents.tolist(), numbers.tolist(), strict=True)]


def _names(
    level: str, scale: Scale, land: Land, index: int, above: list[Region], words: Iterator[tuple[str, str]]
) -> Iterator[Named]:
    if level in ("grid", "microgrid"):
        return _grid_names(level, scale, land, index, words)
    kinds = _settlement_kinds(level, land, index, above)
    return (_settlement(level, kind, next(words)) for kind in kinds)


def _settlement(level: str, kind: str, word: tuple[str, str]) -> Named:
    group = ("街道" if kind == "街道" else "乡镇") if level == "street" else ""
    return word[0] + kind, f"{word[1]} {_KIND_EN[kind]}", kind, group


def _settlement_kinds(level: str, land: Land, index: int, above: list[Region]) -> list[str]:
    """Kinds by size: the smaller the region among its like, the more urban."""
    size = np.argsort(np.argsort(shapely.area(land.shapes[index]))) / len(land.shapes[index])
    if level == "district":
        return [("区" if s < 0.55 else "市" if s < 0.66 else "县") for s in size.tolist()]
    if level == "street":
        return [("街道" if s < 0.48 else "镇" if s < 0.86 else "乡") for s in size.tolist()]
    kinds = [above[parent].kind for parent in land.parents[index].tolist()]
    return [
        "社区" if kind == "街道" or (kind == "镇" and s < 0.5) else "村"
        for kind, s in zip(kinds, size.tolist(), strict=True)
    ]


def _grid_names(
    level: str, scale: Scale, land: Land, index: int, words: Iterator[tuple[str, str]]
) -> Iterator[Named]:
    parents = land.parents[index]
    numbers = (np.arange(len(parents)) - np.searchsorted(parents, parents) + 1).tolist()
    kinds = grid_kinds(scale, shapely.area(land.shapes[index])) if level == "grid" else [""] * len(parents)
    for number, kind in zip(numbers, kinds, strict=True):
        if kind == "专属":
            (zh, en), (what, what_en) = next(words), _SPECIAL[number % len(_SPECIAL)]
            yield f"{zh}{what}专属网格", f"{en} {what_en}", kind, ""
        elif level == "grid":
            yield f"第{number}网格", f"Grid {number}", kind, ""
        else:
            yield f"{number}号微网格", f"Micro-grid {number}", kind, ""


def grid_kinds(scale: Scale, areas: NDArray[np.float64]) -> list[str]:
    """Kind of every grid: the smallest as 专属 (business quarters), the largest as 农村, as many as the scale says."""
    rank = np.argsort(np.argsort(areas, kind="stable")).tolist()
    urban = "社区" if scale.rural_grids else "综合"
    rural_from = len(rank) - scale.rural_grids
    return ["专属" if r < scale.special_grids else "农村" if r >= rural_from else urban for r in rank]
