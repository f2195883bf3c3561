"""The five files say the same numbers, and they are the document's."""

import io
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx as word
import msgspec
import openpyxl
import pytest

from dashboard.reports.content import compose
from dashboard.reports.document import Chart, Column, Document, Num, Paragraph, Table, Words
from dashboard.reports.files.docx import docx
from dashboard.reports.files.fonts import Fonts
from dashboard.reports.files.grids import Grid, cells, shown
from dashboard.reports.files.json import json as json_file
from dashboard.reports.files.json import read
from dashboard.reports.files.pdf import pdf
from dashboard.reports.files.plain import plain
from dashboard.reports.files.printed import Line, Printed, line, printed, text_of
from dashboard.reports.files.xlsx import HEAD, SCALE, charts, tables, xlsx
from dashboard.reports.formulas import evaluate
from dashboard.reports.logo import logo_text
from dashboard.reports.numbers import MISSING, cell, written
from dashboard.reports.office import Office, office_of
from dashboard.reports.snapshot import digest
from layouts.sheets.report_html import LONG, report_html
from tests.reports.invented import snapshot
from tests.reports.invented_document import document
from tests.reports.test_office import PICTURES

BODY = ("-x", "0", "-y", "0", "-W", "596", "-H", "742")
"""The type area of an upright page, without the foot, in points."""


@cache
def composed() -> Document:
    return compose(snapshot(), office_of(Path("/nowhere")), issued=20261009, draft=False)


@pytest.fixture(params=["by hand", "composed"])
def paper(request: pytest.FixtureRequest) -> Document:
    return document() if request.param == "by hand" else composed()


def grids(whole: Printed) -> list[Grid]:
    items = [*whole.items, *(item for annex in whole.annexes for item in annex.items)]
    return [item for item in items if isinstance(item, Grid)]


def sentences(whole: Printed) -> list[str]:
    items = [*whole.items, *(item for annex in whole.annexes for item in annex.items)]
    return ["".join(piece.text for piece in item.pieces) for item in items if isinstance(item, Line)]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_docx(paper: Document, fonts: Fonts) -> None:
    made = docx(paper, snapshot(), fonts)
    file, whole = word.Document(io.BytesIO(made)), printed(paper)
    found = [paragraph.text for paragraph in file.paragraphs]
    assert [text for text in found if text in set(sentences(whole))] == sentences(whole)
    rows = [[[one.text for one in row.cells] for row in table.rows[1:]] for table in file.tables]
    assert rows[: len(grids(whole))] == [grid.rows for grid in grids(whole)]
    with zipfile.ZipFile(io.BytesIO(made)) as entries:
        drawn = [entries.read(name).decode() for name in entries.namelist() if name.endswith(".svg")]
    wanted = [[written(value, chart.unit) for value in chart.values if value is not None] for chart in charts(paper)]
    assert len(drawn) == len(wanted) > 2
    for texts in wanted:
        assert any(set(texts[:1] + texts[-1:]) & set(re.findall(r">([^<]+)</text>", svg)) for svg in drawn)


def test_no_line_begins_with_a_mark() -> None:
    share, count = Num("a", "", "81.12%"), Num("b", "", "16件")
    made = line(Paragraph([Words("占"), share, Words("；部件类（"), count, Words("）、其他")]))
    assert [piece.text for piece in made.pieces if piece.whole] == ["81.12%；", "（16件）、"]


def test_the_number_of_a_turned_page_stands_beside_it(paper: Document, fonts: Fonts) -> None:
    with zipfile.ZipFile(io.BytesIO(docx(paper, snapshot(), fonts))) as file:
        body = file.read("word/document.xml").decode()
        relations = dict(re.findall(r'Id="(\w+)"[^>]*Target="(footer\d+\.xml)"', _attributes(file)))
        turned = [section for section in re.findall(r"<w:sectPr.*?</w:sectPr>", body) if "landscape" in section]
        assert turned
        for section in turned:
            feet = [file.read(f"word/{relations[one]}").decode() for one in re.findall(r'r:id="(\w+)"', section)]
            assert len(feet) == 2 and all("layout-flow:vertical" in foot and "PAGE" in foot for foot in feet)


def _attributes(file: zipfile.ZipFile) -> str:
    """Relationships of the document, the id of each before its target."""
    text = file.read("word/_rels/document.xml.rels").decode()
    return re.sub(r'(Target="[^"]*")([^>]*)(Id="[^"]*")', r"\3\2\1", text)


def test_docx_tables_have_all_columns(paper: Document, fonts: Fonts) -> None:
    found: dict[str, list[list[str]]] = {}
    for grid in grids(printed(paper)):
        assert grid.rows and all(len(row) == len(grid.heads) for row in grid.rows)
        found.setdefault(grid.key, grid.rows)
    for table in tables(paper):
        if all(len(grid.heads) == len(shown(table)) for grid in grids(printed(paper)) if grid.key == table.key):
            assert found[table.key] == cells(table)


def test_pdf(paper: Document, fonts: Fonts, tmp_path: Path) -> None:
    path, whole = tmp_path / "report.pdf", printed(paper)
    unmarked = msgspec.structs.replace(paper, demo=False)
    path.write_bytes(pdf(unmarked, snapshot(), fonts))
    body = squeezed(_text_of(path, *BODY))
    for sentence in sentences(whole):
        assert squeezed(sentence) in body, sentence
    laid = squeezed(_text_of(path, "-layout"))
    flat = [row for grid in grids(whole) for row, whole_row in zip(grid.rows, grid.flat, strict=True) if whole_row]
    assert len(flat) > 400
    assert [row for row in flat if squeezed("".join(row)) not in laid] == []
    for chart in charts(paper):
        assert written(chart.values[0], chart.unit) in laid
    pages = _text_of(path).split("\f")[:-1]
    assert "—1—" in squeezed(pages[0])
    assert len(pages) % 2 == 0 and squeezed(paper.printed_by) in squeezed(pages[-1])


def _text_of(path: Path, *options: str) -> str:
    command = ["pdftotext", *options, str(path), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_xlsx(paper: Document) -> None:
    made = xlsx(paper, snapshot())
    live, cached = (openpyxl.load_workbook(io.BytesIO(made), data_only=values) for values in (False, True))
    assert [name for name in live.sheetnames if name not in ("正文", "图", "关于本文件")] == live.sheetnames[
        1 : 1 + len(tables(paper))
    ]
    lines = [row[0] for row in cached["正文"].iter_rows(values_only=True)]
    assert [line for line in sentences(printed(paper)) if line not in lines] == []
    for table, name in zip(tables(paper), live.sheetnames[1:], strict=False):
        assert [one.value for one in live[name][HEAD + 1]] == [plain(column.heading) for column in table.columns]
        for y, row in enumerate(table.rows):
            _check_row(table, row, live[name][HEAD + 2 + y], cached[name][HEAD + 2 + y])


def _check_row(table: Table, row: list[Any], live: Any, cached: Any) -> None:
    for x, column in enumerate(table.columns):
        value, scale = cached[x].value, Fraction(str(SCALE.get(column.unit, 1)))
        if column.formula:
            recalculated = _excel(live[x].value, {one.coordinate: one.value for one in cached})
            expected = evaluate(column.formula, {each.key: row[n] for n, each in enumerate(table.columns)})
            assert recalculated == (None if expected is None else expected * scale)
        if value == MISSING and column.unit != "text":
            assert row[x] is None
        elif column.unit != "text":
            again = float(Fraction(str(value)) / scale) if scale != 1 else value
            assert again == pytest.approx(row[x], abs=1e-12)
            assert _shown(table, row, column, again) == cell(table, row, column)


def _shown(table: Table, row: list[Any], column: Column, value: float) -> str:
    place = table.columns.index(column)
    return cell(table, [*row[:place], value, *row[place + 1 :]], column)


def _excel(formula: str, values: dict[str, Any]) -> Fraction | None:
    """What a spreadsheet makes of a formula of ours, exactly."""
    body = re.fullmatch(rf'=IFERROR\((.*),"{MISSING}"\)', formula)
    assert body is not None, formula
    names = set(re.findall(r"[A-Z]+\d+", body.group(1)))
    if any(isinstance(values[name], str) for name in names):
        return None
    exact = {name: Fraction(str(values[name] or 0)) for name in names}
    exact_body = re.sub(r"(?<![A-Z\d.])\d+(?:\.\d+)?", lambda found: f"Fraction('{found.group()}')", body.group(1))
    try:
        return Fraction(eval(exact_body, {"Fraction": Fraction}, exact))
    except ZeroDivisionError:
        return None


class Page(HTMLParser):
    """Rows of tables, numbers of sentences and the figures of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[str]]]] = []
        self.charts: list[list[list[str]]] = []
        self.numbers: list[tuple[str, str]] = []
        self.paragraphs: list[str] = []
        self.figures = ""
        self._into: Any = None
        self._number = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "table":
            rows: list[list[str]] = []
            self.tables.append((found["data-table"] or "", rows)) if "data-table" in found else self.charts.append(rows)
            self._rows = rows
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
        elif tag == "p":
            self.paragraphs.append("")
        elif "data-fact" in found:
            self._number = True
            self.numbers.append((found["data-fact"] or "", ""))
        self._into = "figures" if found.get("id") == "figures" else tag

    def handle_endtag(self, tag: str) -> None:
        self._into = "p" if tag in ("span", "strong") else None

    def handle_data(self, data: str) -> None:
        if self._into in ("td", "th"):
            self._rows[-1][-1] += data
        elif self._into == "figures":
            self.figures += data
        elif self._into in ("p", "span", "strong") and self.paragraphs:
            self.paragraphs[-1] += data
            if self._number:
                self.numbers[-1] = (self.numbers[-1][0], data)
                self._number = False


def paragraphs(paper: Document) -> Iterator[Paragraph]:
    parts = [*paper.sections, *paper.annexes]
    yield from paper.opening
    yield from (block for part in parts for block in part.blocks if isinstance(block, Paragraph))


def test_only_long_annexes_wait_for_a_reader() -> None:
    """What the browser has not drawn yet has no place of its own: a search or an audit of a short page finds it all."""
    paper = compose(snapshot(), Office())
    rows = [sum(len(block.rows) for block in annex.blocks if isinstance(block, Table)) for annex in paper.annexes]
    page = report_html(paper, snapshot()).decode()
    assert page.count('<section class="annex long"') == sum(n > LONG for n in rows)
    assert page.count('<section class="annex"') == sum(n <= LONG for n in rows) > 0


def test_html(paper: Document) -> None:
    page = Page(report_html(paper, snapshot()).decode())
    assert [(table.key, cells(table)) for table in tables(paper)] == [(key, rows[1:]) for key, rows in page.tables]
    numbers = [(run.fact, run.text) for one in paragraphs(paper) for run in one.runs if isinstance(run, Num)]
    assert page.numbers == numbers
    assert [
        text for one in paragraphs(paper) if (text := plain(text_of(one.runs))) and text not in page.paragraphs
    ] == []
    for chart, rows in zip(charts(paper), page.charts, strict=True):
        assert [text for _, text in rows] == [written(value, chart.unit) for value in chart.values]
        _check_figure(chart, json.loads(page.figures)[chart.key]["data"][0])


def _check_figure(chart: Chart, trace: dict[str, Any]) -> None:
    assert trace["text"] == [written(value, chart.unit) for value in chart.values]
    drawn = trace["x"] if trace.get("orientation") == "h" else trace["y"]
    assert list(drawn) == [value if chart.kind == "line" else value or 0 for value in chart.values]


def test_json(paper: Document) -> None:
    file = read(json_file(paper, snapshot()))
    assert file.document == paper
    assert digest(file.snapshot) == file.hash == digest(snapshot())


@pytest.mark.parametrize("name", PICTURES)
def test_the_office_s_picture_is_in_every_file_that_people_look_at(name: str, fonts: Fonts, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(PICTURES[name])
    paper = msgspec.structs.replace(document(), logo=logo_text(tmp_path, name))
    assert f'src="{paper.logo}"' in report_html(paper, snapshot()).decode()
    with zipfile.ZipFile(io.BytesIO(docx(paper, snapshot(), fonts))) as file:
        media = [file.read(each) for each in file.namelist() if each.startswith("word/media/")]
    assert PICTURES[name] in media
    printed_, without = (len(pdf(one, snapshot(), fonts)) for one in (paper, document()))
    assert printed_ > without + 100
