"""Tables as they are printed: every cell a text, every column with its width. PDF and DOCX are made of this."""

from collections.abc import Sequence

import msgspec

from dashboard.reports.document import Column, Table
from dashboard.reports.files.plain import plain
from dashboard.reports.files.widths import BOLD, PADDING, Shape, heading_lines, shapes, sheet, width
from dashboard.reports.numbers import cell_of

SHARES = "比率单位为%。"
TALL = 15
"""Lines of a row that may go on upon the next page; others stay whole."""
FEW = 12
"""Rows of a table that stays on one page, where each is a line."""


class Grid(msgspec.Struct, frozen=True, tag="grid"):
    """A table, or the columns of one that fit on a page. ``widths`` in em of ``size`` points, ``aligns`` are ``left``,
    ``center`` or ``right``; ``bold`` marks columns; ``wide`` ones stand on a page turned by 90°; ``flat`` marks rows
    whose texts all fit on one line; ``across`` are the columns of lines it stands in on a page; ``parted``: a row of it
    may take more than a page holds, ``together``: all of it stands on one page."""

    key: str
    title: str
    heads: list[list[str]]
    aligns: list[str]
    bold: list[bool]
    widths: list[float]
    size: float
    wide: bool
    rows: list[list[str]]
    flat: list[bool]
    notes: list[str]
    across: int = 1
    parted: bool = False
    together: bool = False


def shown(table: Table) -> list[Column]:
    """The columns that pages have: all but those that only formulas need."""
    return [column for column in table.columns if not column.detail]


def cells(table: Table) -> list[list[str]]:
    """Every row as the texts of its shown columns."""
    said = [cell_of(table, column) for column in shown(table)]
    return [[plain(each(row)) for each in said] for row in table.rows]


def notes(table: Table) -> list[str]:
    """What stands under a table, the unit of its shares first."""
    shares = any(column.unit == "share" for column in shown(table))
    told = any("%" in note for note in table.notes)
    said = [plain(note) for note in table.notes]
    return [SHARES, *said] if shares and not told else said


def grids(tables: Sequence[Table], turned: bool) -> list[list[Grid]]:
    """Tables that share their pages, each as it fits: whole, on pages that are turned where ``turned`` allows it and
    one of them needs it, or in parts that repeat the columns with the names. Those with the same columns are alike."""
    texts = [cells(table) for table in tables]
    families: dict[tuple[str, ...], list[int]] = {}
    for place, table in enumerate(tables):
        families.setdefault(tuple(column.heading for column in shown(table)), []).append(place)
    sheets = [sheet(shown(tables[mine[0]]), [row for one in mine for row in texts[one]]) for mine in families.values()]
    found: list[list[Grid]] = [[] for _ in tables]
    for mine, parts in zip(families.values(), shapes(sheets, turned), strict=True):
        for one in mine:
            found[one] = [_grid(tables[one], part, texts[one], n, len(parts)) for n, part in enumerate(parts)]
    return found


def _grid(table: Table, shape: Shape, rows: list[list[str]], place: int, count: int) -> Grid:
    all_of = shown(table)
    columns = [all_of[x] for x in shape.columns]
    title = plain(table.title) + ("（续）" if place else "")
    chosen = [[row[x] for x in shape.columns] for row in rows]
    flat = [_is_flat(row, shape.widths) for row in chosen]
    return Grid(
        table.key, title,
        [heading_lines(plain(column.heading), room) for column, room in zip(columns, shape.widths, strict=True)],
        [_align(column) for column in columns], [column.unit in BOLD for column in columns],
        list(shape.widths), shape.size, shape.wide, chosen, flat,
        notes(table) if place == count - 1 else [], shape.across, any(_is_tall(row, shape.widths) for row in chosen),
        len(flat) <= FEW and all(flat),
    )  # fmt: skip


def _is_flat(row: Sequence[str], widths: Sequence[float]) -> bool:
    return all(width(text) <= room - PADDING + 0.01 for text, room in zip(row, widths, strict=True))


def _is_tall(row: Sequence[str], widths: Sequence[float]) -> bool:
    return any(len(text) > TALL and width(text) > TALL * room for text, room in zip(row, widths, strict=True))


def _align(column: Column) -> str:
    return "center" if column.unit == "rank" else column.align
