"""The page and the styles of the editable document, after GB/T 9704-2012; fonts by the names of the standard."""

from collections.abc import Mapping
from html import escape
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from dashboard.reports.files.fonts import WANTED
from dashboard.reports.files.widths import GUTTER

RED = "C8102E"
LINE, CHARACTER = 579, -850
"""Grid: 22 lines (twips each; 580 would leave 21) of 28 characters (4096ths of a point, against 16 points)."""
CLOSE = '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
"""No space of its own between ideographs and letters or digits."""
NARROW = '<w:spacing w:val="-5"/>'
"""A quarter of a point less between characters: 28 of 16 points on a line of 156 mm, as the grid says.

The paragraphs themselves do not snap to the grid: LibreOffice gives a character that is wider than a cell two cells.
"""
MARGINS = {"top": 2098, "right": 1474, "bottom": 1984, "left": 1587, "header": 851, "footer": 794}
"""Twips: 37, 26, 35 and 28 mm."""
TURNED = {"top": 1587, "right": 2098, "bottom": 1474, "left": 1984, "header": 567, "footer": 340}
TYPE_AREA, PAGE = 8845, (11906, 16838)
CONTINUED = '<w:type w:val="continuous"/>'
SONG = "宋体"
KEPT = ("Normal", "DefaultParagraphFont", "TableNormal", "NoList")
ALTERNATIVES: Mapping[str, str] = {
    WANTED["title"].name: "方正小标宋_GBK,FZXiaoBiaoSong-B05S,华文中宋,Noto Serif CJK SC",
    WANTED["body"].name: "仿宋,FangSong,FangSong_GB2312,Noto Serif CJK SC",
    WANTED["first"].name: "SimHei,Noto Sans CJK SC",
    WANTED["second"].name: "楷体,KaiTi,KaiTi_GB2312,Noto Serif CJK SC",
    SONG: "SimSun,Noto Sans CJK SC",
}
"""What Word takes where a font is missing, in this order."""


def font(name: str, half_points: int, more: str = "") -> str:
    """Properties of a run: one font for all scripts, its size in half points."""
    faces = " ".join(f'w:{script}="{escape(name)}"' for script in ("ascii", "hAnsi", "eastAsia", "cs"))
    return f'<w:rPr><w:rFonts {faces}/>{more}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr>'


def _style(key: str, paragraph: str, run: str, based: str = "Normal") -> str:
    parent = f'<w:basedOn w:val="{based}"/>' if based else ""
    return (
        f'<w:style {nsdecls("w")} w:type="paragraph" w:customStyle="1" w:styleId="{key}"><w:name w:val="{key}"/>'
        f"{parent}<w:qFormat/><w:pPr>{paragraph}</w:pPr>{run}</w:style>"
    )


def _spaced(before: int = 0, after: int = 0, line: int = LINE, rule: str = "exact") -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="{rule}"/>'


def _cells() -> list[str]:
    """Texts of tables by side and size: ``CellR21`` is right and 10.5 points; ``Head`` ones are bold."""
    found = []
    for side, jc in (("L", "left"), ("C", "center"), ("R", "right")):
        for size in (18, 21):
            shape = (
                f'<w:snapToGrid w:val="0"/>{_spaced(20, 20, 240, "auto")}<w:ind w:firstLine="0"/><w:jc w:val="{jc}"/>'
            )
            found.append(_style(f"Cell{side}{size}", shape, font(SONG, size)))
            found.append(
                _style(f"Head{side}{size}", "<w:keepNext/>" + shape, font(WANTED["first"].name, size, "<w:b/>"))
            )
    return found


def _styles() -> list[str]:
    title, body = WANTED["title"].name, WANTED["body"].name
    first, loose = WANTED["first"].name, f'{CLOSE}<w:snapToGrid w:val="0"/>'
    centre, both = '<w:jc w:val="center"/>', '<w:jc w:val="both"/>'
    outline = '<w:outlineLvl w:val="0"/>'
    indent = '<w:ind w:firstLineChars="200" w:firstLine="640"/>'
    return [
        _style("Text", f"{loose}{_spaced()}{indent}{both}", font(body, 32, NARROW)),
        _style("Level1", f'<w:keepNext/>{loose}{_spaced()}{indent}{outline}', font(first, 32, NARROW)),
        _style("Flush", f'{loose}{_spaced()}<w:jc w:val="left"/>', font(body, 32, NARROW)),
        _style("Number", f"{loose}{_spaced()}{centre}", font(body, 32)),
        _style("ReportTitle", f'<w:keepNext/>{loose}{_spaced(line=700)}{centre}', font(title, 44)),
        _style("AnnexMark", f'<w:keepNext/>{loose}{_spaced()}<w:jc w:val="left"/>', font(first, 32)),
        _style("AnnexTitle", f"<w:keepNext/>{loose}{_spaced(60, 120, 560)}{centre}{outline}", font(title, 36)),
        _style("TableTitle", f'<w:keepNext/>{loose}{_spaced(200, 100, 320, "atLeast")}{centre}', font(first, 24)),
        _style("Note", f'{loose}{_spaced(80, 200, 280, "atLeast")}<w:jc w:val="left"/>', font(SONG, 18)),
        _style("Drawing", f'<w:keepLines/>{loose}{_spaced(60, 160, 240, "auto")}{centre}', font(SONG, 21)),
        _style("Colophon", f'{loose}{_spaced(40, 40, 400, "atLeast")}<w:ind w:left="280" w:right="280"/>',
               font(body, 28)),
        _style("PageNumber", f'{loose}{_spaced(0, 120, 360)}', font(SONG, 28)),
        _style("FootLine", f'{loose}{_spaced(0, 0, 200)}', font(SONG, 15, '<w:color w:val="595959"/>')),
    ]  # fmt: skip


def dress(document: Any) -> None:
    """Give a new document the styles, and the fonts' alternatives; of the template's styles few stay."""
    styles = document.styles.element
    for style in [each for each in styles.findall(qn("w:style")) if each.get(qn("w:styleId")) not in KEPT]:
        styles.remove(style)
    for language in styles.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    _normal(document.styles["Normal"].element)
    for style in [*_styles(), *_cells()]:
        styles.append(parse_xml(style))
    _name_fonts(document)
    document.settings.odd_and_even_pages_header_footer = True


def _normal(style: Any) -> None:
    """The body's font."""
    for old in [*style.findall(qn("w:rPr")), *style.findall(qn("w:pPr"))]:
        style.remove(old)
    style.append(parse_xml(f"<w:pPr {nsdecls('w')}>{CLOSE}{_spaced(line=240, rule='auto')}</w:pPr>"))
    style.append(parse_xml(font(WANTED["body"].name, 32).replace("<w:rPr>", f"<w:rPr {nsdecls('w')}>", 1)))


def section(turned: bool, feet: str = "", across: int = 1, continued: bool = False) -> str:
    """Properties of a section: ``feet`` (references to headers and footers, inherited by later sections), paper,
    margins, columns of lines and grid. A ``continued`` one begins on the page where the last one ends."""
    width, height = reversed(PAGE) if turned else PAGE
    margins = " ".join(f'w:{side}="{twips}"' for side, twips in (TURNED if turned else MARGINS).items())
    way = ' w:orient="landscape"' if turned else ""
    grid = f'w:type="{"lines" if turned else "linesAndChars"}" w:linePitch="{LINE}" w:charSpace="{CHARACTER}"'
    return (
        f'<w:sectPr>{feet}{CONTINUED if continued else ""}<w:pgSz w:w="{width}" w:h="{height}"{way}/>'
        f'<w:pgMar {margins} w:gutter="0"/><w:cols w:num="{across}" w:space="{round(GUTTER * 20)}"/>'
        f"<w:docGrid {grid}/></w:sectPr>"
    )


def _name_fonts(document: Any) -> None:
    named = "".join(
        f'<w:font w:name="{escape(name)}"><w:altName w:val="{escape(others)}"/></w:font>'
        for name, others in ALTERNATIVES.items()
    )
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            relation.target_part._blob = f"<w:fonts {nsdecls('w')}>{named}</w:fonts>".encode()
