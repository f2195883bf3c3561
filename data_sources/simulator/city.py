"""A whole simulated place: regions, people, units, categories, layers. Everything follows from scale and seed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from dashboard.base_data.rows import MetricRow, RegionRow, Row, ShiftRow, WorkerRow
from dashboard.domain.base import Unit
from dashboard.domain.regions import LEVELS, Region
from data_sources.simulator import geography, layers, places, residents, roster, surface
from data_sources.simulator.categories import DEPARTMENTS, category_rows
from data_sources.simulator.geography import Land, Plane
from data_sources.simulator.names import people, phones
from data_sources.simulator.scales import SCALES, Scale

ZONE = "Asia/Shanghai"
District = tuple[str, str, shapely.Geometry]
"""Code, name and shape (lon/lat WGS-84) of a district that exists."""


@dataclass(frozen=True)
class City:
    """``levels`` holds the regions by level from the root down; ``land`` their shapes in metres of ``plane``.

    ``home_level`` and ``home`` say where each worker belongs: an index into ``levels`` and into the regions there.
    """

    scale: Scale
    seed: int
    plane: Plane
    land: Land
    levels: list[list[Region]]
    workers: list[WorkerRow]
    home_level: NDArray[np.intp]
    home: NDArray[np.intp]

    def dice(self, *salt: int) -> np.random.Generator:
        """Random numbers that depend on the seed and the salt alone."""
        return _dice(self.scale, self.seed, *salt)

    @cached_property
    def leaf_codes(self) -> list[str]:
        """Codes of the finest regions."""
        return [region.code for region in self.levels[-1]]

    @cached_property
    def addresses(self) -> list[str]:
        """Where a cell lies, in words: its street, community and grid."""
        names: dict[str | None, str] = {}
        for level in self.levels[1 + self.street_level :]:
            names |= {region.code: names.get(region.parent, "") + region.name for region in level}
        return [names[code] for code in self.leaf_codes]

    @cached_property
    def street_level(self) -> int:
        """Index of the streets in ``land.levels``."""
        return self.land.levels.index("street")

    def above(self, level: int) -> NDArray[np.intp]:
        """For every cell, the number of the region of ``land.levels[level]`` it lies in."""
        owner = np.arange(len(self.land.middles))
        for index in range(len(self.land.levels) - 1, level, -1):
            owner = self.land.parents[index][owner]
        return owner

    @property
    def hosts(self) -> list[Region]:
        """The districts: the root itself where it is one."""
        return self.levels[1] if self.land.levels[0] == "district" else self.levels[0]

    @cached_property
    def units(self) -> list[Unit]:
        """Departments of the districts (of the root where it is one itself), and of streets up to ``scale.units``."""
        rows = [
            Unit(f"{host.code}U{n:02d}", f"{host.name[-1]}{zh}", zh, host.code, en)
            for host in self.hosts
            for n, (zh, en) in enumerate(DEPARTMENTS, 1)
        ]
        missing = max(0, self.scale.units - len(rows))
        streets = self.levels[1 + self.street_level]
        return rows + [_extra_unit(n, streets) for n in range(missing)]

    def shifts(self) -> list[ShiftRow]:
        """The roster."""
        return roster.shifts(self.dice(41), [worker.id for worker in self.workers])

    def base_rows(self) -> list[Row]:
        """Everything to import before the first event, in order of reference: what is named comes before who names it.

        Categories, regions, units, workers, shifts, layers.
        """
        rows: list[Row] = [*category_rows(), *self._region_rows(), *self.units, *self.workers, *self.shifts()]
        ground = surface.layer_rows(self.scale, self.land, self.plane, self.dice(42))
        cameras = layers.camera_rows(self.scale, ground, self.plane, self.dice(43))
        return [*rows, *ground, *cameras, *layers.building_rows(self.land, self.plane, self.dice(44))]

    def _region_rows(self) -> list[Row]:
        shapes = [np.array([self.land.root], object), *self.land.shapes]
        rows: list[Row] = []
        for regions, metres in zip(self.levels, shapes, strict=True):
            wkb = shapely.to_wkb(shapely.transform(metres, self.plane.to_degrees))
            rows += [RegionRow(region, shape) for region, shape in zip(regions, wkb.tolist(), strict=True)]
        return rows

    def metrics(self, day: int) -> list[MetricRow]:
        """Figures of 人房管理 as another system would report them on a day."""
        return residents.metrics(self.scale, self.levels[: self.street_level + 2], self.dice, day)

    def settings(self) -> dict[str, str | bool]:
        """What ``config.toml`` of a data directory with this city holds."""
        root = self.levels[0][0]
        return {"city_zh": root.name, "city_en": root.name_en or root.name, "demo": True, "zone": ZONE}


_EXTRA = (("综合执法队", "Enforcement Team"), ("综治中心", "Governance Centre"), ("便民服务中心", "Service Centre"))


def _extra_unit(number: int, streets: list[Region]) -> Unit:
    street, (zh, en) = streets[number % len(streets)], _EXTRA[number // len(streets) % len(_EXTRA)]
    code = f"{street.code}U{number // len(streets) + 1:02d}"
    return Unit(code, f"{street.name}{zh}", zh, street.code, f"{street.name_en} {en}")


def build_city(scale: Scale | str, seed: int = 1, districts: Sequence[District] | None = None) -> City:
    """A city of a scale; with ``districts`` their real shapes, and generated regions inside them.

    KeyError for a scale that does not exist; ValueError where the scale cannot be split over that many districts.
    """
    scale = SCALES[scale] if isinstance(scale, str) else scale
    if districts is not None:
        scale, plane, land = _given(scale, seed, districts)
    else:
        plane = Plane(scale.lon, scale.lat)
        land = geography.invent(scale, _dice(scale, seed, 1))
    named = None if districts is None else [(code, name) for code, name, _ in districts]
    levels = places.regions(scale, land, _dice(scale, seed, 2), named)
    home_level, home = _homes(scale, land, _dice(scale, seed, 3))
    workers = _workers(levels, home_level, home, _dice(scale, seed, 4))
    return City(scale, seed, plane, land, levels, workers, home_level, home)


def _dice(scale: Scale, seed: int, *salt: int) -> np.random.Generator:
    return np.random.default_rng([seed, int(scale.code), *salt])


def _given(scale: Scale, seed: int, districts: Sequence[District]) -> tuple[Scale, Plane, Land]:
    shapes = [shape for _, _, shape in districts]
    low_lon, low_lat, high_lon, high_lat = shapely.total_bounds(shapes)
    plane = Plane((low_lon + high_lon) / 2, (low_lat + high_lat) / 2)
    counts = tuple((level, len(districts) if level == "district" else n) for level, n in scale.counts)
    scale = replace(scale, counts=counts)
    metres = [shapely.transform(shape, plane.to_metres) for shape in shapes]
    return scale, plane, geography.fill(scale, _dice(scale, seed, 1), metres)


def _homes(scale: Scale, land: Land, rng: np.random.Generator) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """One worker to every grid, then one head (网格长) to communities, the rest to grids again."""
    grids = 1 + land.levels.index(scale.home)
    communities = 1 + land.levels.index("community")
    regions = len(land.shapes[grids - 1])
    first = np.arange(min(regions, scale.workers))
    heads = rng.permutation(len(land.shapes[communities - 1]))[: scale.workers - len(first)]
    rest = rng.integers(regions, size=scale.workers - len(first) - len(heads))
    level = np.full(scale.workers, grids)
    level[len(first) : len(first) + len(heads)] = communities
    return level, np.concatenate((first, heads, rest))


def _workers(
    levels: list[list[Region]], level: NDArray[np.intp], home: NDArray[np.intp], rng: np.random.Generator
) -> list[WorkerRow]:
    count = len(home)
    places_of = [levels[at][index] for at, index in zip(level.tolist(), home.tolist(), strict=True)]
    part_time = (rng.random(count) < 0.3).tolist()
    rows = zip(places_of, people(rng, count), phones(rng, count), part_time, strict=True)
    return [
        WorkerRow(f"W{n:05d}", name, place.code, _role(place, part), phone, f"D{n:05d}")
        for n, (place, name, phone, part) in enumerate(rows, 1)
    ]


def _role(place: Region, part_time: bool) -> str:
    if LEVELS[place.level] == "community":
        return "网格长"
    return "兼职网格员" if part_time else "专职网格员"
