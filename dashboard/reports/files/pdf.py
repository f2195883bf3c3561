"""The report as PDF, set by Typst after GB/T 9704-2012 (``layout.typ``).

The same document, snapshot and fonts give the same bytes: the only time in the file is the one the numbers were frozen
at.
"""

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from dashboard.reports.document import Document
from dashboard.reports.files.fonts import Fonts
from dashboard.reports.files.glyphs import changed, said, settable
from dashboard.reports.files.printed import Drawing, Printed, printed
from dashboard.reports.files.typeset import typeset
from dashboard.reports.files.widths import UPRIGHT, width
from dashboard.reports.logo import Logo, logo_of
from dashboard.reports.snapshot import Snapshot

LAYOUT = Path(__file__).with_name("layout.typ")
LARGEST, SMALLEST = 44.0, 22.0
"""Points of the masthead: as large as its line allows, never under the title's size."""
ENDLESS, PLACE = re.compile(r"[!-~\xa1-\u024f]{32,}"), "\u200b"
SHARP = 200.0
"""Pixels per inch of pictures."""
UNDATED = "　　年　月　日"
"""The place of the date while there is none."""


def pdf(document: Document, snapshot: Snapshot, fonts: Fonts, whole: Printed | None = None) -> bytes:
    """The file. Characters that no font has are printed as 〓 and named at the end."""
    whole, missing = settable(msgspec.structs.replace(whole or printed(document), logo=""), fonts)
    whole = changed(whole, _breakable)
    inputs = {"document": msgspec.json.encode(_inputs(whole, said(missing), fonts, logo_of(document.logo))).decode()}
    [made] = typeset(
        LAYOUT.read_text(encoding="utf-8"), inputs, fonts.folders, fonts.system, timestamp=snapshot.cut.time // 1000
    )
    return made


def _picture(logo: Logo) -> dict[str, object]:
    """A picture as Typst takes it: it reads no base64."""
    format_ = logo.kind.removeprefix("image/").removesuffix("+xml").replace("jpeg", "jpg")
    return {"data": list(logo.data), "format": format_, "width": logo.width, "height": logo.height}


def pictures(drawings: Sequence[Drawing], fonts: Fonts) -> list[bytes]:
    """Drawings as PNG, for programs that draw no SVG."""
    if not drawings:
        return []
    pages = [f'#page(image(bytes(sys.inputs.d{n}), format: "svg"))' for n in range(len(drawings))]
    source = "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n" + "\n".join(pages)
    inputs = {f"d{n}": drawing.svg for n, drawing in enumerate(drawings)}
    return typeset(source, inputs, fonts.folders, fonts.system, format="png", ppi=SHARP)


def masthead(text: str) -> tuple[float, float]:
    """Points of the masthead's characters and between them, so that it fills a line and no more.

    Letters and digits have room to spare: an office's program that has none of the fonts takes wider ones, and
    LibreOffice puts space beside them (a masthead with 311 was broken there).
    """
    room, spare = UPRIGHT * 0.96, 0.25 * sum(letter.isascii() for letter in text)
    size = max(SMALLEST, min(LARGEST, room / max(1.0, width(text) + spare)))
    left = room * 0.76 - size * width(text)
    return size, max(0.0, min(size * 0.14, left / max(1, len(text) - 1)))


def _breakable(text: str) -> str:
    """Places where a line may end inside words that no line has room for; drawings are left alone."""
    return text if text.startswith("<svg") else ENDLESS.sub(lambda word: PLACE.join(_slices(word.group())), text)


def _slices(word: str, size: int = 10) -> list[str]:
    return [word[x : x + size] for x in range(0, len(word), size)]


def _inputs(whole: Printed, missing: str, fonts: Fonts, logo: Logo | None) -> dict[str, object]:
    size, spread = masthead(whole.masthead)
    return {
        "printed": whole, "fonts": fonts.chains, "masthead": size, "spread": spread, "day": whole.date or UNDATED,
        "heavy": "bold" if fonts.is_bold("title") else "regular",
        "strong": "bold" if fonts.is_bold("first") else "regular", "missing": missing,
        "logo": None if logo is None else _picture(logo),
    }  # fmt: skip
