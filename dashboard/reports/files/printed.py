"""A document as it is printed: every value a text, every table with its widths. PDF, DOCX and HTML are made of this.

Values become texts here and nowhere else, so that the files cannot differ in a number.
"""

import re
from collections.abc import Iterable, Sequence

import msgspec

from dashboard.reports.document import Annex, Block, Chart, Document, Paragraph, Run, Section, Table
from dashboard.reports.files.charts import svg
from dashboard.reports.files.grids import Grid, grids
from dashboard.reports.files.plain import plain
from dashboard.reports.numbers import written

WHOLE = re.compile(r"(（?\d[\d.]*(?:%|个百分点|小时|[年月日时分件个名位人次天条户项期])?[，。；：、）]*)")
"""A number, its unit and the marks beside it: no line ends inside it, and none begins with a mark."""
BLANK = "（待填写）"


class Piece(msgspec.Struct, frozen=True):
    """A stretch of text of one look; ``whole`` ones stay on one line."""

    text: str
    strong: bool = False
    whole: bool = False


class Line(msgspec.Struct, frozen=True, tag="line"):
    """A paragraph. ``look``: ``text``, ``first`` (一、), ``second`` (（一）: its lead is set in 楷体), ``blank``."""

    look: str
    pieces: list[Piece]


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
    items = [item for block in _laid_out(section.blocks, False) for item in block]
    head = plain(f"{section.number}、{section.heading}" if section.number else section.heading)
    first = items[0] if items else None
    runs_in = isinstance(first, Line) and "".join(piece.text for piece in first.pieces).startswith(head)
    return items if runs_in else [Line("first", [Piece(head, True)]), *items]


def _annex(annex: Annex, count: int) -> Page:
    items = [item for block in _laid_out(annex.blocks, True) for item in block]
    return Page(f"附件{annex.number}" if count > 1 else "附件", plain(annex.title), _noted_once(items))


def _noted_once(items: list[Item]) -> list[Item]:
    """Of tables that follow each other with the same notes only the last one has them."""
    said: list[Item] = []
    for item, after in zip(items, [*items[1:], None], strict=True):
        again = isinstance(item, Grid) and isinstance(after, Grid) and item.notes == after.notes
        said.append(msgspec.structs.replace(item, notes=[]) if again else item)
    return said


def _laid_out(blocks: Sequence[Block], turned: bool) -> list[list[Item]]:
    """The items that each block is printed as; tables are laid out together."""
    tables = iter(grids([block for block in blocks if isinstance(block, Table)], turned))
    return [[*next(tables)] if isinstance(block, Table) else [_item(block)] for block in blocks]


def _item(block: Paragraph | Chart) -> Item:
    return line(block) if isinstance(block, Paragraph) else drawing(block)


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


def drawing(chart: Chart) -> Drawing:
    """A chart drawn for print."""
    drawn = svg(chart)
    return Drawing(chart.key, plain(chart.title), drawn.text, drawn.width, drawn.height, words(chart))


def words(chart: Chart) -> str:
    """A chart's numbers in a sentence, for those who do not see it."""
    return "；".join(
        f"{plain(label)} {written(value, chart.unit)}" for label, value in zip(chart.labels, chart.values, strict=True)
    )
