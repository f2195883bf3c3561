"""Writing a report's files: all of them or none. A half file is never visible, also when the disk is full."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from dashboard.memory import collect
from dashboard.reports.document import Document
from dashboard.reports.files.docx import docx
from dashboard.reports.files.fonts import Fonts
from dashboard.reports.files.json import json
from dashboard.reports.files.pdf import pdf
from dashboard.reports.files.printed import Printed, printed
from dashboard.reports.files.xlsx import xlsx
from dashboard.reports.snapshot import Snapshot

FORMATS = ("docx", "pdf", "xlsx", "html", "json")
FIRST = "pdf"
"""Typst's own process takes 430 MB over 2,100 ranked units: this one holds least before anything else is written."""
Writer = Callable[[Document, Snapshot, Printed], bytes]
Tell = Callable[[float], None]
"""Takes the share that is done, 0 to 1."""
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\\/:*?"<>|]')
LONGEST = 60
"""Characters of a file's name; three bytes each stay under the 255 that file systems take."""


def write_files(
    document: Document,
    snapshot: Snapshot,
    folder: Path,
    fonts: Fonts,
    html: Writer,
    formats: Sequence[str] = FORMATS,
    tell: Tell = lambda share: None,
) -> dict[str, Path]:
    """Write the files into ``folder`` and return their paths by format.

    They are written beside it, forced to the disk and moved in one step; an earlier ``folder`` is replaced. ``OSError``
    (a full disk) leaves everything as it was. ``ValueError`` names an unknown format.
    """
    writers = _writers(fonts, html)
    unknown = [each for each in formats if each not in writers]
    if unknown:
        raise ValueError(f"a report has no format {unknown[0]!r}: use {', '.join(FORMATS)}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        names = _write(document, snapshot, made, {each: writers[each] for each in formats}, tell)
        _move(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return {each: folder / name for each, name in names.items()}


def file_name(document: Document, extension: str) -> str:
    """The name people see: the title without what file systems do not take, never a path, never hidden."""
    title = FORBIDDEN.sub("", "".join(document.title)).strip(" .　")
    title = title if len(title) <= LONGEST else title[: LONGEST - 1] + "…"
    title = title.encode("utf-8", "ignore").decode()
    return f"{title or '通报'}{'（草案）' if document.draft else ''}.{extension}"


def _writers(fonts: Fonts, html: Writer) -> Mapping[str, Writer]:
    return {
        "docx": lambda document, snapshot, whole: docx(document, snapshot, fonts, whole),
        "pdf": lambda document, snapshot, whole: pdf(document, snapshot, fonts, whole),
        "xlsx": xlsx, "html": html, "json": lambda document, snapshot, whole: json(document, snapshot),
    }  # fmt: skip


def _write(
    document: Document, snapshot: Snapshot, folder: Path, writers: Mapping[str, Writer], tell: Tell
) -> dict[str, str]:
    names, whole = {extension: file_name(document, extension) for extension in writers}, printed(document)
    for done, extension in enumerate(sorted(writers, key=FIRST.__ne__)):
        tell(done / len(writers))
        _store(folder / names[extension], writers[extension](document, snapshot, whole))
        collect()  # trees of tables hold each other: 100 MB that the next writer need not come on top of
    tell(1.0)
    return names


def _store(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _move(made: Path, folder: Path) -> None:
    """One rename; what stood there before is put aside first, because a full folder cannot be renamed over."""
    made.chmod(0o755)
    _sync(made)
    aside = made.with_name(made.name + ".old")
    if folder.exists():
        folder.rename(aside)
    try:
        made.rename(folder)
    except OSError:
        if aside.exists():
            aside.rename(folder)
        raise
    _sync(folder.parent)
    shutil.rmtree(aside, ignore_errors=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
