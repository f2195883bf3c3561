"""The report as one page that needs nothing else: it opens from a disk, on a phone, on paper.

Scripts are Plotly's own bundle and ``report.js``, the same in every report; what a report says is text and JSON. The
page's own policy names both scripts by their hashes and allows nothing else: a name that looks like markup stays one.
"""

import base64
import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path

import orjson

from dashboard.reports.document import Annex, Block, Chart, Column, Document, Num, Paragraph, Run, Section, Table
from dashboard.reports.files.charts import svg
from dashboard.reports.files.grids import cells, notes, shown
from dashboard.reports.files.pdf import UNDATED
from dashboard.reports.files.plain import plain
from dashboard.reports.files.printed import BLANK, Printed, printed, text_of
from dashboard.reports.files.widths import halves
from dashboard.reports.snapshot import Snapshot
from layouts.figures.report import figure, height, texts
from layouts.theme import TOKENS, colour, font_stack

HERE = Path(__file__).parent
SERIF = "'Source Han Serif SC', 'Noto Serif CJK SC', 'Noto Serif SC', 'Songti SC', SimSun, serif"


LONG = 400
"""Rows of an annex from which on the browser draws it when somebody comes to it."""


def report_html(document: Document, snapshot: Snapshot, whole: Printed | None = None) -> bytes:
    """The file; the same document and snapshot give the same bytes."""
    whole = whole or printed(document)
    title = escape("".join(whole.title))
    head = (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy())}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="report-hash" content="{escape(document.hash)}">'
        f'<meta name="report-cut" content="{snapshot.cut.seq}">'
        f"<title>{title}</title><style>{_style()}</style></head>"
    )
    body = f'<body><div class="page">{_contents(document)}<main>{_paper(document, whole)}</main>'
    foot = f"<footer>{escape(whole.footer)}</footer></div>{_scripts(document)}</body></html>\n"
    return (head + body + foot).encode()


@cache
def policy() -> str:
    """The Content-Security-Policy under which the page works, for who serves it; the page states it itself too."""
    hashes = " ".join(f"'sha256-{_sha256(script)}'" for script in _code())
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _code() -> tuple[str, str]:
    """Plotly's own script and the page's; the package's Python (0.3 s, 20 MB) is not loaded for a file of it."""
    package = find_spec("plotly")
    assert package is not None and package.origin is not None
    plotly = Path(package.origin).with_name("package_data") / "plotly.min.js"
    return plotly.read_text(encoding="utf-8"), (HERE / "report.js").read_text(encoding="utf-8")


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


@cache
def _style() -> str:
    colours = "".join(f"--{name.replace('_', '-')}: {colour(name, 'light')};" for name in TOKENS["color"]["light"])
    own = (HERE / "report.css").read_text(encoding="utf-8")
    return f":root {{{colours}--font: {font_stack()};--serif: {SERIF};}}\n{own}"


def _scripts(document: Document) -> str:
    """Figures as data, which no browser runs; ``<`` is escaped so that no text can end the element."""
    found = {chart.key: figure(chart) for chart in _charts(document)}
    data = orjson.dumps(found, option=orjson.OPT_SORT_KEYS).decode().replace("<", "\\u003c")
    code = "".join(f"<script>{script}</script>" for script in _code())
    return f'<script type="application/json" id="figures">{data}</script>{code}'


def _charts(document: Document) -> list[Chart]:
    parts: Sequence[Section | Annex] = [*document.sections, *document.annexes]
    return [block for part in parts for block in part.blocks if isinstance(block, Chart)]


def _contents(document: Document) -> str:
    sections = [(f"s-{one.key}", _heading(one)) for one in document.sections]
    annexes = [(f"a-{one.number}", f"附件{one.number}　{plain(one.title)}") for one in document.annexes]
    links = "".join(
        f'<li><a href="#{escape(target)}">{escape(words)}</a></li>' for target, words in [*sections, *annexes]
    )
    return f'<nav aria-label="目录"><details><summary>目录</summary><ol>{links}</ol></details></nav>'


def _paper(document: Document, whole: Printed) -> str:
    parts = [
        *_head(whole),
        *(_block(block) for block in document.opening),
        *(_section(one) for one in document.sections),
        f'<p class="sign"><span>{escape(whole.organ)}</span><span>{whole.date or UNDATED}</span></p>',
        *(_annex(one, page.mark) for one, page in zip(document.annexes, whole.annexes, strict=True)),
        *_colophon(whole),
    ]
    return "".join(parts)


def _head(whole: Printed) -> Iterator[str]:
    if whole.watermark:
        yield f'<p class="badge">{escape(whole.watermark)}</p>'
    if whole.logo:
        yield f'<img class="logo" src="{escape(whole.logo)}" alt="">'
    yield f'<p class="masthead">{escape(whole.masthead)}</p><p class="number">{escape(whole.number)}</p>'
    yield f'<p class="ends line"><span>{escape(whole.organ)}</span><span>{whole.date}</span></p>'
    yield f"<h1>{''.join(f'<span>{escape(line)}</span>' for line in whole.title)}</h1><p>{escape(whole.to)}</p>"


def _colophon(whole: Printed) -> Iterator[str]:
    cc = f"<p>抄送：{escape(whole.cc)}</p>" if whole.cc else ""
    date = f"<span>{whole.date}印发</span>" if whole.date else ""
    yield f'<div class="colophon">{cc}<p class="ends"><span>{escape(whole.printed_by)}</span>{date}</p></div>'


def _heading(section: Section) -> str:
    return plain(f"{section.number}、{section.heading}" if section.number else section.heading)


def _section(section: Section) -> str:
    blocks = "".join(_block(block) for block in section.blocks)
    return f'<section id="s-{escape(section.key)}"><h2>{escape(_heading(section))}</h2>{blocks}</section>'


def _annex(annex: Annex, mark: str) -> str:
    blocks = "".join(_block(block) for block in annex.blocks)
    title = f'<span class="mark">{mark}</span>{escape(plain(annex.title))}'
    rows = sum(len(block.rows) for block in annex.blocks if isinstance(block, Table))
    kind = "annex long" if rows > LONG else "annex"
    return f'<section class="{kind}" id="a-{annex.number}"><h2>{title}</h2>{blocks}</section>'


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return _paragraph(block)
    return _table(block) if isinstance(block, Table) else _chart(block)


def _paragraph(paragraph: Paragraph) -> str:
    if paragraph.blank and not text_of(paragraph.runs).strip():
        return f'<p class="indent blank">{BLANK}</p>'
    return f'<p class="indent">{"".join(_run(run) for run in paragraph.runs)}</p>'


def _run(run: Run) -> str:
    words = escape(plain(run.text))
    if isinstance(run, Num):
        return f'<span class="n" data-fact="{escape(plain(run.fact))}">{words}</span>'
    return f"<strong>{words}</strong>" if run.strong else words


def _table(table: Table) -> str:
    columns = shown(table)
    heads = "".join(
        f'<th scope="col" class="{_side(column)}">{_broken(plain(column.heading))}</th>' for column in columns
    )
    named = _naming(columns)
    rows = "".join(_row(row, columns, named) for row in cells(table))
    title = escape(plain(table.title))
    said = "".join(f'<p class="note">注：{escape(note)}</p>' for note in [" ".join(notes(table))] if note)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{title}"><table data-table="{escape(table.key)}">'
        f"<caption>{title}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{said}"
    )


def _broken(heading: str) -> str:
    """A heading that is broken where the paper breaks it, or not at all."""
    return "<wbr>".join(map(escape, halves(heading)))


def _naming(columns: Sequence[Column]) -> int:
    """The column that names a row: the one called so, else the first of texts."""
    texts_at = [x for x, column in enumerate(columns) if column.unit == "text"]
    return next((x for x in texts_at if columns[x].key == "name"), min(texts_at, default=-1))


def _row(row: Sequence[str], columns: Sequence[Column], named: int) -> str:
    return f"<tr>{''.join(_cell(text, columns[x], x == named) for x, text in enumerate(row))}</tr>"


def _cell(text: str, column: Column, name: bool) -> str:
    words = escape(text)
    if name:
        return f'<th scope="row">{words}</th>'
    strong = " strong" if column.unit in ("rank", "score") else ""
    return f'<td class="{_side(column)}{strong}">{words}</td>'


def _side(column: Column) -> str:
    if column.unit == "text" and column.align == "left":
        return "text"
    return "center" if column.unit == "rank" else column.align


def _chart(chart: Chart) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(plain(label))}</th><td class="right">{text}</td></tr>'
        for label, text in zip(chart.labels, texts(chart), strict=True)
    )
    title = escape(plain(chart.title))
    return (
        f'<figure><figcaption>{title}</figcaption><div class="plot" data-figure="{escape(chart.key)}" '
        f'style="height: {height(chart)}px" aria-hidden="true"><noscript>{svg(chart).text}</noscript></div>'
        f'<details><summary>数据表</summary><table data-chart="{escape(chart.key)}"><tbody>{rows}</tbody></table>'
        "</details></figure>"
    )
