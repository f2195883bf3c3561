import json

import numpy as np
import pytest
import shapely

from dashboard.base_data.maps import MapDocuments, UnknownRegionError, city_plane, map_document
from dashboard.base_data.rows import LayerRow
from dashboard.domain.base import BaseData, Ring
from dashboard.domain.regions import Region, RegionTree


def jagged(x: float, seed: int = 1) -> list[tuple[float, float]]:
    noise = np.random.default_rng(seed).normal(0, 5e-6, 400)
    return [(x + n, y) for n, y in zip(noise, np.linspace(27.0, 27.1, 400), strict=True)]


def ring(left: list[tuple[float, float]], right: list[tuple[float, float]]) -> tuple[Ring, ...]:
    return (Ring(np.array([*left, *reversed(right), left[0]])),)


@pytest.fixture
def base() -> BaseData:
    regions = [Region("1", "市", 0), Region("11", "西", 1, "1", name_en="West"), Region("12", "东", 1, "1"),
               Region("1201", "街", 2, "12"), Region("120101", "格", 4, "1201")]
    tree = RegionTree(regions)
    west, middle, east = jagged(113.0), jagged(113.1, 2), jagged(113.2, 3)
    return BaseData(7, tree, {tree.latest["11"]: ring(west, middle), tree.latest["12"]: ring(middle, east)})


def outline(document: dict, code: str) -> shapely.Polygon:
    rings = next(region["rings"] for region in document["regions"] if region["code"] == code)
    return shapely.Polygon(np.array(rings[0]).reshape(-1, 2))


def test_neighbours_keep_their_common_border_with_fewer_points(base: BaseData) -> None:
    document = map_document(base)
    west, east = outline(document, "11"), outline(document, "12")
    assert len(west.exterior.coords) < 802 / 4
    assert west.intersection(east).area == 0
    assert west.touches(east)
    assert west.intersection(east).length > 11_000


def test_two_levels_below_the_scope_and_labels_inside(base: BaseData) -> None:
    document = map_document(base)
    assert [(r["code"], r["level"], r["parent"]) for r in document["regions"]] == [
        ("1", "city", None), ("11", "district", "1"), ("12", "district", "1"), ("1201", "street", "12"),
    ]
    assert [r["code"] for r in map_document(base, "12")["regions"]] == ["12", "1201", "120101"]
    for code in ("1", "11", "12"):
        label = next(region["label"] for region in document["regions"] if region["code"] == code)
        assert outline(document, code).contains(shapely.Point(label))
    json.dumps(document)


def test_region_without_border_takes_that_of_what_lies_in_it(base: BaseData) -> None:
    document = map_document(base)
    assert outline(document, "1").area == pytest.approx(outline(document, "11").area * 2, rel=0.01)
    street = next(region for region in document["regions"] if region["code"] == "1201")
    assert (street["rings"], street["label"]) == ([], None)


def test_metres_are_those_of_the_city_plane(base: BaseData) -> None:
    plane = city_plane(base)
    assert (plane.lon0, plane.lat0) == (113.1, 27.05)
    bounds = map_document(base)["bounds"]
    assert bounds[0] == pytest.approx(-9_900, rel=0.01)
    assert bounds[3] == pytest.approx(5_560, rel=0.01)


def test_lines_are_cut_to_the_map(base: BaseData) -> None:
    river = LayerRow("water", "1", "江", '{"type":"LineString","coordinates":[[110,27.05],[116,27.05]]}')
    lake = LayerRow("water", "2", "湖", shapely.to_geojson(shapely.box(113.05, 27.01, 113.06, 27.02)))
    lines = map_document(base, "", {"water": [river, lake], "roads": []})["lines"]
    bounds = map_document(base)["bounds"]
    assert list(lines) == ["water"]
    assert (min(lines["water"][0][::2]), max(lines["water"][0][::2])) == (bounds[0], bounds[2])
    assert len(lines["water"][1]) == 10


def test_documents_are_made_once_a_version(base: BaseData) -> None:
    documents = MapDocuments()
    assert documents.get(base, "11") is documents.get(base, "11")
    newer = BaseData(8, base.tree, base.geometry)
    assert documents.get(newer, "11")["version"] == 8


def test_unknown_region_and_empty_system(base: BaseData) -> None:
    with pytest.raises(UnknownRegionError, match="no region '99'"):
        map_document(base, "99")
    empty = map_document(BaseData(0, RegionTree(())))
    assert (empty["regions"], empty["bounds"]) == ([], [0, 0, 0, 0])
