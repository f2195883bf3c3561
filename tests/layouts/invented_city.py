"""An invented city for looking at the wall without a server: polygons, a board that adds up, workers that walk."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

DISTRICTS = [
    ("雁湖区", "Yanhu District"),
    ("高新区", "Gaoxin District"),
    ("望川区", "Wangchuan District"),
    ("梧岭区", "Wuling District"),
    ("青渡区", "Qingdu District"),
    ("北屏区", "Beiping District"),
    ("泽安县", "Zean County"),
    ("临岚县", "Linlan County"),
    ("栗溪县", "Lixi County"),
]
PLACES = [
    (-800, 200),
    (-2600, -5200),
    (2400, -6200),
    (900, 6200),
    (5600, 900),
    (-5200, 6000),
    (8600, 6300),
    (8200, -4200),
    (-9600, 800),
]
STREETS = [
    "高桥街道",
    "金融城街道",
    "雁东镇",
    "科苑街道",
    "云谷街道",
    "川南街道",
    "铁北街道",
    "后溪镇",
    "站前街道",
    "石佛镇",
    "官渡镇",
    "云雾乡",
    "滨湖街道",
    "松园街道",
    "南关街道",
]
STREETS_EN = [
    "Gaoqiao",
    "Jinrongcheng",
    "Yandong",
    "Keyuan",
    "Yungu",
    "Chuannan",
    "Tiebei",
    "Houxi",
    "Zhanqian",
    "Shifo",
    "Guandu",
    "Yunwu",
    "Binhu",
    "Songyuan",
    "Nanguan",
]
LONG_ZH = "高新技术产业开发区国际会展中心街道"
LONG_EN = "International Exhibition Centre and High-technology Development Zone Subdistrict"


@dataclass(frozen=True)
class City:
    map: dict[str, Any]
    codes: list[str]
    streets: list[dict[str, Any]]


def _ring(shape: Any) -> list[float]:
    return [round(float(c)) for point in shapely.get_coordinates(shapely.get_exterior_ring(shape)) for c in point]


def _region(code: str, name: tuple[str, str], level: str, parent: str | None, shape: Any) -> dict[str, Any]:
    parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
    label = shapely.get_coordinates(shapely.point_on_surface(parts[0]))[0]
    return {
        "code": code,
        "name": name[0],
        "name_en": name[1],
        "level": level,
        "parent": parent,
        "label": [round(float(label[0])), round(float(label[1]))],
        "rings": [_ring(part) for part in parts],
    }


def build(seed: int = 4, long_names: bool = False) -> City:
    """Nine districts and 105 streets cut out of a rough oval by distance to their middles."""
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    radius = 1 + 0.05 * np.sin(3 * angle) + 0.03 * np.sin(9 * angle + 1) + 0.012 * rng.normal(size=180)
    city = shapely.Polygon(np.column_stack([14200 * radius * np.cos(angle), 11200 * radius * np.sin(angle)]))
    points = np.column_stack([rng.normal(0, 6200, 4000), rng.normal(0, 5000, 4000)])
    points = points[shapely.contains_xy(city, points)][:105]
    cells = [
        shapely.intersection(c, city)
        for c in shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=city))
    ]
    cells = [cell for cell in cells if not cell.is_empty]
    middles = np.array([shapely.get_coordinates(cell.centroid)[0] for cell in cells])
    owner = np.argmin(((middles[:, None, :] - np.array(PLACES)[None]) ** 2).sum(2), axis=1)
    return _assemble(city, cells, owner, long_names)


def _assemble(city: Any, cells: list[Any], owner: NDArray[np.int64], long_names: bool) -> City:
    regions = [_region("43", ("宁川市", "Ningchuan"), "city", None, city)]
    streets = []
    for d, name in enumerate(DISTRICTS):
        mine = [cell for cell, o in zip(cells, owner, strict=True) if o == d]
        named = (
            name[0] if not long_names else "国家级" + name[0][:-1] + "经济技术开发区",
            name[1] if not long_names else f"{name[1]} and National Development Zone",
        )
        regions.append(_region(f"43{d:02d}", named, "district", "43", shapely.union_all(mine)))
        for s, cell in enumerate(mine):
            i = len(streets)
            own = (LONG_ZH, LONG_EN) if long_names else (STREETS[i % 15], f"{STREETS_EN[i % 15]} Street")
            region = _region(f"43{d:02d}{s:02d}", own, "street", f"43{d:02d}", cell)
            streets.append(region)
            regions.append(region)
    river = [
        2600,
        12400,
        2300,
        9000,
        3200,
        6000,
        2000,
        3200,
        700,
        900,
        1500,
        -2000,
        3600,
        -4600,
        2700,
        -8000,
        3200,
        -12000,
    ]
    bounds = [round(float(b)) for b in city.bounds]
    document = {
        "version": 1,
        "plane": {"lon": 113.6, "lat": 34.7},
        "bounds": bounds,
        "regions": regions,
        "lines": {"water": [river]},
    }
    return City(document, [r["code"] for r in regions], streets)


@dataclass
class Walk:
    """Workers that walk around: state 1 moving, 2 still, 3 silent, 0 off duty."""

    x: NDArray[np.int32]
    y: NDArray[np.int32]
    state: NDArray[np.uint8]
    angle: NDArray[np.float64]
    rng: np.random.Generator

    @classmethod
    def start(cls, city: City, n: int, seed: int = 7) -> "Walk":
        rng = np.random.default_rng(seed)
        labels = np.array([s["label"] for s in city.streets])
        at = labels[rng.integers(0, len(labels), n)] + rng.normal(0, 700, (n, 2))
        shares = np.cumsum([1549, 1578, 86, 177]) / 3390
        state = np.array([1, 2, 3, 0], np.uint8)[np.searchsorted(shares, rng.random(n))]
        return cls(at[:, 0].astype(np.int32), at[:, 1].astype(np.int32), state, rng.uniform(0, 2 * np.pi, n), rng)

    def step(self, seconds: float = 1.0) -> tuple[NDArray[np.bool_], NDArray[np.int8], NDArray[np.int8]]:
        """Everyone who moves takes one step; which moved and by how much."""
        moving = self.state == 1
        self.angle += self.rng.normal(0, 0.25, len(self.x))
        length = seconds * self.rng.uniform(0.8, 9.0, len(self.x))
        dx = np.where(moving, np.rint(length * np.cos(self.angle)), 0).clip(-127, 127).astype(np.int8)
        dy = np.where(moving, np.rint(length * np.sin(self.angle)), 0).clip(-127, 127).astype(np.int8)
        moved = (dx != 0) | (dy != 0)
        self.x += dx
        self.y += dy
        return moved, dx[moved], dy[moved]

    def headings(self) -> NDArray[np.uint8]:
        turn = np.mod(self.angle, 2 * np.pi) / (2 * np.pi)
        return np.where(self.state == 1, 1 + np.floor(turn * 255), 0).astype(np.uint8)
