import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data_sources.imports.cases import ParsedCases, in_order, read_cases
from data_sources.imports.errors import ImportFileError
from data_sources.imports.mapping import Mapping, Times


def read(tmp_path: Path, text: str, mapping: Mapping | None = None, crs: str = "") -> ParsedCases:
    path = tmp_path / "cases.csv"
    path.write_text(text, encoding="utf-8")
    return read_cases(path, mapping or Mapping(), crs)


def events(parsed: ParsedCases) -> list[dict[str, Any]]:
    return [json.loads(event.raw) for event in parsed.events]


def test_plain_311_row_is_a_complete_case(tmp_path: Path) -> None:
    text = (
        "Unique Key,Created Date,Closed Date,Due Date,Complaint Type,Agency,Status,Latitude,Longitude\n"
        "26,12/25/2013 11:59:08 PM,12/26/2013 01:15:00 AM,12/26/2013 07:59:08 AM,Noise,NYPD,Closed,40.63,-73.92\n"
    )
    mapping = Mapping(time=Times("%m/%d/%Y %I:%M:%S %p", "America/New_York"), source="/nyc")
    accepted, closed = events(read(tmp_path, text, mapping))
    assert (accepted["type"], accepted["subject"], accepted["id"]) == ("case.accepted", "26", "26")
    assert accepted["time"] == "2013-12-26T04:59:08Z"
    assert accepted["data"] == {
        "lon": -73.92, "lat": 40.63, "category": "Noise", "unit": "NYPD", "due": "2013-12-26T12:59:08Z",
    }
    assert (closed["type"], closed["time"]) == ("case.closed", "2013-12-26T06:15:00Z")
    assert closed["source"] == "/nyc"


@pytest.mark.parametrize(("status", "closed", "types"), [
    ("Closed", "2026-10-02", ["accepted", "closed"]),
    ("Open", "2026-10-02", ["accepted"]),
    ("Cancelled", "2026-10-02", ["accepted", "cancelled"]),
    ("已办结", "2026-10-02", ["accepted", "closed"]),
    ("Closed", "", ["accepted"]),
    ("", "2026-10-02", ["accepted", "closed"]),
    ("odd", "2026-10-02", ["accepted", "closed"]),
])
def test_status_decides_how_a_case_ended(tmp_path: Path, status: str, closed: str, types: list[str]) -> None:
    parsed = read(tmp_path, f"编号,受理时间,结案时间,类别,区域,状态\n1,2026-10-01,{closed},01,11,{status}\n")
    assert [event["type"] for event in events(parsed)] == [f"case.{name}" for name in types]
    assert bool(parsed.notes) == (status == "Closed" and not closed)


def test_chinese_table_with_rating_and_all_steps(tmp_path: Path) -> None:
    text = "编号,上报时间,受理时间,立案时间,派遣时间,处置时间,结案时间,评分,类别,网格,标题\n"
    text += "A1," + ",".join(f"2026-10-01 0{hour}:00" for hour in range(1, 7)) + ",4,0203,430202001,楼道飞线\n"
    parsed = events(read(tmp_path, text))
    assert [event["type"].split(".")[1] for event in parsed] == [
        "reported", "accepted", "filed", "dispatched", "handled", "closed", "rated",
    ]
    assert parsed[-1]["data"]["score"] == 4
    assert parsed[1]["data"]["title"] == "楼道飞线"


def test_bad_rows_have_line_and_reason(tmp_path: Path) -> None:
    head = "id,accepted,category,region,lon,lat\n"
    rows = ["1,2026-10-01,a,11,,", ",2026-10-01,a,11,,", "3,someday,a,11,,", "4,2026-10-01,,11,,", "5,2026-10-01,a,,,",
            "6,2026-10-01,a,,200,30", "7,2026-10-01,a,,0,0", "8,2026-10-01,a,,east,30"]
    parsed = read(tmp_path, head + "\n".join(rows))
    assert parsed.rows == 1
    assert [(row.line, row.reason.split(":")[0].split(";")[0]) for row in parsed.bad] == [
        (3, "id is empty"), (4, "accepted is not a time like 2026-10-17T09"), (5, "category is empty"),
        (6, "neither a region nor coordinates"), (7, "out_of_range"), (8, "neither a region nor coordinates"),
        (9, "lon is not a number"),
    ]


def test_events_in_order_of_time_and_with_their_system(tmp_path: Path) -> None:
    text = "id,accepted,closed,category,lon,lat\n1,2026-10-02,2026-10-05,a,113,27\n2,2026-10-01,2026-10-03,a,113,27\n"
    parsed = read(tmp_path, text, crs="gcj02")
    ordered = [json.loads(event.raw) for event in in_order(parsed.events)]
    assert [event["subject"] for event in ordered] == ["2", "1", "2", "1"]
    assert {event["data"]["crs"] for event in ordered} == {"gcj02"}
    with pytest.raises(ImportFileError, match="unknown coordinate system"):
        read(tmp_path, text, crs="utm")


def test_second_reading_gives_the_same_events(tmp_path: Path) -> None:
    text = "id,accepted,closed,category,region\n1,2026-10-02,2026-10-05,a,11\n"
    assert [e.raw for e in read(tmp_path, text).events] == [e.raw for e in read(tmp_path, text).events]


def test_parquet_with_real_timestamps(tmp_path: Path) -> None:
    opened = pd.to_datetime(["2026-10-01T09:00:00+08:00", "2026-10-01T10:30:00+08:00"])
    columns = {"id": [1, 2], "accepted": opened, "closed": [opened[1], pd.NaT], "category": "a", "region": "11"}
    pd.DataFrame(columns).to_parquet(tmp_path / "c.parquet")
    parsed = read_cases(tmp_path / "c.parquet", Mapping())
    assert [(event["subject"], event["time"]) for event in events(parsed)] == [
        ("1", "2026-10-01T01:00:00Z"), ("1", "2026-10-01T02:30:00Z"), ("2", "2026-10-01T02:30:00Z"),
    ]
