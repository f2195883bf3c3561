"""Mapping files: how the columns of a file become the fields of a row, as TOML (see ``docs/real-input.md``).

A field is taken from, in this order: its template, its column (the first of several that is not empty), its constant.
Then the value map of the field, if there is one, translates it.
"""

import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

import msgspec

from data_sources.imports.errors import ImportFileError

Record = dict[str, str]


class Times(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How times are written: ``strptime`` formats tried in turn (empty: ISO 8601) and the zone of times without one."""

    format: str | list[str] = ""
    zone: str = "Asia/Shanghai"

    @property
    def formats(self) -> list[str]:
        """All formats, none for ISO 8601."""
        if isinstance(self.format, list):
            return self.format
        return [self.format] if self.format else []


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One mapping file; the default maps nothing and relies on recognised headers."""

    columns: dict[str, str | list[str]] = msgspec.field(default_factory=dict)
    constants: dict[str, str | int | float | bool] = msgspec.field(default_factory=dict)
    templates: dict[str, str] = msgspec.field(default_factory=dict)
    values: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    time: Times = Times()
    crs: str = ""
    source: str = ""
    encoding: str = ""
    delimiter: str = ""
    rows: list[dict[str, str | int | float | bool]] = msgspec.field(default_factory=list)

    def names(self, field: str) -> list[str]:
        """Columns named for a field, in order of preference."""
        named = self.columns.get(field, [])
        return [named] if isinstance(named, str) else named

    def fixed(self, field: str) -> str:
        """The constant of a field as text, or an empty string."""
        return str(self.constants.get(field, ""))

    def translated(self, field: str, value: str) -> str:
        """The value as the field's value map has it; ``*`` stands for every value not named."""
        named = self.values.get(field)
        return value if named is None else named.get(value, named.get("*", value))


def check_fields(mapping: Mapping, known: Collection[str]) -> None:
    """``ImportFileError`` where a mapping names a field that no kind of row has: a slip would go unnoticed."""
    named = [*mapping.columns, *mapping.constants, *mapping.templates, *mapping.values]
    unknown = [field for field in named if field not in known]
    if unknown:
        raise ImportFileError(f"the mapping names {unknown[0]!r}, which is no field of any kind")


def load_mapping(path: Path | None) -> Mapping:
    """Read a mapping file; none gives the empty mapping. ``ImportFileError`` names the file and the wrong entry."""
    if path is None:
        return Mapping()
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert(values, Mapping)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as problem:
        raise ImportFileError(f"mapping file {path}: {problem}") from problem
