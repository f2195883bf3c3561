"""The document between numbers and files: what a report says, in an order, without any layout.

A number stands in a text only as ``Num``: it names its fact, so that every number of every file can be checked against
the snapshot. Literal text carries no digits but those of dates and names (``checks.py`` holds this).
"""

from typing import Any, Literal

import msgspec

from dashboard.reports.snapshot import Unit


class Num(msgspec.Struct, frozen=True, tag="num"):
    """A number in a text: the id of its fact (``content.facts`` knows them all), how it is written (a form of
    ``numbers.written``; ``plain``: 12418, ``rate``: 99.64%, ``points``: 0.25个百分点 without sign, …) and the text it
    became."""

    fact: str
    form: str
    text: str


class Words(msgspec.Struct, frozen=True, tag="words"):
    """Text. ``strong`` for the lead of a paragraph (一、总体情况。). ``role``: ``name`` is a name or code out of the
    snapshot and ``date`` a date or period, which may carry digits, ``own`` is what a person wrote under 下步要求, whose
    digits are that person's; everything else may not carry any."""

    text: str
    strong: bool = False
    role: Literal["", "name", "date", "own"] = ""


Run = Words | Num


class Paragraph(msgspec.Struct, frozen=True, tag="paragraph"):
    """Runs; ``evidence`` names tables or cases that the sentence rests on; ``blank`` waits for a person to write."""

    runs: list[Run]
    evidence: list[str] = []
    blank: bool = False


class Column(msgspec.Struct, frozen=True):
    """``unit`` decides how values are written. ``formula`` makes the value of a row out of other columns by key, as
    ``{on_time} / {due}``: written live into XLSX, and checked everywhere. Formulas know ``+ - * /``, brackets, numbers
    and keys in braces; a missing operand or a division by zero makes the value missing. ``align``: ``left`` or
    ``right``. ``detail``: a count that formulas need; XLSX and JSON have it, pages leave it out."""

    key: str
    heading: str
    unit: Unit | Literal["text"] = "text"
    formula: str = ""
    align: str = "right"
    detail: bool = False


class Table(msgspec.Struct, frozen=True, tag="table"):
    """``rows`` hold raw values in the order of ``columns`` (None: missing). ``notes`` stand under it."""

    key: str
    title: str
    columns: list[Column]
    rows: list[list[Any]]
    notes: list[str] = []


class Chart(msgspec.Struct, frozen=True, tag="chart"):
    """Numbers as a drawing. ``kind``: ``bars`` (horizontal), ``columns``, ``line``. ``values`` and ``labels`` are
    equally long; ``reference`` (a target, a median) is a dashed line. ``table`` names the table with the same numbers.
    """

    key: str
    title: str
    kind: Literal["bars", "columns", "line"]
    labels: list[str]
    values: list[float | None]
    unit: Unit
    reference: float | None = None
    table: str = ""


Block = Paragraph | Table | Chart


class Section(msgspec.Struct, frozen=True):
    """A part with its number as the office writes it (一, 二, …) and a heading."""

    key: str
    number: str
    heading: str
    blocks: list[Block]


class Annex(msgspec.Struct, frozen=True):
    """附件: begins on a new page."""

    number: int
    title: str
    blocks: list[Block]


class Document(msgspec.Struct, frozen=True):
    """A whole report in reading order. ``issued`` is the local date ``YYYYMMDD`` of the issue, 0 for a draft: the only
    thing in which two renderings of one snapshot may differ. ``code`` is the short check code of the snapshot's hash.
    ``logo`` is the office's picture as ``data:`` address (``logo.py``).
    """

    masthead: str
    number: str
    organ: str
    title: list[str]
    to: str
    opening: list[Paragraph]
    sections: list[Section]
    annexes: list[Annex]
    cc: str
    printed_by: str
    issued: int
    footer: str
    hash: str
    code: str
    demo: bool
    draft: bool
    logo: str = ""
