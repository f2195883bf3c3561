"""The fonts of printed reports: an office's own ones where they are installed, else Debian's Noto CJK.

GB/T 9704-2012 asks for 小标宋 (title), 仿宋 (text), 黑体 (first level) and 楷体 (second level). They belong to their
makers and are not shipped. Only fonts of the system are used, never the browser's WOFF2 subsets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import typst

from dashboard.reports.files.cmap import characters

Role = Literal["title", "body", "first", "second", "table"]
SERIF = "Noto Serif CJK SC"
SANS = "Noto Sans CJK SC"
PACKAGE = "fonts-noto-cjk"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the standard asks for in a role: its name in Word, the families that are it, and what stands in."""

    name: str
    families: tuple[str, ...]
    instead: str


WANTED: Mapping[Role, Wanted] = {
    "title": Wanted(
        "方正小标宋简体",
        ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK", "FZXiaoBiaoSong-B05 GBK"),
        SERIF,
    ),
    "body": Wanted("仿宋_GB2312", ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "FandolFang R"), SERIF),
    "first": Wanted("黑体", ("SimHei", "黑体", "FandolHei"), SANS),
    "second": Wanted("楷体_GB2312", ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", "FandolKai"), SERIF),
    "table": Wanted("Noto Sans CJK SC", (), SANS),
}
"""Bold marks a stand-in of 小标宋, which is itself a bold face (``is_bold``)."""


class FontsMissingError(RuntimeError):
    """No usable Chinese font is installed; the message names the package that brings it."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font file: ``index`` counts inside a collection."""

    family: str
    weight: int
    path: Path
    index: int


@dataclass(frozen=True)
class Fonts:
    """What was found, in ``folders`` and where ``system`` says so in the system's. ``chains`` holds the families by
    role in the order in which a character is looked for."""

    chains: Mapping[Role, tuple[str, ...]]
    faces: Sequence[Face]
    folders: Sequence[str] = ()
    system: bool = True

    @cached_property
    def characters(self) -> frozenset[int]:
        """The code points that can be set in every role: those of the families that all chains end with."""
        shared = set.intersection(*(set(chain) for chain in self.chains.values()))
        first = {face.family: face for face in reversed(self.faces) if face.family in shared}
        return frozenset().union(*(characters(face.path, face.index) for face in first.values()))

    def first(self, role: Role) -> str:
        """The family that a role is set in."""
        return self.chains[role][0]

    def is_bold(self, role: Role) -> bool:
        """Whether the family of a role must be taken in bold: 小标宋 is heavy by itself, its stand-in is not."""
        return role == "title" and self.first(role) == WANTED[role].instead

    def instead(self) -> list[tuple[str, str]]:
        """(font of the standard, font used in its place) where the standard's own is not installed."""
        wanted = [(WANTED[role], self.first(role)) for role in self.chains if WANTED[role].families]
        return [(font.name, used) for font, used in wanted if used == font.instead]


def find_fonts(folders: Sequence[Path] = (), system: bool = True) -> Fonts:
    """Look for the fonts in the system's folders and in ``folders``, whose fonts also serve for rare characters.

    Raises ``FontsMissingError`` where neither Noto Serif CJK nor Noto Sans CJK is there.
    """
    paths = [str(folder) for folder in folders]
    book = typst.Fonts(include_system_fonts=system, include_embedded_fonts=False, font_paths=paths)
    faces = [Face(font.family, font.weight, Path(font.path), font.index) for font in book.fonts() if font.path]
    families = {face.family for face in faces}
    missing = [family for family in (SERIF, SANS) if family not in families]
    if missing:
        raise FontsMissingError(
            f"Reports need the fonts {' and '.join(missing)}. On Debian: apt-get install {PACKAGE}. "
            "Or put the files of the fonts into DIR/fonts."
        )
    given = sorted({face.family for face in faces if any(face.path.is_relative_to(folder) for folder in folders)})
    return Fonts({role: _chain(wanted, families, given) for role, wanted in WANTED.items()}, faces, paths, system)


def _chain(wanted: Wanted, families: set[str], given: Sequence[str]) -> tuple[str, ...]:
    own = [family for family in wanted.families if family in families]
    return tuple(dict.fromkeys([*own, wanted.instead, SERIF, SANS, *given]))
