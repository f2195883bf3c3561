"""Paragraphs, tables, drawings and footers of the editable document as WordprocessingML.

Tables are written as text: python-docx builds them cell by cell, which takes minutes for a thousand rows.
"""

from collections.abc import Sequence
from html import escape

from dashboard.reports.files.docx_styles import NARROW, TYPE_AREA, font
from dashboard.reports.files.fonts import WANTED
from dashboard.reports.files.grids import Grid
from dashboard.reports.files.printed import Line, Piece

SIDES = {"left": "L", "center": "C", "right": "R"}
SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
"""Marks the drawing that Word 2016 and later take instead of the picture [MS-ODRAWXML] 2.3.2.3."""
SVG_SPACE = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"


def text(words: str, properties: str = "") -> str:
    """A run."""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(words, quote=False)}</w:t></w:r>'


def paragraph(style: str, runs: str, more: str = "") -> str:
    """A paragraph; ``more`` are properties beside its style."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{runs}</w:p>'


KEEP = "<w:keepNext/>"


def sentence(line: Line, more: str = "") -> str:
    """A paragraph of the body; its lead in the font of its level, ``more`` are properties beside its style."""
    style = "Level1" if line.look == "first" else "Text"
    return paragraph(style, "".join(_piece(piece, line.look) for piece in line.pieces), more)


def _piece(piece: Piece, look: str) -> str:
    lead = font(WANTED["second" if look == "second" else "first"].name, 32, NARROW)
    return text(piece.text, lead if piece.strong and look != "first" else "")


def break_before() -> str:
    """The property of a paragraph that begins a page."""
    return "<w:pageBreakBefore/>"


def ends(left: str, right: str, style: str, more: str = "") -> str:
    """A line with words at both ends."""
    tab = f'<w:tabs><w:tab w:val="right" w:pos="{TYPE_AREA}"/></w:tabs>'
    return paragraph(style, f"{text(left)}<w:r><w:tab/></w:r>{text(right)}", more + tab)


def table(grid: Grid) -> str:
    """A table with three lines; its head is repeated on every page."""
    size = round(grid.size * 2)
    widths = [round(width * grid.size * 20) for width in grid.widths]
    styles = [f"{SIDES[side]}{size}" for side in grid.aligns]
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    last = len(grid.rows) - 1
    rows = [
        _row(row, widths, styles, grid.bold, KEEP if grid.together and place < last else "")
        for place, row in enumerate(grid.rows)
    ]
    head = f"<w:tblGrid>{columns}</w:tblGrid>{_head(grid, widths, styles)}"
    return f"<w:tbl>{_shape(sum(widths))}{head}{''.join(rows)}</w:tbl>"


def _shape(width: int) -> str:
    rule, thin = (
        '{0} w:val="single" w:sz="10" w:space="0" w:color="000000"',
        '{0} w:val="single" w:sz="3" w:color="A6A6A6"',
    )
    borders = f"<{rule.format('w:top')}/><{rule.format('w:bottom')}/><{thin.format('w:insideH')}/>"
    margins = '<w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/>'
    return (
        f'<w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
    )


def _head(grid: Grid, widths: Sequence[int], styles: Sequence[str]) -> str:
    line = '<w:tcBorders><w:bottom w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:tcBorders>'
    cells = [
        _cell("<w:r><w:br/></w:r>".join(text(part) for part in lines), width, f"Head{style}", line)
        for lines, width, style in zip(grid.heads, widths, styles, strict=True)
    ]
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _row(row: Sequence[str], widths: Sequence[int], styles: Sequence[str], bold: Sequence[bool], kept: str = "") -> str:
    heavy = ("", "<w:rPr><w:b/></w:rPr>")
    cells = [
        _cell(text(said, heavy[strong]), width, f"Cell{style}", kept=kept)
        for said, width, style, strong in zip(row, widths, styles, bold, strict=True)
    ]
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"


def _cell(runs: str, width: int, style: str, more: str = "", kept: str = "") -> str:
    whole = "" if style[4] == "L" else "<w:noWrap/>"
    shape = f'<w:tcW w:w="{width}" w:type="dxa"/>{more}{whole}<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{shape}</w:tcPr>{paragraph(style, runs, kept)}</w:tc>"


def svg_blip(relation: str) -> str:
    """The extension of a picture that names its drawing."""
    return (
        f'<a:extLst xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:ext uri="{SVG_EXTENSION}">'
        f'<asvg:svgBlip xmlns:asvg="{SVG_SPACE}" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        f'r:embed="{relation}"/></a:ext></a:extLst>'
    )


NUMBER = f'{text("— ")}<w:fldSimple w:instr=" PAGE ">{text("1")}</w:fldSimple>{text(" —")}'


def page_number(odd: bool) -> str:
    """— 1 — at the outer side, one character in."""
    side = '<w:ind w:right="280"/><w:jc w:val="right"/>' if odd else '<w:ind w:left="280"/><w:jc w:val="left"/>'
    return paragraph("PageNumber", NUMBER, side)


def turned_number(odd: bool) -> str:
    """The same of a turned page: where it stands on the others once the paper is upright, in points of the page."""
    wide, high = 20, 90
    left, top = 79.4 - wide, 595.3 - 73.7 - 14 - high if odd else 79.4 + 14
    place = (
        f"position:absolute;margin-left:{left:.1f}pt;margin-top:{top:.1f}pt;width:{wide}pt;height:{high}pt;"
        "mso-position-horizontal-relative:page;mso-position-vertical-relative:page"
    )
    line = paragraph("PageNumber", NUMBER, f'<w:jc w:val="{"right" if odd else "left"}"/>')
    return paragraph(
        "FootLine",
        f'<w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml"><v:rect style="{place}" filled="f" stroked="f">'
        f'<v:textbox style="layout-flow:vertical" inset="0,0,0,0"><w:txbxContent>{line}</w:txbxContent></v:textbox>'
        "</v:rect></w:pict></w:r>",
    )


def watermark(words: str, number: int) -> str:
    """Words across the page, as Word makes its own watermarks."""
    size = f"width:{min(480, 74 * len(words))}pt;height:66pt"
    style = (
        f"position:absolute;{size};rotation:320;z-index:-251658240;mso-position-horizontal:center;"
        "mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin"
    )
    path = f"font-family:{escape(WANTED['first'].name)};font-size:1pt"
    return (
        '<w:p><w:r><w:pict xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
        '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
        'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
        '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>'
        '<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
        '<v:path textpathok="t" o:connecttype="custom" o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" '
        'o:connectangles="270,180,90,0"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
        f'<v:shape id="watermark{number}" o:spid="_x0000_s{2048 + number}" type="#_x0000_t136" style="{style}" '
        f'o:allowincell="f" fillcolor="#d9d9d9" stroked="f"><v:fill opacity=".5"/>'
        f'<v:textpath style="{path}" string="{escape(words)}"/></v:shape></w:pict></w:r></w:p>'
    )


def colophon(cc: str, printed_by: str, date: str) -> str:
    """抄送 and 印发 between lines at the foot of the page."""
    rule = 'w:val="single" w:sz="8" w:space="0" w:color="000000"'
    place = '<w:tblpPr w:vertAnchor="margin" w:horzAnchor="margin" w:tblpXSpec="left" w:tblpYSpec="bottom"/>'
    borders = f'<w:top {rule}/><w:bottom {rule}/><w:insideH w:val="single" w:sz="6" w:space="0" w:color="000000"/>'
    tab = f'<w:tabs><w:tab w:val="right" w:pos="{TYPE_AREA - 280}"/></w:tabs>'
    last = paragraph("Colophon", f"{text(printed_by)}<w:r><w:tab/></w:r>{text(date)}", tab)
    first = paragraph("Colophon", text(f"抄送：{cc}"), '<w:ind w:left="1120" w:right="280" w:hanging="840"/>')
    cell = f'<w:tr><w:tc><w:tcPr><w:tcW w:w="{TYPE_AREA}" w:type="dxa"/></w:tcPr>{{0}}</w:tc></w:tr>'
    rows = "".join(cell.format(each) for each in ([first] if cc else []) + [last])
    return (
        f'<w:tbl><w:tblPr>{place}<w:tblW w:w="{TYPE_AREA}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="{TYPE_AREA}"/></w:tblGrid>{rows}</w:tbl>'
        + paragraph("FootLine", "")
    )
