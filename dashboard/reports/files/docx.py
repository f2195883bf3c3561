"""The report as a Word document that an office goes on editing, after GB/T 9704-2012.

Charts are SVG drawings with a picture for programs that know none. The same document, snapshot and fonts give the same
bytes.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import docx as word
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

from dashboard.reports.document import Document
from dashboard.reports.files import docx_parts as parts
from dashboard.reports.files.docx_styles import RED, dress, font, section
from dashboard.reports.files.fonts import WANTED, Fonts
from dashboard.reports.files.grids import Grid
from dashboard.reports.files.pdf import UNDATED, masthead, pictures
from dashboard.reports.files.printed import Drawing, Item, Page, Printed, printed
from dashboard.reports.files.widths import width
from dashboard.reports.logo import HIGH, Logo, logo_of
from dashboard.reports.snapshot import Snapshot

SVG = "image/svg+xml"
ABOVE = 1700
"""Twentieths of a point above the masthead."""
LOGO_ABOVE = ABOVE - round(HIGH * 20) - 240
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of files inside the file: the earliest that ZIP knows, because none is meant."""


def docx(document: Document, snapshot: Snapshot, fonts: Fonts, whole: Printed | None = None) -> bytes:
    """The file. Fonts of the standard are named and not embedded; ``fonts`` draw the pictures that stand in for SVG.
    ``whole`` is the printed document where that is known already, here and in the other formats."""
    whole, file = whole or printed(document), word.Document()
    dress(file)
    _describe(file, whole, document, snapshot)
    _feet(file.sections[0], whole)
    drawn = dict(zip(_keys(whole), pictures(_drawings(whole), fonts), strict=True))
    writer = _Writer(file, drawn, _turned_feet(file, whole))
    writer.front(whole, _logo(document, fonts))
    writer.items(whole.items, kept=True)
    writer.add("".join(_back(whole)))
    for number, annex in enumerate(whole.annexes):
        writer.annex(annex, number)
    writer.colophon(whole)
    writer.close()
    buffer = io.BytesIO()
    file.save(buffer)
    return sealed(buffer.getvalue())


def sealed(data: bytes) -> bytes:
    """The same ZIP archive without the time of its making, entries in the order of their names behind the first."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda each: (each != "[Content_Types].xml", each)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, old.read(name), compresslevel=6)
    return buffer.getvalue()


class _Writer:
    """Collects the body as text and parses it once: moving parsed tables into a document takes a minute for a thousand
    rows, since lxml looks up the namespaces of every node."""

    def __init__(self, file: Any, drawn: dict[int, bytes], turned: str) -> None:
        self._file, self._drawn, self._turned, self._continued = file, drawn, False, False
        self._body: list[str] = []
        self._feet, self._pictures = {False: _references(file.sections[0]._sectPr), True: turned}, 0

    def add(self, xml: str) -> None:
        """Paragraphs and tables."""
        self._body.append(xml)

    def close(self) -> None:
        """Put the body into the document."""
        body = "".join([*self._body, self._section()])
        spaces = nsdecls("w", "r", "wp", "a", "pic")
        self._file.part._element = parse_xml(f"<w:document {spaces}><w:body>{body}</w:body></w:document>")

    def _section(self, across: int = 1) -> str:
        """Properties of the section that ends here."""
        return section(self._turned, self._feet[self._turned], across, self._continued)

    def front(self, whole: Printed, logo: tuple[Logo, bytes] | None) -> None:
        """版头, the picture in the space above it, title and 主送."""
        if logo is not None:
            inline = self._inline(logo[1], logo[0].width, whole.organ, whole.organ)
            if logo[0].kind == SVG:
                self._drawn_by(inline, logo[0].data)
            self.add(parts.paragraph("Number", _shown(inline), f'<w:spacing w:before="{LOGO_ABOVE}"/>'))
        self.add("".join(_front(whole, logo is not None)))

    def items(self, items: Sequence[Item], title: str = "", kept: bool = False) -> None:
        """Blocks in their order; the only table of an annex does not repeat the annex's title. ``kept``: the last one
        stays on the page of what follows."""
        for place, item in enumerate(items, 1):
            if isinstance(item, Grid):
                self._grid(item, titled=item.title != title or len(items) > 1)
            elif isinstance(item, Drawing):
                self._drawing(item)
            else:
                self.add(parts.sentence(item, parts.KEEP if kept and place == len(items) else ""))

    def _grid(self, grid: Grid, titled: bool) -> None:
        head = parts.paragraph("TableTitle", parts.text(grid.title)) if titled else ""
        self.add(head)
        if grid.across > 1:
            self._ended(1, continued=True)
        self.add(parts.table(grid))
        if grid.across > 1:
            self._ended(grid.across, continued=True)
        self.add(parts.paragraph("Note", parts.text(note_line(grid.notes))))

    def _ended(self, across: int, continued: bool) -> None:
        """End a section; the next one goes on upon the same page or begins another."""
        self.add(parts.paragraph("FootLine", "", self._section(across)))
        self._continued = continued

    def _drawing(self, drawing: Drawing) -> None:
        self.add(parts.paragraph("TableTitle", parts.text(drawing.title)))
        self.add(parts.paragraph("Drawing", _shown(self._picture(drawing))))

    def _picture(self, drawing: Drawing) -> Any:
        """The picture and the drawing behind it, both as parts of the file."""
        inline = self._inline(self._drawn[id(drawing)], drawing.width, drawing.title, drawing.words)
        self._drawn_by(inline, drawing.svg.encode())
        return inline

    def _inline(self, picture: bytes, width: float, title: str, words: str) -> Any:
        self._pictures += 1
        inline = self._file.part.new_pic_inline(io.BytesIO(picture), width=Pt(width))
        for key, value in (("id", str(self._pictures)), ("title", title), ("descr", words)):
            inline.docPr.set(key, value)
        return inline

    def _drawn_by(self, inline: Any, svg: bytes) -> None:
        """Name the drawing behind a picture."""
        part, name = self._file.part, PackURI(f"/word/media/drawing{self._pictures}.svg")
        relation = part.relate_to(Part(name, SVG, svg, part.package), RELATIONSHIP_TYPE.IMAGE)
        next(inline.iter(qn("a:blip"))).append(parse_xml(parts.svg_blip(relation)))

    def turn(self, turned: bool) -> str:
        """Begin a page, in a section of its own where the paper turns; the property its first paragraph needs."""
        if turned == self._turned:
            return parts.break_before()
        self._ended(1, continued=False)
        self._turned = turned
        return ""

    def annex(self, annex: Page, number: int) -> None:
        """附件 on a new page, turned where one of its tables is wide."""
        begins = self.turn(any(isinstance(item, Grid) and item.wide for item in annex.items))
        self.add(parts.paragraph("AnnexMark", parts.text(annex.mark), begins))
        self.add(parts.paragraph("AnnexTitle", parts.text(annex.title)))
        self.items(annex.items, annex.title)

    def colophon(self, whole: Printed) -> None:
        """版记 at the foot of the last page, which is never a turned one."""
        if not (whole.cc or whole.printed_by):
            return
        if self._turned:
            self.turn(False)
        self.add(parts.colophon(whole.cc, whole.printed_by, f"{whole.date}印发" if whole.date else ""))


def _shown(inline: Any) -> str:
    return f"<w:r><w:drawing>{inline.xml}</w:drawing></w:r>"


def _logo(document: Document, fonts: Fonts) -> tuple[Logo, bytes] | None:
    """The office's picture, and what programs show that draw no SVG."""
    logo = logo_of(document.logo)
    if logo is None or logo.kind != SVG:
        return None if logo is None else (logo, logo.data)
    drawing = Drawing("logo", "", logo.data.decode(), logo.width, logo.height, "")
    return logo, pictures([drawing], fonts)[0]


def note_line(notes: Sequence[str]) -> str:
    """What stands under a table, numbered where it is several things."""
    if not notes:
        return ""
    said = notes[0] if len(notes) == 1 else "".join(f"{number}. {note}" for number, note in enumerate(notes, 1))
    return f"注：{said}"


def _drawings(whole: Printed) -> list[Drawing]:
    items = [*whole.items, *(item for annex in whole.annexes for item in annex.items)]
    return [item for item in items if isinstance(item, Drawing)]


def _keys(whole: Printed) -> list[int]:
    return [id(drawing) for drawing in _drawings(whole)]


def _front(whole: Printed, pictured: bool) -> Iterator[str]:
    """版头, title and 主送."""
    size, spread = masthead(whole.masthead)
    red = f'<w:b/><w:color w:val="{RED}"/><w:spacing w:val="{round(spread * 20)}"/>'
    line = f'<w:spacing w:before="{240 if pictured else ABOVE}" w:line="{round(size * 26)}" w:lineRule="exact"/>'
    yield parts.paragraph("Number", parts.text(whole.masthead, font(WANTED["title"].name, round(size * 2), red)), line)
    yield parts.paragraph("Number", parts.text(whole.number), '<w:spacing w:before="240"/>')
    rule = f'<w:pBdr><w:bottom w:val="single" w:sz="16" w:space="4" w:color="{RED}"/></w:pBdr>'
    yield parts.ends(whole.organ, whole.date, "Flush", rule)
    yield parts.paragraph("Flush", "")
    for title in whole.title:
        yield parts.paragraph("ReportTitle", parts.text(title))
    yield parts.paragraph("Flush", "")
    yield parts.paragraph("Flush", parts.text(whole.to))


def _back(whole: Printed) -> Iterator[str]:
    """附件说明, and the signature with the place of the seal, kept together."""
    yield parts.paragraph("Flush", "", "<w:keepNext/>")
    several = len(whole.annexes) > 1
    for number, annex in enumerate(whole.annexes, 1):
        mark = "附件：" if number == 1 else ""
        shape = f'<w:keepNext/><w:ind w:left="1920" w:hanging="{1280 if mark else 320}"/>'
        yield parts.paragraph("Flush", parts.text(f"{mark}{f'{number}.' if several else ''}{annex.title}"), shape)
    date = whole.date or UNDATED
    apart = round((width(date) - width(whole.organ)) * 160)
    right = '<w:jc w:val="right"/>'
    yield parts.paragraph("Flush", "", "<w:keepNext/>") * 2
    yield parts.paragraph(
        "Flush", parts.text(whole.organ), f'<w:keepNext/><w:ind w:right="{max(0, 1280 + apart)}"/>{right}'
    )
    yield parts.paragraph("Flush", parts.text(date), f'<w:ind w:right="{max(1280, 1280 - apart)}"/>{right}')


def _references(properties: Any) -> str:
    """The references of a section to its headers and footers."""
    found = [each for each in properties if each.tag in (qn("w:headerReference"), qn("w:footerReference"))]
    return "".join(str(each.xml) for each in found)


def _feet(section: Any, whole: Printed) -> None:
    """Page numbers and the line of the data at the foot, the watermark at the head; both for odd and even pages."""
    pairs = ((section.footer, section.header), (section.even_page_footer, section.even_page_header))
    for number, (foot, head) in enumerate(pairs):
        line = parts.paragraph("FootLine", parts.text(whole.footer))
        _fill(foot, parts.page_number(odd=number == 0) + line)
        _fill(head, parts.watermark(whole.watermark, number) if whole.watermark else parts.paragraph("FootLine", ""))


def _turned_feet(file: Any, whole: Printed) -> str:
    """References to the feet of turned pages, whose numbers stand beside; their heads are those of the others."""
    found = ""
    for number, kind in enumerate(("default", "even")):
        foot, relation = file.part.add_footer_part()
        _put(foot.element, parts.turned_number(odd=number == 0) + parts.paragraph("FootLine", parts.text(whole.footer)))
        found += f'<w:footerReference w:type="{kind}" r:id="{relation}"/>'
    return found


def _fill(block: Any, xml: str) -> None:
    block.is_linked_to_previous = False
    _put(block._element, xml)


def _put(element: Any, xml: str) -> None:
    for old in list(element):
        element.remove(old)
    for new in parse_xml(f"<w:hdr {nsdecls('w')}>{xml}</w:hdr>"):
        element.append(new)


def _describe(file: Any, whole: Printed, document: Document, snapshot: Snapshot) -> None:
    """The file's own facts: no time but the one of the frozen numbers."""
    facts, frozen = file.core_properties, datetime.fromtimestamp(snapshot.cut.time // 1000, UTC)
    facts.title, facts.author, facts.last_modified_by = "".join(whole.title)[:255], whole.organ[:255], whole.organ[:255]
    facts.created = facts.modified = frozen
    facts.comments, facts.keywords, facts.revision = f"校验码 {document.code}", document.hash, 1
    facts.language = "zh-CN"
    for key, relation in list(file.part.package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del file.part.package.rels[key]
