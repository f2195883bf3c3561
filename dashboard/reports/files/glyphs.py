"""Which characters of a report no font has: printed as 〓 and named with their place, never as an empty box."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from dashboard.reports.files.fonts import Fonts
from dashboard.reports.files.grids import Grid
from dashboard.reports.files.printed import Drawing, Item, Line, Printed

GETA = "〓"
"""What printers set where type is missing."""
MOST = 20
"""Characters that the note names; the rest is counted."""
INVISIBLE = frozenset({"Cf", "Cc", "Zs", "Zl", "Zp"})


class Missing(msgspec.Struct, frozen=True):
    """A character without a glyph and the place where it stands first."""

    character: str
    where: str


def settable(printed: Printed, fonts: Fonts) -> tuple[Printed, list[Missing]]:
    """The document with 〓 for what cannot be set, and what that was, in reading order."""
    everything = list(texts(printed))
    letters = set().union(*(text for _, text in everything))
    without = {letter for letter in letters if not _can(letter, fonts)}
    found: dict[str, Missing] = {}
    for where, text in everything if without else ():
        for letter in text:
            if letter in without:
                found.setdefault(letter, Missing(letter, where))
    if not found:
        return printed, []
    table = str.maketrans(dict.fromkeys(found, GETA))
    return changed(printed, lambda text: text.translate(table)), list(found.values())


def said(missing: Sequence[Missing]) -> str:
    """The note at the end of the document; empty where nothing is missing."""
    if not missing:
        return ""
    named = "、".join(f"U+{ord(each.character):04X}（{each.where}）" for each in missing[:MOST])
    more = "等" if len(missing) > MOST else ""
    return f"本文件中有{len(missing)}个字没有可用的字形，以{GETA}代替：{named}{more}。"


def texts(printed: Printed) -> Iterator[tuple[str, str]]:
    """Every text of the document with its place in words."""
    yield from (("版头", text) for text in (printed.masthead, printed.number, printed.organ, printed.date))
    yield from (("标题", text) for text in printed.title)
    yield "主送", printed.to
    yield from _of_items("正文", printed.items)
    for annex in printed.annexes:
        yield annex.mark, annex.title
        yield from _of_items(annex.mark, annex.items)
    yield from (("版记", text) for text in (printed.cc, printed.printed_by))
    yield from (("页脚", text) for text in (printed.footer, printed.watermark))


def _of_items(where: str, items: Sequence[Item]) -> Iterator[tuple[str, str]]:
    for number, item in enumerate(items, 1):
        if isinstance(item, Line):
            yield f"{where}第{number}段", "".join(piece.text for piece in item.pieces)
        elif isinstance(item, Drawing):
            yield f"{where}图“{item.title}”", item.title + item.words
        else:
            yield from _of_grid(where, item)


def _of_grid(where: str, grid: Grid) -> Iterator[tuple[str, str]]:
    heads = (text for head in grid.heads for text in head)
    yield f"{where}表“{grid.title}”", "".join([grid.title, *heads, *grid.notes])
    yield from ((f"{where}表“{grid.title}”第{number}行", "".join(row)) for number, row in enumerate(grid.rows, 1))


def _can(letter: str, fonts: Fonts) -> bool:
    """Variation selectors and what is not seen need no glyph."""
    return (
        ord(letter) in fonts.characters
        or unicodedata.category(letter) in INVISIBLE
        or "VARIATION SELECTOR" in (unicodedata.name(letter, ""))
    )


def changed(value: Any, change: Callable[[str], str]) -> Any:
    """The same record with every text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [changed(each, change) for each in value]
    if isinstance(value, msgspec.Struct):
        fields = {name: changed(getattr(value, name), change) for name in value.__struct_fields__}
        return msgspec.structs.replace(value, **fields)
    return value
