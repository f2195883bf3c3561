"""A document as it is printed: every value a text, every table with its widths. PDF, DOCX and HTML are made of this.

Values become texts here and nowhere else, so that the files cannot differ in a number.
"""

import re
from collections.abc import Iterable, Sequence

import msgspec

from dashboard.reports.document import Annex, Block, Chart, Column, Document, Paragraph, Run, Section, Table
from dashboard.reports.files.charts import svg
from dashboard.reports.files.plain import plain
from dashboard.reports.files.widths import PADDING, Shape, heading_lines, shapes, width
from dashboard.reports.numbers import cell, written

WHOLE = re.compile(r"(（?\d[\d.]*(?:%|个百分点|小时|[年月日时分件个名位人次天条户项期])?[，。；：、）]*)")
"""A number, its unit and the marks beside it: no line ends inside it, and none begins with a mark."""
BLANK = "（待填写）"
SHARES = "比率单位为%。"


class Piece(msgspec.Struct, frozen=True):
    """A stretch of text of one look; ``whole`` ones stay on one line."""

    text: str
    strong: bool = False
    whole: bool = False


class Line(msgspec.Struct, frozen=True, tag="line"):
    """A paragraph. ``look``: ``text``, ``first`` (一、), ``second`` (（一）: its lead is set in 楷体), ``blank``."""

    look: str
    pieces: list[Piece]


class Grid(msgspec.Struct, frozen=True, tag="grid"):
    """A table, or the columns of one that fit on a page. ``widths`` in em of ``size`` points, ``aligns`` are ``left``,
    ``center`` or ``right``; ``bold`` marks columns; ``wide`` ones stand on a page turned by 90°; ``flat`` marks rows
    whose texts all fit on one line."""

    key: str
    title: str
    heads: list[list[str]]
    aligns: list[str]
    bold: list[bool]
    widths: list[float]
    size: float
    wide: bool
    rows: list[list[str]]
    flat: list[bool]
    notes: list[str]


class Drawing(msgspec.Struct, frozen=True, tag="drawing"):
    """A chart as SVG; ``width`` and ``height`` in points, ``words`` say the same in text."""

    key: str
    title: str
    svg: str
    width: float
    height: float
    words: str


Item = Line | Grid | Drawing


class Page(msgspec.Struct, frozen=True):
    """An annex: ``mark`` is 附件1."""

    mark: str
    title: str
    items: list[Item]


class Printed(msgspec.Struct, frozen=True):
    """Everything that is printed, in order. ``date`` is empty for a draft, ``watermark`` for an issued real report;
    ``logo`` is a ``data:`` address."""

    masthead: str
    number: str
    organ: str
    date: str
    title: list[str]
    to: str
    items: list[Item]
    annexes: list[Page]
    cc: str
    printed_by: str
    footer: str
    watermark: str
    logo: str = ""


def printed(document: Document) -> Printed:
    """The printed form; the same document gives the same one."""
    opening: list[Item] = [line(paragraph) for paragraph in document.opening]
    body = [item for section in document.sections for item in _section(section)]
    return Printed(
        plain(document.masthead), plain(document.number), plain(document.organ), chinese_date(document.issued),
        [plain(each) for each in document.title], plain(document.to), [*opening, *body],
        [_annex(annex, len(document.annexes)) for annex in document.annexes],
        plain(document.cc), plain(document.printed_by), plain(footer(document)), watermark(document),
        document.logo,
    )  # fmt: skip


def chinese_date(day: int) -> str:
    """``20261009`` as 2026年10月9日, without padding (GB/T 9704 7.3.5.4); 0 is empty."""
    return f"{day // 10_000}年{day // 100 % 100}月{day % 100}日" if day else ""


def watermark(document: Document) -> str:
    """What stands across every page of a report that is not a real, issued one."""
    return "　".join(word for word, so in (("草案", document.draft), ("演示数据", document.demo)) if so)


def footer(document: Document) -> str:
    """The line at the foot of every page, with the check code."""
    code = "" if not document.code or document.code in document.footer else f"校验码 {document.code}"
    return "　".join(part for part in (document.footer, code) if part)


def _section(section: Section) -> list[Item]:
    items = [item for block in section.blocks for item in _items(block, False)]
    head = plain(f"{section.number}、{section.heading}" if section.number else section.heading)
    first = items[0] if items else None
    runs_in = isinstance(first, Line) and "".join(piece.text for piece in first.pieces).startswith(head)
    return items if runs_in else [Line("first", [Piece(head, True)]), *items]


def _annex(annex: Annex, count: int) -> Page:
    items = [item for block in annex.blocks for item in _items(block, True)]
    return Page(f"附件{annex.number}" if count > 1 else "附件", plain(annex.title), items)


def _items(block: Block, turned: bool) -> list[Item]:
    if isinstance(block, Paragraph):
        return [line(block)]
    return [*grids(block, turned)] if isinstance(block, Table) else [drawing(block)]


def line(paragraph: Paragraph) -> Line:
    """A paragraph's texts, numbers kept whole."""
    if paragraph.blank and not text_of(paragraph.runs).strip():
        return Line("blank", [Piece(BLANK)])
    pieces = [piece for text, strong in _merged(paragraph.runs) for piece in _pieces(plain(text), strong)]
    second = bool(pieces) and pieces[0].strong and pieces[0].text.startswith("（")
    return Line("blank" if paragraph.blank else "second" if second else "text", pieces)


def text_of(runs: Iterable[Run]) -> str:
    """The plain text of runs."""
    return "".join(run.text for run in runs)


def _merged(runs: Sequence[Run]) -> list[tuple[str, bool]]:
    merged: list[tuple[str, bool]] = []
    for run in runs:
        strong = bool(getattr(run, "strong", False))
        if merged and merged[-1][1] == strong:
            merged[-1] = (merged[-1][0] + run.text, strong)
        else:
            merged.append((run.text, strong))
    return merged


def _pieces(text: str, strong: bool) -> list[Piece]:
    parts = WHOLE.split(text)
    return [Piece(part, strong, x % 2 == 1 and len(part) < 16) for x, part in enumerate(parts) if part]


def shown(table: Table) -> list[Column]:
    """The columns that pages have: all but those that only formulas need."""
    return [column for column in table.columns if not column.detail]


def cells(table: Table) -> list[list[str]]:
    """Every row as the texts of its shown columns."""
    columns = shown(table)
    return [[plain(cell(table, row, column)) for column in columns] for row in table.rows]


def notes(table: Table) -> list[str]:
    """What stands under a table, the unit of its shares first."""
    shares = any(column.unit == "share" for column in shown(table))
    told = any("%" in note for note in table.notes)
    said = [plain(note) for note in table.notes]
    return [SHARES, *said] if shares and not told else said


def grids(table: Table, turned: bool) -> list[Grid]:
    """The table as it fits on a page: whole, on a turned page where ``turned`` allows it, or in parts that repeat the
    columns with the names."""
    rows = cells(table)
    found = shapes(shown(table), rows, turned)
    return [_grid(table, shape, rows, place, len(found)) for place, shape in enumerate(found)]


def _grid(table: Table, shape: Shape, rows: list[list[str]], place: int, count: int) -> Grid:
    all_of = shown(table)
    columns = [all_of[x] for x in shape.columns]
    title = plain(table.title) + ("（续）" if place else "")
    chosen = [[row[x] for x in shape.columns] for row in rows]
    return Grid(
        table.key, title,
        [heading_lines(plain(column.heading), room) for column, room in zip(columns, shape.widths, strict=True)],
        [_align(column) for column in columns], [column.unit in ("rank", "score") for column in columns],
        list(shape.widths), shape.size, shape.wide, chosen, [_is_flat(row, shape.widths) for row in chosen],
        notes(table) if place == count - 1 else [],
    )  # fmt: skip


def _is_flat(row: Sequence[str], widths: Sequence[float]) -> bool:
    return all(width(text) <= room - PADDING + 0.01 for text, room in zip(row, widths, strict=True))


def _align(column: Column) -> str:
    return "center" if column.unit == "rank" else column.align


def drawing(chart: Chart) -> Drawing:
    """A chart drawn for print."""
    drawn = svg(chart)
    return Drawing(chart.key, plain(chart.title), drawn.text, drawn.width, drawn.height, words(chart))


def words(chart: Chart) -> str:
    """A chart's numbers in a sentence, for those who do not see it."""
    return "；".join(
        f"{plain(label)} {written(value, chart.unit)}" for label, value in zip(chart.labels, chart.values, strict=True)
    )
