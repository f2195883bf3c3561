"""The report's tables as XLSX: real numbers, live formulas, never a formula out of a text.

Sheets: the text, one for each table, the numbers behind the charts as charts of the program's own, and what must be
said of the file. What is missing is the text — : a formula over it is — too, never a number made of nothing.
"""

import io
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from dashboard.domain.periods import LocalDays
from dashboard.exports.xlsx_file import LONGEST, OPTIONS, sheet_name
from dashboard.reports.document import Block, Chart, Column, Document, Table
from dashboard.reports.files.grids import notes
from dashboard.reports.files.plain import plain
from dashboard.reports.files.printed import Line, Printed, footer, printed
from dashboard.reports.files.widths import width
from dashboard.reports.formulas import KEY
from dashboard.reports.numbers import MISSING
from dashboard.reports.snapshot import Snapshot

SCALE: Mapping[str, float] = {"points": 100.0, "metres": 0.001}
"""Cells hold 百分点 and kilometres, as headings say."""
NEARLY_ALL = '[>=1]0.00%;[>0.99995]"99.99%";0.00%'
"""A rate is never 100.00 % while anything is outside."""
FORMATS: Mapping[str, str] = {
    "text": "@", "cases": "0", "people": "0", "number": "General", "share": NEARLY_ALL, "hours": "0.0",
    "points": '0.00;"−"0.00;0.00', "score": "0.00", "rank": "0", "day": "yyyy-mm-dd", "metres": "0.0",
}  # fmt: skip
DRAWN = {"bars": "bar", "columns": "column", "line": "line"}
HIDDEN = {"level": 1, "hidden": True}
"""Counts that only formulas need are folded away; a click on + shows them."""
LEFT = {"align": "left", "indent": 1}
HEAD, WIDEST = 2, 60.0
"""Row of the headings (from 0), and characters of the widest column."""


def xlsx(document: Document, snapshot: Snapshot, whole: Printed | None = None) -> bytes:
    """The file; the same document and snapshot give the same bytes."""
    buffer, whole = io.BytesIO(), whole or printed(document)
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        frozen = datetime.fromtimestamp(snapshot.cut.time // 1000, UTC).replace(tzinfo=None)
        book.set_properties({"title": "".join(whole.title)[:255], "author": whole.organ[:255], "created": frozen})
        looks, names = Looks(book), set[str]()
        add = partial(_sheet, book, names)
        _text(add("正文"), whole, looks)
        for table in tables(document):
            _table(add(plain(table.title)), table, looks)
        _charts(book, add, charts(document), looks)
        _about(add("关于本文件"), list(_facts(document, snapshot)), looks)
    return buffer.getvalue()


class Looks:
    """Formats of cells by unit, and those of headings and titles."""

    def __init__(self, book: Any) -> None:
        self.units = {
            unit: book.add_format({"num_format": pattern, **(LEFT if unit == "text" else {"align": "right"})})
            for unit, pattern in FORMATS.items()
        }
        self.head = book.add_format({"bold": True, "top": 2, "bottom": 1, "text_wrap": True, "valign": "vcenter"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.strong = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.note = book.add_format({"font_color": "#595959"})
        self.least = book.add_format({"num_format": '"0.01%"'})


def tables(document: Document) -> list[Table]:
    """All tables in reading order."""
    return [block for block in _blocks(document) if isinstance(block, Table)]


def charts(document: Document) -> list[Chart]:
    """All charts in reading order."""
    return [block for block in _blocks(document) if isinstance(block, Chart)]


def _blocks(document: Document) -> list[Block]:
    sections = [block for section in document.sections for block in section.blocks]
    return [*sections, *(block for annex in document.annexes for block in annex.blocks)]


def formula(table: Table, column: Column) -> Callable[[int], str]:
    """A column's formula for a row of its sheet; missing where an operand is, as everywhere."""
    places = {each.key: x for x, each in enumerate(table.columns)}
    units = {each.key: each.unit for each in table.columns}

    def cell(key: str) -> str:
        scale, where = SCALE.get(units[key]), f"{xl_col_to_name(places[key])}\0"
        return f"({where}/{scale:g})" if scale else where

    body, scale = KEY.sub(lambda found: cell(found.group(1)), column.formula), SCALE.get(column.unit)
    whole = f'=IFERROR({f"({body})*{scale:g}" if scale else body},"{MISSING}")'
    return lambda y: whole.replace("\0", str(y + 1))


class _Page(Worksheet):  # type: ignore[misc]
    """A sheet whose formulas are the report's own: none has a function that the program would look for (28 searches in
    each of 13,000 formulas are half of the time of all sheets)."""

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


def _sheet(book: Any, names: set[str], title: str) -> Any:
    page = book.add_worksheet(sheet_name(title, names), _Page)
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.set_footer("&C— &P —")
    return page


def _table(page: Any, table: Table, looks: Looks) -> None:
    page.write_string(0, 0, plain(table.title)[:LONGEST], looks.title)
    rows, first = len(table.rows), HEAD + 1
    for x, column in enumerate(table.columns):
        page.write_string(HEAD, x, plain(column.heading), looks.head)
        look = looks.units[column.unit]
        page.set_column(x, x, _width(table, x), look, HIDDEN if column.detail else {})
        told = formula(table, column) if column.formula else None
        for y, row in enumerate(table.rows, first):
            _put(page, column, (y, x), row[x], look, told)
        if column.unit == "share" and rows:
            inside = {
                "type": "cell",
                "criteria": "between",
                "minimum": 1e-12,
                "maximum": 0.00005,
                "format": looks.least,
            }
            page.conditional_format(first, x, first + rows - 1, x, inside)
    page.set_row(HEAD, 32)
    page.freeze_panes(first, _named(table))
    page.autofilter(HEAD, 0, HEAD + max(1, rows), len(table.columns) - 1)
    page.repeat_rows(HEAD)
    for n, note in enumerate(notes(table), HEAD + rows + 2):
        page.write_string(n, 0, note[:LONGEST], looks.note)


def _put(
    page: Any, column: Column, at: tuple[int, int], value: Any, look: Any, told: Callable[[int], str] | None = None
) -> None:
    y, x = at
    if told:
        page.write_formula(y, x, told(y), look, MISSING if value is None else _scaled(value, column))
    elif value is None:
        page.write_string(y, x, MISSING, look)
    elif column.unit == "text" or isinstance(value, str):
        page.write_string(y, x, plain(str(value))[:LONGEST], look)
    elif column.unit == "day":
        page.write_datetime(y, x, datetime(value // 10_000, value // 100 % 100, value % 100), look)
    else:
        page.write_number(y, x, _scaled(value, column), look)


def _scaled(value: float, column: Column) -> float:
    scale = SCALE.get(column.unit)
    return value * scale if scale else value


def _width(table: Table, x: int) -> float:
    """Characters of a column: its longest text, or its heading in two lines."""
    column = table.columns[x]
    longest = max((len(str(row[x])) for row in table.rows), default=0) if column.unit == "text" else 5
    return min(WIDEST, max(9.0, 1.9 * longest + 2, 1.1 * len(column.heading) + 2))


def _named(table: Table) -> int:
    """How many columns at the left name a row: they stay in sight."""
    place = next((x for x, column in enumerate(table.columns) if column.unit == "text" and column.key == "name"), None)
    return 1 if place is None else place + 1


def _text(page: Any, whole: Printed, looks: Looks) -> None:
    """The report's words, a paragraph to a row."""
    page.set_column(0, 0, 82)
    page.set_portrait()
    for y, (words, strong) in enumerate(_lines(whole)):
        page.set_row(y, 17 * max(1, math.ceil(width(words) / 40)))
        page.write_string(y, 0, words[:LONGEST], looks.strong if strong else looks.wrapped)


def _lines(whole: Printed) -> Iterator[tuple[str, bool]]:
    yield whole.masthead, True
    yield whole.number, False
    yield f"{whole.organ}　{whole.date}".strip("　"), False
    yield "".join(whole.title), True
    yield whole.to, False
    for item in whole.items:
        if isinstance(item, Line):
            yield "".join(piece.text for piece in item.pieces), item.look == "first"
    for annex in whole.annexes:
        yield f"{annex.mark}　{annex.title}", True
        for item in annex.items:
            if isinstance(item, Line):
                yield "".join(piece.text for piece in item.pieces), False
    yield from ((words, False) for words in (f"抄送：{whole.cc}" if whole.cc else "", whole.printed_by) if words)


def _charts(book: Any, add: Any, found: Sequence[Chart], looks: Looks) -> None:
    """The charts' numbers below each other, a chart of the program's own beside each."""
    if not found:
        return
    page, y = add("图"), 0
    page.set_column(0, 0, 26)
    for chart in found:
        page.write_string(y, 0, plain(chart.title)[:LONGEST], looks.title)
        for n, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True), y + 1):
            page.write_string(n, 0, plain(label)[:LONGEST])
            _put(page, Column("", "", chart.unit), (n, 1), value, looks.units[chart.unit])
        if chart.labels:
            page.insert_chart(y, 3, _drawn(book, page, chart, y + 1))
        y += max(len(chart.labels), 17) + 3


def _drawn(book: Any, page: Any, chart: Chart, first: int) -> Any:
    drawn, last = book.add_chart({"type": DRAWN[chart.kind]}), first + len(chart.labels) - 1
    drawn.add_series({
        "categories": [page.get_name(), first, 0, last, 0], "values": [page.get_name(), first, 1, last, 1],
        "fill": {"color": "#8c8c8c"}, "line": {"color": "#404040"} if chart.kind == "line" else {"none": True},
        "data_labels": {"value": True}, "gap": 60,
    })  # fmt: skip
    drawn.set_title({"name": plain(chart.title)[:200], "name_font": {"size": 12}})
    drawn.set_legend({"none": True})
    drawn.set_x_axis({"major_gridlines": {"visible": False}})
    drawn.set_y_axis({"major_gridlines": {"visible": False}, "reverse": chart.kind == "bars"})
    return drawn


def _about(page: Any, facts: Sequence[tuple[str, str]], looks: Looks) -> None:
    page.set_column(0, 0, 20)
    page.set_column(1, 1, 100)
    for y, (label, words) in enumerate(facts):
        page.write_string(y, 0, plain(label)[:LONGEST], looks.strong)
        page.write_string(y, 1, plain(words)[:LONGEST], looks.wrapped)


def _facts(document: Document, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """What must be said of the file."""
    moment = LocalDays(snapshot.zone).local(snapshot.cut.time)
    yield "标题", "".join(document.title)
    yield "状态", "草案" if document.draft else "已印发"
    if document.demo:
        yield "数据", "演示数据"
    yield "统计期", snapshot.asked.period
    yield "数据截至", f"{moment:%Y-%m-%d %H:%M}（{snapshot.zone}），事件序号{snapshot.cut.seq}"
    yield "计分模型", f"{snapshot.model.zh}，版本{snapshot.model.version}"
    yield "校验码", document.code
    yield "数据摘要（SHA-256）", document.hash
    yield "页脚", footer(document)
    yield "公式", f"比率、得分等列为公式，可追溯到同表的件数；缺数据时为{MISSING}。公式所用的件数列已折叠，点“+”展开。"
    for _, name, definition in snapshot.definitions:
        yield f"口径：{name}", definition
