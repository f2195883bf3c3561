import io
import json
from argparse import ArgumentParser
from pathlib import Path

import pytest
import shapely

from dashboard.addresses import database_address
from dashboard.base_data import base_version, load_base_data
from dashboard.config import Settings
from dashboard.store import open_store
from data_sources.demos import MAPPINGS
from data_sources.imports.command import FIELDS, add_import_arguments, import_command
from data_sources.imports.mapping import check_fields, load_mapping
from data_sources.spool import spooled


@pytest.fixture
def city(tmp_path: Path) -> Path:
    run(tmp_path, "regions", "code,name,level,parent\n1,市,city,\n11,西区,district,1\n")
    return tmp_path


def run(directory: Path, kind: str, text: str, *options: str) -> tuple[int, str]:
    file = directory / f"{kind}.csv"
    file.write_text(text, encoding="utf-8")
    return run_file(directory, kind, file, *options)


def run_file(directory: Path, kind: str, file: Path, *options: str) -> tuple[int, str]:
    parser = ArgumentParser()
    add_import_arguments(parser)
    parser.add_argument("--data", type=Path)
    out = io.StringIO()
    code = import_command(parser.parse_args([kind, str(file), *options, "--data", str(directory)]), out)
    return code, out.getvalue()


def test_import_then_the_same_again(city: Path) -> None:
    text = "工号,姓名,所属网格\nW1,张三,11\n"
    assert run(city, "workers", text) == (0, "workers: 1 added, 0 changed, 0 unchanged; base data version 2\n")
    assert run(city, "workers", text) == (0, "workers: 0 added, 0 changed, 1 unchanged; base data version 2\n")


def test_dry_run_changes_nothing(city: Path) -> None:
    code, text = run(city, "units", "code,name\nu1,城管局\n", "--dry-run")
    assert (code, text) == (0, "units: 1 would be added, 0 would be changed, 0 unchanged; base data version 1\n")


def test_half_broken_file_imports_nothing_unless_told(city: Path) -> None:
    rows = "id,name,region\n" + "".join(f"W{n},N{n},{'11' if n % 2 else '99'}\n" for n in range(120))
    code, text = run(city, "workers", rows)
    assert code == 1
    assert "line 2: region 99 does not exist" in text
    assert "... and 10 more bad rows" in text
    assert "nothing imported: 60 bad rows beside 60 good ones" in text
    code, text = run(city, "workers", rows, "--skip-bad")
    assert (code, text.splitlines()[-1]) == (0, "workers: 60 added, 0 changed, 0 unchanged; base data version 2")


def test_rows_that_refer_to_nothing_are_bad(city: Path) -> None:
    assert "line 2: worker W9 does not exist" in run(city, "shifts", "worker,start,end\nW9,8:00,9:00\n")[1]
    assert "line 2: its parent 7 does not exist" in run(city, "categories", "code,name,parent\n1,a,7\n")[1]
    assert "line 2: its parent 11 is a district" in run(city, "regions", "code,name,level,parent\n12,x,区,11\n")[1]
    assert "line 2: region 9 does not exist" in run(city, "metrics", "region,metric,date,value\n9,a,2026-01-01,1\n")[1]
    assert "only a city has no parent" in run(city, "regions", "code,name,level,parent\n12,x,区,\n")[1]


def test_cases_wait_in_the_spool_with_what_is_unknown_told(city: Path) -> None:
    code, text = run(city, "cases", "id,accepted,closed,category,region\n1,2026-10-01,2026-10-02,a,77\n")
    assert code == 0
    assert "note: 1 regions are not known, their cases will be quarantined: 77" in text
    assert "1 cases with 2 events handed to ingest" in text
    store = open_store(database_address(Settings(), city))
    assert (spooled(store.engine), base_version(store.engine)) == (1, 1)
    store.close()


def test_wrong_coordinate_system_of_cases_is_suspected(city: Path) -> None:
    square = shapely.to_geojson(shapely.segmentize(shapely.box(113.0, 27.0, 113.1, 27.1), 0.01))
    region = {"type": "Feature", "properties": {"code": "11", "name": "西区", "level": "district", "parent": "1"},
              "geometry": json.loads(square)}
    (city / "r.geojson").write_text(json.dumps(region), encoding="utf-8")
    assert run_file(city, "regions", city / "r.geojson")[0] == 0
    steps = [0.1 * (n + 0.5) / 40 for n in range(40)]
    points = [(113.0054 + x, 26.9967 + y) for x in steps for y in steps]
    rows = "id,accepted,category,lon,lat\n" + "".join(f"{n},2026-10-01,a,{x},{y}\n" for n, (x, y) in enumerate(points))
    assert "--crs gcj02" in run(city, "cases", rows, "--dry-run")[1]
    assert "--crs" not in run(city, "cases", rows, "--dry-run", "--crs", "gcj02")[1]


def test_files_settings_and_folders_that_cannot_be_used(city: Path) -> None:
    assert run_file(city, "units", city / "absent.csv")[0] == 1
    (city / "config.toml").write_text("ciy_zh = 'x'\n", encoding="utf-8")
    code, text = run(city, "units", "code,name\nu1,x\n")
    assert code == 1
    assert "config.toml" in text


def test_later_border_is_a_version_in_time(city: Path) -> None:
    assert run(city, "regions", "code,name,level,parent,valid_from\n11,新西区,district,1,2026-07-01\n")[0] == 0
    store = open_store(database_address(Settings(), city))
    tree = load_base_data(store.engine, Settings()).tree
    assert [tree.regions[node].name for node in tree.versions["11"]] == ["西区", "新西区"]
    store.close()


def test_mapping_with_a_field_that_does_not_exist(city: Path) -> None:
    (city / "m.toml").write_text('[columns]\nnmae = "x"\n', encoding="utf-8")
    code, text = run(city, "units", "code,name\nu1,x\n", "--map", str(city / "m.toml"))
    assert (code, text) == (1, "the mapping names 'nmae', which is no field of any kind\n")


@pytest.mark.parametrize("mapping", sorted(MAPPINGS.glob("*.toml")), ids=lambda path: path.stem)
def test_mappings_of_the_documentation_name_fields_that_exist(mapping: Path) -> None:
    check_fields(load_mapping(mapping), FIELDS)


def test_the_password_is_read_from_its_file(tmp_path: Path) -> None:
    lines = 'database = "postgresql://yiping@127.0.0.1:1/yiping"\ndatabase_password_file = "database-password"\n'
    (tmp_path / "config.toml").write_text(lines, encoding="utf-8")
    code, said = run(tmp_path, "units", "code,name\nu1,城管局\n")
    assert code == 1 and f"the password file {tmp_path / 'database-password'} cannot be read" in said
