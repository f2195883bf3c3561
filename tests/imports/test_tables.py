import gzip
from datetime import datetime, time
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboard.base_data.rows import CalendarRow, MetricRow, ShiftRow, WorkerRow
from dashboard.domain.base import Category, Unit
from data_sources.imports.errors import ImportFileError
from data_sources.imports.mapping import Mapping, load_mapping
from data_sources.imports.tables import read_table


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_chinese_headers_of_workers_in_gb18030(tmp_path: Path) -> None:
    file = written(tmp_path / "a.csv", "工号,姓名,所属网格,手机号\nW1,张三,430202001,138****0021\n", "gb18030")
    assert read_table("workers", file, Mapping()).rows == [WorkerRow("W1", "张三", "430202001", "", "138****0021")]


def test_english_headers_of_shifts(tmp_path: Path) -> None:
    text = "Worker ID,start,end,Weekdays,first\nW1,08:30,12:00,1-5,2026-10-01\nW1,22:00,06:00,,\n"
    file = written(tmp_path / "s.csv", text)
    assert read_table("shifts", file, Mapping()).rows == [
        ShiftRow("W1", 510, 720, 0b11111, False, 20261001), ShiftRow("W1", 1320, 360),
    ]


def test_roster_from_xlsx_with_real_cells(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(("工号", "上班时间", "下班时间", "星期", "生效日期"))
    sheet.append((7, time(8, 30), time(17, 30), "周一至周五", datetime(2026, 1, 1)))
    book.save(tmp_path / "s.xlsx")
    expected = ShiftRow("7", 510, 1050, 0b11111, False, 20260101)
    assert read_table("shifts", tmp_path / "s.xlsx", Mapping()).rows == [expected]


def test_limits_and_clocks_of_categories(tmp_path: Path) -> None:
    text = "编码,名称,上级,处置时限,计时\n01,市容,,,\n0101,乱贴,01,4小时,工作时\n0102,x,01,3天,natural\n"
    assert read_table("categories", written(tmp_path / "c.csv", text), Mapping()).rows == [
        Category("01", "市容"),
        Category("0101", "乱贴", "01", "event", 240, "work"),
        Category("0102", "x", "01", "event", 4320),
    ]


def test_a_bare_number_counts_in_the_unit_that_its_column_names(tmp_path: Path) -> None:
    minutes = written(tmp_path / "m.csv", "code,name,limit_minutes\n1,x,180\n2,x,4h\n3,x,\n")
    hours = written(tmp_path / "h.csv", "code,name,limit\n1,x,180\n2,x,90min\n3,x,\n")
    read = lambda path: [row.limit_minutes for row in read_table("categories", path, Mapping()).rows]  # noqa: E731
    assert (read(minutes), read(hours)) == ([180, 240, None], [10_800, 90, None])


def test_calendar_units_metrics(tmp_path: Path) -> None:
    days = written(tmp_path / "d.csv", "日期,是否工作日,节日\n2026/10/1,休,国庆节\n20261010,班,\n")
    assert read_table("calendar", days, Mapping()).rows == [
        CalendarRow(20261001, False, "国庆节"), CalendarRow(20261010, True),
    ]
    units = written(tmp_path / "u.csv", "单位编码;单位名称\nu1;城管局\n")
    assert read_table("units", units, Mapping()).rows == [Unit("u1", "城管局")]
    text = 'region,metric,date,value,sample\n1,accuracy,2026-10-01,98.5%,200\n1,persons,2026-10-01,"1,234",\n'
    assert read_table("metrics", written(tmp_path / "m.csv", text), Mapping()).rows == [
        MetricRow("1", "accuracy", 20261001, 0.985, 200), MetricRow("1", "persons", 20261001, 1234.0),
    ]


def test_parquet_and_gzipped_csv(tmp_path: Path) -> None:
    pq.write_table(pa.table({"code": ["1"], "name": ["x"], "level": [0]}), tmp_path / "r.parquet")
    assert read_table("regions", tmp_path / "r.parquet", Mapping()).rows[0].region.name == "x"
    (tmp_path / "r.csv.gz").write_bytes(gzip.compress("code,name,level,parent\n1,City,市,\n".encode()))
    assert read_table("regions", tmp_path / "r.csv.gz", Mapping()).rows[0].region.level == 0


def test_bad_rows_have_their_line_and_reason(tmp_path: Path) -> None:
    text = "worker,start,end\nW1,08:30,12:00\nW2,8h,12:00\n\n"
    text += '"W\n3",09:00,\n,09:00,10:00\nW1,08:30,12:00\nW9,25:00,26:00\n'
    parsed = read_table("shifts", written(tmp_path / "s.csv", text), Mapping())
    assert [(row.line, row.reason) for row in parsed.bad] == [
        (3, "start is not a time of day like 08:30"),
        (5, "end is empty"),
        (7, "worker is empty"),
        (8, "the same key stands on line 2 already"),
        (9, "start is not a time of day like 08:30"),
    ]
    assert (len(parsed.rows), parsed.lines) == (1, [2])


def test_mapping_renames_fills_and_translates(tmp_path: Path) -> None:
    mapping = load_mapping(written(tmp_path / "m.toml", '''
[columns]
name = ["nick", "full"]
[constants]
role = "巡查员"
[templates]
id = "C-{number}"
region = "{district}"
[values.region]
north = "11"
"*" = "12"
'''))
    text = "number,nick,full,district\n1,,Ann Lee,north\n2,Bo,Bo Chen,south\n"
    assert read_table("workers", written(tmp_path / "w.csv", text), mapping).rows == [
        WorkerRow("C-1", "Ann Lee", "11", "巡查员"), WorkerRow("C-2", "Bo", "12", "巡查员"),
    ]


def test_rows_that_a_mapping_adds_stand_first(tmp_path: Path) -> None:
    added = {"code": "1", "name": "City", "level": "city"}
    mapping = Mapping(rows=[added], constants={"level": "district", "parent": "1"})
    parsed = read_table("regions", written(tmp_path / "r.csv", "code,name\n11,West\n"), mapping)
    regions = [row.region for row in parsed.rows]
    assert [(region.code, region.level, region.parent) for region in regions] == [("1", 0, None), ("11", 1, "1")]
    assert parsed.lines == [0, 2]


@pytest.mark.parametrize(("text", "message"), [
    ("a,b\n1,2\n", "no column for worker, start, end among a, b"),
    ("", "not even a header"),
    ("\0\0\0", "not a text file"),
])
def test_file_that_cannot_be_used_at_all(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ImportFileError, match=message):
        read_table("shifts", written(tmp_path / "s.csv", text), Mapping())


def test_absent_file_and_garbage_xlsx(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=r"there is no file .*no\.csv"):
        read_table("units", tmp_path / "no.csv", Mapping())
    with pytest.raises(ImportFileError, match=r"x\.xlsx cannot be read"):
        read_table("units", written(tmp_path / "x.xlsx", "not a zip"), Mapping())


def test_wrong_mapping_files_say_where(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match="colums"):
        load_mapping(written(tmp_path / "m.toml", '[colums]\nid = "x"\n'))
    mapping = Mapping(columns={"name": "nom"})
    with pytest.raises(ImportFileError, match="column 'nom' for name"):
        read_table("units", written(tmp_path / "u.csv", "code,name\n1,2\n"), mapping)
