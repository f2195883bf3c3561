"""What a composed report says, as plain text."""

from dashboard.reports.checks import faults
from dashboard.reports.content import compose
from dashboard.reports.document import Document, Paragraph
from dashboard.reports.office import Office
from dashboard.reports.reading import blocks_of
from dashboard.reports.snapshot import Snapshot
from tests.reports import invented


def said(document: Document, part: str = "") -> str:
    """The text of one section, of the opening (``opening``), or of all."""
    found = [
        "".join(run.text for run in block.runs)
        for place, block in blocks_of(document)
        if isinstance(block, Paragraph) and place.startswith(PLACES[part] if part else "")
    ]
    return "\n".join(found)


PLACES = {"opening": "开头", "total": "一、", "analysis": "二、", "ranking": "三、", "crew": "四、", "lists": "五、"}


def issues(document: Document) -> str:
    section = next(one for one in document.sections if one.key == "issues")
    return "\n".join("".join(run.text for run in one.runs) for one in section.blocks if isinstance(one, Paragraph))


def composed(snapshot: Snapshot | None = None, office: Office | None = None) -> Document:
    snapshot = snapshot or invented.snapshot()
    document = compose(snapshot, office or Office())
    assert faults(document, snapshot) == []
    return document
