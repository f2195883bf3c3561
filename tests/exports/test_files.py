"""Files that leave the house: nothing in them runs, numbers are numbers, and each says what it is."""

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from dashboard.exports.csv_file import csv_file
from dashboard.exports.sheet import About, Column, Sheet
from dashboard.exports.xlsx_file import xlsx_file

ABOUT = About([("范围", "二七区"), ("数据截至", "seq 120034")], "宁川市网格化治理 · zhou · 编号 1a2b", "Asia/Shanghai")
EVIL = (
    "=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠x", '=HYPERLINK("http://x")',
    "=cmd|' /C calc'!A0", "{=1}", "http://example.org", "mailto:x@y", "\x00\x08text", "x" * 40_000,
)  # fmt: skip
COLUMNS = [
    Column("事件"), Column("=件数", "count"), Column("按期率", "rate"), Column("受理时间", "instant"),
    Column("日", "day"),
]  # fmt: skip


def sheet(*titles: str) -> Sheet:
    return Sheet("案件[1]:*", COLUMNS, [[title, 1234, 0.9871, 1792200000000, 20261017] for title in titles])


def lines(body: bytes) -> list[list[str]]:
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


@pytest.mark.parametrize("evil", EVIL)
def test_no_cell_of_a_csv_begins_a_formula(evil: str) -> None:
    for row in lines(csv_file([sheet(evil)], ABOUT)):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


@given(st.text(max_size=60))
def test_no_text_becomes_a_formula_or_a_link_in_a_workbook(title: str) -> None:
    body = xlsx_file([sheet(title)], ABOUT, "说明")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        for name in packed.namelist():
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in packed.read(name) and b"<hyperlink" not in packed.read(name)


@pytest.mark.parametrize("evil", EVIL)
def test_evil_text_stands_in_a_workbook_as_text(evil: str) -> None:
    book = load_workbook(io.BytesIO(xlsx_file([sheet(evil)], ABOUT, "说明")))
    cell = book.worksheets[0]["A2"]
    assert cell.data_type in ("s", "n") and (cell.data_type == "s" or cell.value is None)


def test_numbers_rates_and_times_are_real() -> None:
    book = load_workbook(io.BytesIO(xlsx_file([sheet("占道经营")], ABOUT, "说明")))
    row = [cell.value for cell in book.worksheets[0][2]]
    assert row[1:3] == [1234, 0.9871]
    assert row[3].isoformat() == "2026-10-17T09:20:00"
    assert row[4].date().isoformat() == "2026-10-17"


def test_a_file_says_what_it_is() -> None:
    told = lines(csv_file([sheet("a")], ABOUT))
    assert told[0] == ["# 范围: 二七区"] and told[1] == ["# 数据截至: seq 120034"] and "编号 1a2b" in told[2][0]
    book = load_workbook(io.BytesIO(xlsx_file([sheet("a")], ABOUT, "说明")))
    assert [cell.value for cell in book["说明"]["B"]][:2] == ["二七区", "seq 120034"]


def test_sheets_of_one_name_are_told_apart() -> None:
    book = load_workbook(io.BytesIO(xlsx_file([sheet("a"), sheet("b")], ABOUT, "说明")))
    assert len(set(book.sheetnames)) == 3
