"""The kept index of borders: the same answers, and never those of other borders."""

import numpy as np
import pytest
from shapely import box

from dashboard.base_data.raster_file import FILE, digest_of, kept_raster
from dashboard.domain.base import BaseData
from dashboard.domain.raster_build import raster_of
from dashboard.domain.regions import Region, RegionTree
from tests.domain.test_raster import rings

TREE = RegionTree([Region("c", "c", 0), Region("a", "a", 1, "c"), Region("b", "b", 1, "c")])
POINTS = np.random.default_rng(1).uniform(-0.5, 4.5, (2, 5_000))


def base(width: float = 2.0) -> BaseData:
    return BaseData(1, TREE, {1: rings(box(0, 0, width, 2).buffer(0.1)), 2: rings(box(width, 0, 4, 2))})


def test_what_was_kept_answers_as_what_was_built(tmp_path, monkeypatch):
    built = kept_raster(tmp_path)(base())
    monkeypatch.setattr("dashboard.base_data.raster_file.raster_of", pytest.fail)
    read = kept_raster(tmp_path)(base())
    assert (read.locate(*POINTS) == built.locate(*POINTS)).all() and len(set(read.locate(*POINTS))) == 3


def test_other_borders_and_broken_files_are_built_anew(tmp_path):
    kept_raster(tmp_path)(base())
    assert digest_of(base()) != digest_of(base(3.0))
    wanted = raster_of(base(3.0)).locate(*POINTS)
    assert (kept_raster(tmp_path)(base(3.0)).locate(*POINTS) == wanted).all()
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes()[:200])
    assert (kept_raster(tmp_path)(base(3.0)).locate(*POINTS) == wanted).all()
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_no_borders_and_no_room_are_no_trouble(tmp_path):
    assert list(kept_raster(tmp_path / "missing")(BaseData(1, TREE)).locate([0.0], [0.0])) == [-1]
    kept_raster(tmp_path)(BaseData(1, TREE))
    assert list(kept_raster(tmp_path)(BaseData(1, TREE)).locate([0.0], [0.0])) == [-1]
