"""A report's document on the screen: headings, paragraphs, tables and charts in the order of the paper.

The document stays Chinese whatever the language of the page: it is an official paper, not a screen. Its numbers are the
texts that the files print.
"""

from collections.abc import Mapping

from dash.development.base_component import Component

from dashboard.reports.document import Annex, Block, Column, Document, Paragraph, Section, Table
from dashboard.reports.files.grids import cells, notes, shown
from dashboard.reports.files.printed import BLANK, Line, chinese_date, footer, line, watermark
from dashboard.reports.files.widths import halves
from dashboard.reports.reading import tables_of
from layouts import html
from layouts.address import Address
from layouts.i18n import say, text
from layouts.parts.card import card
from layouts.parts.report_chart import chart_view

ROWS = 40
"""Rows of a table that stand in the preview; a link leads to all of them."""
MOST = 3000
"""Rows of a table that is shown alone; the files have every one."""
SHORT = 9
"""Characters of words that are not broken into lines."""


def document_view(address: Address, document: Document, whole: bool = True) -> Component:
    """The document, why it is not the ``whole`` one, or the one table that ``address.view`` names with all its rows."""
    table = tables_of(document).get(address.view)
    if table is not None:
        return _alone(address, table)
    head = [
        *_mark(document),
        *([html.Img(src=document.logo, alt="", className="paper-logo")] if document.logo else []),
        html.P(document.masthead, className="paper-masthead"),
        html.P(document.number, className="paper-number"),
        _organ(document, "paper-line"),
        html.H2([html.Span(words) for words in document.title], className="paper-title"),
        html.P(document.to, className="paper-to"),
        *([] if whole else [_why_part(address, document)]),
    ]
    known = tables_of(document)
    body = [
        *(_paragraph(address, one, known) for one in document.opening),
        *(_section(address, one, known) for one in document.sections),
        _organ(document, "paper-sign"),
    ]
    annexes = [_annex(address, annex, len(document.annexes), known) for annex in document.annexes]
    last = (document.cc, document.printed_by, footer(document))
    end = [html.P(words, className="paper-end") for words in last if words]
    return _paper([*head, *body, *annexes, *end])


def contents_card(address: Address, document: Document) -> Component:
    """The parts of a document as links to where they stand; nothing where one table is shown alone."""
    if address.view in tables_of(document):
        return html.Div(hidden=True)
    parts = [(_place(section), f"{section.number}、{section.heading}") for section in document.sections]
    count = len(document.annexes)
    annexes = [(_place(annex), f"{_annexed(annex, count)} {annex.title}") for annex in document.annexes]
    lines = [html.Li(html.A(words, href=f"#{place}")) for place, words in [*parts, *annexes]]
    listed = html.Ol(lines, className="report-contents", lang="zh-CN")
    return card(text(address.language, "reports.contents"), html.Nav(listed), name="report-contents")


def _place(part: Section | Annex) -> str:
    """The id of a part on the page."""
    return f"part-{part.key}" if isinstance(part, Section) else f"annex-{part.number}"


def _annexed(annex: Annex, count: int) -> str:
    return f"附件{annex.number}" if count > 1 else "附件"


def _paper(children: list[Component]) -> Component:
    return html.Article(children, className="card paper", lang="zh-CN", id="paper")


def _alone(address: Address, table: Table) -> Component:
    back = html.Link(text(address.language, "reports.whole"), href=address.to(view="").href)
    return _paper([html.P(back, lang=address.language), _table(address, table, MOST)])


def _why_part(address: Address, document: Document) -> Component:
    """What those read who are heard on a report before its issue, and why nothing else."""
    some = "some" if document.sections or document.annexes else "none"
    return html.P(text(address.language, f"reports.part.{some}"), className="paper-part", lang=address.language)


def _mark(document: Document) -> list[Component]:
    words = watermark(document)
    return [html.P(words, className="paper-mark")] if words else []


def _organ(document: Document, classes: str) -> Component:
    return html.Div([html.Span(document.organ), html.Span(chinese_date(document.issued))], className=classes)


def _section(address: Address, section: Section, known: Mapping[str, Table]) -> Component:
    """A part; its heading stands in its first paragraph where that begins with it."""
    head, first = f"{section.number}、{section.heading}", section.blocks[0] if section.blocks else None
    runs_in = isinstance(first, Paragraph) and "".join(run.text for run in first.runs).startswith(head)
    heading = [] if runs_in else [html.H3(head)]
    return html.Section([*heading, *(_block(address, block, known) for block in section.blocks)], id=_place(section))


def _annex(address: Address, annex: Annex, count: int, known: Mapping[str, Table]) -> Component:
    heading = html.H3([html.Span(_annexed(annex, count), className="paper-annex"), annex.title])
    blocks = [_block(address, block, known) for block in annex.blocks]
    return html.Section([heading, *blocks], id=_place(annex), className="paper-annexed")


def _block(address: Address, block: Block, known: Mapping[str, Table]) -> Component:
    if isinstance(block, Paragraph):
        return _paragraph(address, block, known)
    return _table(address, block, ROWS) if isinstance(block, Table) else chart_view(address.language, block)


def _paragraph(address: Address, paragraph: Paragraph, known: Mapping[str, Table]) -> Component:
    printed = line(paragraph)
    sources = [known[key] for key in paragraph.evidence if key in known]
    links = [html.A(one.title, href=f"#table-{one.key}", className="paper-source") for one in sources]
    under = [html.Span(links, className="paper-sources")] if links else []
    return html.P([*_pieces(printed), *under], className="paper-blank" if printed.look == "blank" else None)


def _pieces(printed: Line) -> list[Component]:
    """A paragraph's texts; a number keeps its unit."""
    made = []
    for piece in printed.pieces:
        whole = "whole" if piece.whole else None
        made.append(html.B(piece.text, className=whole) if piece.strong else html.Span(piece.text, className=whole))
    return made or [html.Span(BLANK)]


def _table(address: Address, table: Table, most: int) -> Component:
    columns, texts = shown(table), cells(table)[:most]
    sides = [_side(column, [row[place] for row in texts]) for place, column in enumerate(columns)]
    heads = [_head(column.heading, side) for column, side in zip(columns, sides, strict=True)]
    rows = [html.Tr([html.Td(words, className=side) for words, side in zip(row, sides, strict=True)]) for row in texts]
    grid = html.Table([html.Caption(table.title), html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table")
    under = [html.P(words, className="note") for words in notes(table)]
    return html.Div(
        [html.Div(grid, className="table-scroll"), *_more(address, table, most), *under],
        className="paper-table", id=f"table-{table.key}",
    )  # fmt: skip


def _head(heading: str, side: str | None) -> Component:
    """A heading that is broken where the paper breaks it, or not at all."""
    first, *second = halves(heading)
    return html.Th([first, *(piece for part in second for piece in (html.Wbr(), part))], className=side, scope="col")


def _side(column: Column, texts: list[str]) -> str | None:
    """How a column stands: numbers at the right, short words on one line."""
    if column.align == "right":
        return "num"
    return "short" if max(map(len, texts), default=0) <= SHORT else None


def _more(address: Address, table: Table, most: int) -> list[Component]:
    """What a table has beyond the rows shown, and the way to it."""
    left = len(table.rows) - most
    if left <= 0:
        return []
    lang = address.language
    if most == MOST:
        return [html.P(say(lang, "reports.rows.in_files", n=left), className="note", lang=lang)]
    link = html.Link(say(lang, "reports.rows.all", n=len(table.rows)), href=address.to(view=table.key).href)
    return [html.P([say(lang, "reports.rows.left", n=left), " ", link], className="note", lang=lang)]
