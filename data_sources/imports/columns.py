"""Records to rows: which column is which field, and every cell read with a reason where it cannot be.

Headers are recognised in Chinese and English; a mapping file overrides and adds.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from dashboard.base_data.rows import BadRow, Parsed, Row
from data_sources.imports.errors import ImportFileError
from data_sources.imports.mapping import Mapping

Records = Iterable[tuple[int, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a row: the header words it is known by, how its text is read, what an empty cell means."""

    name: str
    words: str
    read: Callable[[str], Any]
    required: bool = False
    default: Any = None


class Layout:
    """Where each field of a kind stands in one file. ``ImportFileError`` where a required field stands nowhere."""

    def __init__(self, fields: Sequence[Field], header: Sequence[str], mapping: Mapping) -> None:
        self.fields, self.mapping = fields, mapping
        self.columns = {field.name: _columns(field, header, mapping) for field in fields}
        _check_templates(header, mapping)
        self._present = [f for f in fields if f.required or self._known(f.name) or f.name in mapping.values]
        self._defaults = {field.name: field.default for field in fields}
        lacking = [f.name for f in fields if f.required and not self._known(f.name)]
        if lacking:
            raise ImportFileError(
                f"no column for {', '.join(lacking)} among {', '.join(name for name in header if name)}; "
                "name it in [columns] of a mapping file (--map)"
            )

    def _known(self, field: str) -> bool:
        return bool(self.columns[field] or field in self.mapping.constants or field in self.mapping.templates)

    def text(self, field: str, record: dict[str, str]) -> str:
        """The text of a field in a record, after templates, constants and value maps."""
        template = self.mapping.templates.get(field)
        if template is not None:
            value = template.format_map(record)
        else:
            found = (record.get(column, "") for column in self.columns[field])
            value = next((cell for cell in found if cell), self.mapping.fixed(field))
        return self.mapping.translated(field, value)

    def read(self, record: dict[str, str]) -> dict[str, Any]:
        """Every field read; ``CellError`` names the first that cannot be. What stands nowhere has its default."""
        return {**self._defaults, **{field.name: self._value(field, record) for field in self._present}}

    def _value(self, field: Field, record: dict[str, str]) -> Any:
        value = self.text(field.name, record)
        if not value:
            if field.required:
                raise CellError(f"{field.name} is empty")
            return field.default
        try:
            return field.read(value)
        except ValueError as problem:
            raise CellError(f"{field.name} {problem}", value) from problem


class CellError(ValueError):
    """A cell that cannot be read, with the text that stands in it."""

    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.value = value


def read_rows(
    fields: Sequence[Field],
    header: Sequence[str],
    records: Records,
    mapping: Mapping,
    build: Callable[[dict[str, Any]], Row],
    key: Callable[[Any], object],
) -> Parsed:
    """Read all records of a table: good rows, bad rows with line and reason; a key is bad the second time."""
    layout = Layout(fields, header, mapping)
    seen: dict[object, int] = {}
    rows: list[Row] = []
    lines: list[int] = []
    bad: list[BadRow] = []
    for line, record in _with_extra(records, mapping, fields):
        try:
            row = build(layout.read(record) if line else _constant_row(fields, record))
            first = seen.setdefault(key(row), line)
            if first != line:
                raise CellError(f"the same key stands on line {first} already", str(key(row)))
        except CellError as problem:
            bad.append(BadRow(line, str(problem), problem.value))
            continue
        rows.append(row)
        lines.append(line)
    return Parsed(rows, bad, [], lines)


def _with_extra(records: Records, mapping: Mapping, fields: Sequence[Field]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows that a mapping adds, as line 0, before those of the file."""
    for extra in mapping.rows:
        unknown = set(extra) - {field.name for field in fields}
        if unknown:
            raise ImportFileError(f"[[rows]] of the mapping: there is no field {', '.join(sorted(unknown))}")
        yield 0, {name: str(value) for name, value in extra.items()}
    yield from records


def _constant_row(fields: Sequence[Field], record: dict[str, str]) -> dict[str, Any]:
    try:
        return {f.name: f.read(record[f.name]) if record.get(f.name) else f.default for f in fields}
    except ValueError as problem:
        raise ImportFileError(f"[[rows]] of the mapping: a value {problem}") from problem


def _columns(field: Field, header: Sequence[str], mapping: Mapping) -> list[str]:
    named = mapping.names(field.name)
    absent = [name for name in named if name not in header]
    if absent:
        raise ImportFileError(f"the mapping names the column {absent[0]!r} for {field.name}: the file has none")
    if named:
        return named
    known = {plain(word) for word in (field.name, *field.words.split())}
    return [name for name in header if plain(name) in known][:1]


def _check_templates(header: Sequence[str], mapping: Mapping) -> None:
    for field, template in mapping.templates.items():
        absent = [name for name in template_columns(template) if name not in header]
        if absent:
            raise ImportFileError(f"the template of {field} names the column {absent[0]!r}: the file has none")


def plain(header: str) -> str:
    """A header as it is compared: small letters without blanks, underscores, hyphens and what stands in brackets."""
    return re.sub(r"[\s_\-*]|[(\uff08].*?[)\uff09]", "", header).lower()


def template_columns(template: str) -> list[str]:
    """Columns that a template names."""
    return [name for _text, name, _spec, _conversion in Formatter().parse(template) if name]
