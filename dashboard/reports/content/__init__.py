"""From a snapshot and an office's settings to a document: one file for each section, one line in a tuple."""

from collections.abc import Callable

from dashboard.reports.content.head import data_line, number, opening, organ, title
from dashboard.reports.content.material import Material
from dashboard.reports.content.periods import period_words
from dashboard.reports.content.total import total
from dashboard.reports.document import Annex, Block, Document, Section
from dashboard.reports.office_settings import Office
from dashboard.reports.snapshot import Snapshot, check_code, digest

SECTIONS: dict[str, tuple[str, Callable[[Material], list[Block]]]] = {
    "total": ("总体情况", total),
}
"""Heading and writer of each part that an office may have."""
NUMERALS = "一二三四五六七八九十"


def compose(snapshot: Snapshot, office: Office, *, issued: int = 0, draft: bool = True) -> Document:
    """The report of a snapshot in the office's words; ``issued`` is the local day ``YYYYMMDD`` of the issue."""
    m = Material(snapshot, office, period_words(snapshot))
    annexes: list[Annex] = []
    hashed = digest(snapshot)
    return Document(
        masthead=office.masthead, number=number(m), organ=organ(m, office.organ), title=title(m), to=office.to,
        opening=opening(m), sections=_sections(m), annexes=annexes, cc=office.cc,
        printed_by=organ(m, office.printed_by), issued=issued, footer=data_line(m), hash=hashed,
        code=check_code(hashed), demo=snapshot.demo, draft=draft, logo=office.logo,
    )  # fmt: skip


def _sections(m: Material) -> list[Section]:
    keys = getattr(m.office.sections, m.snapshot.asked.kind, m.office.sections.month)
    written = [(key, SECTIONS[key][0], SECTIONS[key][1](m)) for key in keys if key in SECTIONS]
    shown = [each for each in written if each[2]]
    return [Section(key, NUMERALS[place], heading, blocks) for place, (key, heading, blocks) in enumerate(shown)]
