"""Map layers over HTTP: nothing of another region, known names only, nothing sent twice."""

from pathlib import Path

import pytest
import shapely

from dashboard.base_data import apply_rows
from dashboard.base_data.loading import load_base_data
from dashboard.base_data.rows import LayerRow, RegionRow
from dashboard.domain.regions import Region
from tests.api.doors import Door, door
from tests.check.cities import SETTINGS

BORDERS = [
    RegionRow(Region("d1", "东区", 1, "c"), shapely.to_wkb(shapely.box(113.1, 34.0, 113.2, 34.1))),
    RegionRow(Region("d2", "西区", 1, "c"), shapely.to_wkb(shapely.box(113.0, 34.0, 113.1, 34.1))),
]
STATIONS = [
    LayerRow("stations", "1", "东站", '{"type":"Point","coordinates":[113.15,34.05]}'),
    LayerRow("stations", "2", "西站", '{"type":"Point","coordinates":[113.05,34.05]}'),
]


def furnish(at_door: Door) -> None:
    engine = at_door.city.store.engine
    apply_rows(engine, "regions", BORDERS)
    apply_rows(engine, "layer", STATIONS)
    at_door.city.base = load_base_data(engine, SETTINGS)


def test_a_bound_caller_gets_names_counts_and_places_of_its_region_alone(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        furnish(at_door)
        key = at_door.key("read", region="d1")
        listed = at_door.client.get("/api/v1/layers", headers=key).json
        own = at_door.client.get("/api/v1/layers/stations", headers=key)
        degrees = at_door.client.get("/api/v1/layers/stations?crs=wgs84", headers=key)
        whole = at_door.client.get("/api/v1/layers/stations", headers=at_door.key("read")).json
    assert [(line["name"], line["count"]) for line in listed] == [("stations", 1)]
    assert (own.json["names"], own.json["count"], len(own.json["points"])) == (["东站"], 1, 2)
    assert [feature["geometry"]["coordinates"] for feature in degrees.json["features"]] == [[113.15, 34.05]]
    assert "西站" not in own.text + degrees.text
    assert whole["count"] == 2


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/v1/layers?region=d2", 403), ("/api/v1/layers/stations?region=d2", 403),
     ("/api/v1/layers/stations?region=c", 403), ("/api/v1/layers/nothing", 404), ("/api/v1/layers/water", 404),
     ("/api/v1/layers/stations?region=zz", 404), ("/api/v1/layers/stations?crs=mars", 400)],
)  # fmt: skip
def test_what_is_refused(tmp_path: Path, path: str, status: int) -> None:
    with door(tmp_path) as at_door:
        furnish(at_door)
        answer = at_door.client.get(path, headers=at_door.key("read", region="d1"))
        assert at_door.client.get(path).status_code == 401
    assert answer.status_code == status


def test_an_unchanged_layer_is_not_sent_again(tmp_path: Path) -> None:
    with door(tmp_path) as at_door:
        furnish(at_door)
        key = at_door.key("read")
        first = at_door.client.get("/api/v1/layers/stations", headers=key)
        again = at_door.client.get("/api/v1/layers/stations", headers=key | {"If-None-Match": first.headers["ETag"]})
        apply_rows(at_door.city.store.engine, "layer", [LayerRow("stations", "3", "新站", STATIONS[0].geometry)])
        at_door.city.base = load_base_data(at_door.city.store.engine, SETTINGS)
        newer = at_door.client.get("/api/v1/layers/stations", headers=key | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert newer.json["count"] == 3
