"""Which characters a font has: its table ``cmap`` (OpenType 1.9, subtables 4 and 12), read without the rest of it.

A library that names all glyphs first takes a second for each of the big CJK fonts.
"""

import struct
from pathlib import Path

FORMS = {4: 0, 12: 1}
"""Subtable formats that are read, better ones with higher numbers."""


def characters(path: Path, index: int = 0) -> set[int]:
    """The code points with a glyph in face ``index`` of a font file or collection; none where the file is no font."""
    data = path.read_bytes()
    try:
        return _characters(data, _table(data, index))
    except struct.error:
        return set()


def _table(data: bytes, index: int) -> int:
    """Where ``cmap`` begins, 0 where there is none."""
    start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
    (count,) = struct.unpack_from(">H", data, start + 4)
    records = (struct.unpack_from(">4sIII", data, start + 12 + 16 * n) for n in range(count))
    return next((offset for tag, _, offset, _ in records if tag == b"cmap"), 0)


def _characters(data: bytes, start: int) -> set[int]:
    if not start:
        return set()
    (count,) = struct.unpack_from(">H", data, start + 2)
    places = [start + struct.unpack_from(">HHI", data, start + 4 + 8 * n)[2] for n in range(count)]
    readable = [(FORMS[form], place) for place in places if (form := struct.unpack_from(">H", data, place)[0]) in FORMS]
    if not readable:
        return set()
    better, place = max(readable)
    return _groups(data, place) if better else _segments(data, place)


def _groups(data: bytes, place: int) -> set[int]:
    (count,) = struct.unpack_from(">I", data, place + 12)
    found: set[int] = set()
    for n in range(count):
        first, last, _ = struct.unpack_from(">III", data, place + 16 + 12 * n)
        found.update(range(first, last + 1))
    return found


def _segments(data: bytes, place: int) -> set[int]:
    """Segments of the basic plane. A glyph 0 inside a segment is taken for a character: no CJK font has one."""
    (doubled,) = struct.unpack_from(">H", data, place + 6)
    lasts = struct.unpack_from(f">{doubled // 2}H", data, place + 14)
    firsts = struct.unpack_from(f">{doubled // 2}H", data, place + 16 + doubled)
    pairs = zip(firsts, lasts, strict=True)
    return {code for first, last in pairs for code in range(first, last + 1) if code != 0xFFFF}
