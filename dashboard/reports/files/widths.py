"""How wide the columns of a table are, and on what kind of page it fits. All of it is counted, so it is the same on
every machine and in every format.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

from dashboard.reports.document import Column

UPRIGHT, TURNED = 442.2, 637.8
"""The type area of GB/T 9704 in points: 156 mm, and 225 mm on a page that is turned."""
SIZES = (10.5, 9.0)
BOLD = ("rank", "score")
"""Units of the columns that are set in bold."""
PADDING = 0.8
"""Em beside the text of a column, both sides together."""
HALF, HEAVY = 0.58, 1.12
"""Em of letters and digits, and how much wider they are in the bold face of another font than the one named."""
LONGEST, SHORTEST = 18.0, 6.0
"""Em of a column of texts: longer ones are wrapped; it is never squeezed below the second."""
BRIEF = 8.0
"""Em up to which the texts of a column stay on one line: names of categories, numbers of units."""
WORD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d|[!-~\xa1-\u024f]{6,}")
"""A time, a number of a case, a word in letters: no line should end inside it."""
MANY, LONG, GUTTER = 16, 120, 16.0
"""Rows above which a narrow table stands in two columns of lines, above which it is long; points between the two."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns (by place) of one part of a table with their widths in em of ``size`` points; ``across`` are the
    columns of lines it stands in on a page."""

    columns: tuple[int, ...]
    widths: tuple[float, ...]
    size: float
    wide: bool
    across: int = 1


@cache
def _em(letter: str) -> float:
    return 1.0 if unicodedata.east_asian_width(letter) in "WF" else HALF


def width(text: str) -> float:
    """Em of a text: ideographs and full-width marks 1, others a little over a half."""
    return HALF * len(text) if text.isascii() else sum(map(_em, text))


def heading_lines(heading: str, room: float) -> list[str]:
    """A heading in lines that fit into ``room`` em: cut before a bracket, else into halves, the longer one below."""
    room -= PADDING
    if width(heading) <= room + 0.01:
        return [heading]
    parts = halves(heading)
    return parts if len(parts) == 1 else [line for part in parts for line in _slices(part, max(room, 2.0))]


def halves(heading: str) -> list[str]:
    """Where a heading may be broken: before a bracket, else in the middle, the longer half below; never a short one."""
    if len(heading) < 4:
        return [heading]
    bracket = heading.find("（", 1)
    cut = bracket if bracket > 0 else len(heading) // 2
    return [heading[:cut], heading[cut:]]


def _slices(text: str, room: float) -> list[str]:
    lines, current = [], ""
    for letter in text:
        if current and width(current + letter) > room + 0.01:
            lines.append(current)
            current = ""
        current += letter
    return [*lines, current]


def _narrowest(heading: str) -> float:
    """Em of a heading in two lines."""
    return max(map(width, halves(heading)))


def _natural(column: Column, cells: Sequence[str]) -> float:
    longest = max((width(cell) for cell in cells), default=0.0)
    texts = min(longest, LONGEST) if column.unit == "text" else longest
    texts *= HEAVY if column.unit in BOLD else 1.0
    return max(texts, _narrowest(column.heading)) + PADDING


def _least(cells: Sequence[str]) -> float:
    """Em below which a column of texts is not squeezed: its longest word, or all of it where that is brief."""
    longest = max((width(word) for cell in cells for word in WORD.findall(cell)), default=0.0)
    whole = max(map(width, cells), default=0.0)
    return max(SHORTEST, (whole if whole <= BRIEF else min(longest, LONGEST)) + PADDING)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a table needs: em of its columns, those below which its columns of texts are not squeezed (0 for numbers),
    how many ``rows`` it has, and whether some of its texts are longer than any column (``wraps``)."""

    naturals: tuple[float, ...]
    texts: tuple[float, ...]
    rows: int
    wraps: bool

    @property
    def sizes(self) -> tuple[float, ...]:
        """Points it may be set in, the best first: a long one in the smallest, a fifth fewer pages."""
        return SIZES[-1:] if self.rows > LONG else SIZES

    @property
    def squeezed_sizes(self) -> tuple[float, ...]:
        """The same where texts are wrapped: names in the smallest, in half as many lines; prose in the best."""
        return self.sizes if self.wraps else SIZES[-1:]

    def fitted(self, room: float, squeezed: bool) -> Shape | None:
        """How it fills ``room`` points, None where it does not fit; texts are wrapped only where it is ``squeezed``."""
        for size in self.squeezed_sizes if squeezed else self.sizes:
            if squeezed or sum(self.naturals) * size <= room + 0.01:
                widths = _fitted(self.naturals, self.texts, room / size)
                if widths:
                    return Shape(tuple(range(len(widths))), widths, size, room == TURNED)
        return None

    def beside(self, room: float) -> Shape | None:
        """How one of many rows stands in two columns of lines on a page of ``room`` points, None where it does not."""
        narrow = self.rows > LONG or (self.rows > MANY and not self.wraps)
        found = self.fitted((room - GUTTER) / 2, False) if narrow else None
        return None if found is None else replace(found, wide=room == TURNED, across=2)


def sheet(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Sheet:
    """What a table with these texts needs."""
    naturals = tuple(_natural(column, [row[x] for row in rows]) for x, column in enumerate(columns))
    least = (_least([row[x] for row in rows]) if column.unit == "text" else 0.0 for x, column in enumerate(columns))
    texts = [x for x, column in enumerate(columns) if column.unit == "text"]
    wraps = any(width(row[x]) > LONGEST for row in rows for x in texts)
    return Sheet(naturals, tuple(least), len(rows), wraps)


def shapes(sheets: Sequence[Sheet], turned: bool) -> list[list[Shape]]:
    """The parts each table of some that share their pages is printed in: one where it fits, else several.

    All of them stand upright, or turned where that is allowed and one of them needs it; texts are wrapped only where
    neither page has room for them on one line.
    """
    for squeezed, room in product((False, True), (UPRIGHT, TURNED) if turned else (UPRIGHT,)):
        found = [one.beside(room) or one.fitted(room, False) or one.fitted(room, squeezed) for one in sheets]
        fitting = [shape for shape in found if shape is not None]
        if len(fitting) == len(sheets):
            return [[shape] for shape in fitting]
    room = TURNED if turned else UPRIGHT
    return [_whole_or_parts(one, room) for one in sheets]


def _whole_or_parts(one: Sheet, room: float) -> list[Shape]:
    whole = one.beside(room) or one.fitted(room, False) or one.fitted(room, True)
    return [whole] if whole else _parts(one.naturals, one.texts, room == TURNED)


def _fitted(naturals: Sequence[float], texts: Sequence[float], room: float) -> tuple[float, ...] | None:
    """Widths that fill ``room`` em, or None: columns of texts give way down to the least (in ``texts``, 0 for columns
    of numbers) and take what is left."""
    over = sum(naturals) - room
    if over <= 0:
        return _stretched(naturals, texts, -over)
    spare = [max(0.0, each - least) if least else 0.0 for each, least in zip(naturals, texts, strict=True)]
    if over > sum(spare):
        return None
    return tuple(each - over * give / sum(spare) for each, give in zip(naturals, spare, strict=True))


def _stretched(naturals: Sequence[float], texts: Sequence[float], left: float) -> tuple[float, ...]:
    share = [each if text else each * 0.35 for each, text in zip(naturals, texts, strict=True)]
    return tuple(each + left * part / sum(share) for each, part in zip(naturals, share, strict=True))


def _parts(naturals: Sequence[float], texts: Sequence[float], turned: bool) -> list[Shape]:
    size, room = SIZES[-1], (TURNED if turned else UPRIGHT) / SIZES[-1]
    lead = _lead(texts)
    groups: list[list[int]] = [[]]
    for x in range(lead, len(naturals)):
        if groups[-1] and sum(naturals[y] for y in [*range(lead), *groups[-1], x]) > room:
            groups.append([])
        groups[-1].append(x)
    return [_part([*range(lead), *group], naturals, texts, room, size, turned) for group in groups]


def _part(
    chosen: Sequence[int], naturals: Sequence[float], texts: Sequence[float], room: float, size: float, wide: bool
) -> Shape:
    mine, kinds = [naturals[x] for x in chosen], [texts[x] for x in chosen]
    fitting = _fitted(mine, kinds, room) or tuple(each * room / sum(mine) for each in mine)
    return Shape(tuple(chosen), fitting, size, wide)


def _lead(texts: Sequence[float]) -> int:
    """How many columns at the left name a row: up to the first column of texts, three at most."""
    first = next((x for x, text in enumerate(texts) if text), 0)
    return min(first + 1, 3, max(1, len(texts) - 1))
