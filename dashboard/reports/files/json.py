"""The report for machines: the document and the frozen numbers behind it as one JSON text.

Keys are sorted, so the same report is the same bytes. Texts of numbers stand beside their facts (``Num``); values of
tables are raw, shares as fractions of one.
"""

import msgspec

from dashboard.reports.document import Document
from dashboard.reports.snapshot import Snapshot

SCHEMA = "yiping-report/1"


class File(msgspec.Struct, frozen=True):
    """What the file holds; ``hash`` is SHA-256 over the canonical JSON of ``snapshot``."""

    schema: str
    hash: str
    document: Document
    snapshot: Snapshot


def json(document: Document, snapshot: Snapshot) -> bytes:
    """The file."""
    made = msgspec.json.encode(File(SCHEMA, document.hash, document, snapshot), order="sorted")
    return msgspec.json.format(made, indent=1) + b"\n"


def read(data: bytes) -> File:
    """A file back as records. ``msgspec.ValidationError`` says what does not fit."""
    return msgspec.json.decode(data, type=File)
