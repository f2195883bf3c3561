"""``app.py import KIND FILE``: read, check, show what would change, and change it, while the system runs.

Base data is written to the database; its version rises, and whoever runs notices within seconds. Cases go to the spool
of the database, from which the running system (or the next one started) takes them like any other event.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import numpy as np
from sqlalchemy import Engine, select

from dashboard.addresses import database_address
from dashboard.base_data import Applied, apply_rows, load_base_data, plan_rows
from dashboard.base_data.rows import BadRow, Parsed
from dashboard.config import Settings, load_settings
from dashboard.domain.base import BaseData
from dashboard.domain.coordinates import CRS
from dashboard.domain.raster_build import raster_of
from dashboard.store import schema
from dashboard.store.engine import StoreError, open_engine
from data_sources.imports.cases import ParsedCases, case_fields, in_order, read_cases
from data_sources.imports.checking import check_references
from data_sources.imports.errors import ImportFileError
from data_sources.imports.geography import LAYER_FIELDS, read_layer_file, read_regions
from data_sources.imports.mapping import Mapping, Times, check_fields, load_mapping
from data_sources.imports.self_check import Dots, suspected_crs, warning
from data_sources.imports.tables import TABLES, read_table
from data_sources.replay_files import FIX_FIELDS
from data_sources.spool import spool_events

KINDS = (*TABLES, "cases", "layer")
_FIELDS = (*(field for table in TABLES.values() for field in table.fields), *LAYER_FIELDS, *FIX_FIELDS)
FIELDS = frozenset(field.name for field in (*_FIELDS, *case_fields(Times()))) | {"layer"}
"""Every field that a mapping may name."""
SHOWN = 50
DOTS = 5_000


def add_import_arguments(parser: ArgumentParser) -> None:
    """The arguments of the command, for ``argparse``; ``--data`` is added by whoever owns all commands."""
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("file", type=Path)
    parser.add_argument("--crs", choices=CRS, default="", help="system of the file (default: its own, or wgs84)")
    parser.add_argument("--map", type=Path, default=None, metavar="MAPPING.toml", help="which column is which field")
    parser.add_argument("--layer", default="", metavar="NAME", help="name of the map layer (default: the file's name)")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, change nothing")
    parser.add_argument("--skip-bad", action="store_true", help="import the good rows of a file that has bad ones")


def import_command(arguments: Namespace, out: TextIO) -> int:
    """Run the command; 0 = imported (or nothing new), 1 = nothing imported, the reason on ``out``.

    ``arguments`` has the fields of ``add_import_arguments`` and ``data``, the data directory.
    """
    try:
        settings = load_settings(arguments.data)
        engine = open_engine(database_address(settings, arguments.data))
    except (ValueError, StoreError) as problem:
        print(problem, file=out)
        return 1
    try:
        mapping = load_mapping(arguments.map)
        check_fields(mapping, FIELDS)
        run = _import_cases if arguments.kind == "cases" else _import_rows
        return run(arguments, mapping, engine, settings, out)
    except ImportFileError as problem:
        print(problem, file=out)
        return 1
    finally:
        engine.dispose()


def read_file(kind: str, path: Path, mapping: Mapping, crs: str = "", layer: str = "") -> Parsed:
    """Read a file of base data of any kind but cases."""
    if kind == "regions":
        return read_regions(path, mapping, crs)
    if kind == "layer":
        return read_layer_file(path, mapping, crs, layer)
    return read_table(kind, path, mapping)


def _import_rows(arguments: Namespace, mapping: Mapping, engine: Engine, settings: Settings, out: TextIO) -> int:
    base = load_base_data(engine, settings)
    kind = arguments.kind
    parsed = read_file(kind, arguments.file, mapping, arguments.crs, arguments.layer)
    parsed = check_references(kind, parsed, base)
    _report(parsed.bad, parsed.notes, out)
    if parsed.bad and not arguments.skip_bad:
        return _refused(len(parsed.rows), len(parsed.bad), out)
    try:
        applied = (plan_rows if arguments.dry_run else apply_rows)(engine, kind, parsed.rows)
    except ValueError as problem:
        raise ImportFileError(str(problem)) from problem
    print(summary(applied, arguments.dry_run), file=out)
    if kind == "regions" and not arguments.dry_run:
        _check_borders(engine, settings, arguments.crs or mapping.crs or "wgs84", out)
    return 0


def _import_cases(arguments: Namespace, mapping: Mapping, engine: Engine, settings: Settings, out: TextIO) -> int:
    base = load_base_data(engine, settings)
    parsed = read_cases(arguments.file, mapping, arguments.crs)
    notes = [*parsed.notes, *_unknown_regions(parsed, base), *_crs_notes(parsed, base)]
    _report(parsed.bad, notes, out)
    if parsed.bad and not arguments.skip_bad:
        return _refused(parsed.rows, len(parsed.bad), out)
    events = [event.raw for event in in_order(parsed.events)]
    if not arguments.dry_run:
        spool_events(engine, parsed.source, events)
    verb = "would be handed" if arguments.dry_run else "handed"
    print(f"{parsed.rows} cases with {len(events)} events {verb} to ingest", file=out)
    return 0


def _refused(good: int, bad: int, out: TextIO) -> int:
    print(f"nothing imported: {bad} bad rows beside {good} good ones (--skip-bad imports the good ones)", file=out)
    return 1


def summary(applied: Applied, dry_run: bool = False) -> str:
    """What was done, in one line."""
    would = "would be " if dry_run else ""
    removed = f", {applied.removed} {would}removed" if applied.removed else ""
    return (
        f"{applied.kind}: {applied.added} {would}added, {applied.changed} {would}changed{removed}, "
        f"{applied.unchanged} unchanged; base data version {applied.version}"
    )


def _report(bad: Sequence[BadRow], notes: Sequence[str], out: TextIO) -> None:
    for row in bad[:SHOWN]:
        value = f": {row.value!r}" if row.value else ""
        print(f"line {row.line}: {row.reason}{value}", file=out)
    if len(bad) > SHOWN:
        print(f"... and {len(bad) - SHOWN} more bad rows", file=out)
    for note in notes:
        print(f"note: {note}", file=out)


def _unknown_regions(parsed: ParsedCases, base: BaseData) -> list[str]:
    codes = sorted({e.region for e in parsed.events if e.region and base.tree.node(e.region) is None})
    if not codes:
        return []
    named = ", ".join(codes[:10]) + (", ..." if len(codes) > 10 else "")
    return [f"{len(codes)} regions are not known, their cases will be quarantined: {named}"]


def _crs_notes(parsed: ParsedCases, base: BaseData) -> list[str]:
    events = [event for event in parsed.events if event.lon is not None]
    dots = _dots([(event.lon, event.lat, event.region) for event in events])
    if not base.geometry:
        return []
    suspected = suspected_crs(dots, parsed.crs, base.tree, raster_of(base).locate)
    return [] if suspected is None else [warning(dots, parsed.crs, suspected)]


def _check_borders(engine: Engine, settings: Settings, declared: str, out: TextIO) -> None:
    """Cases stored earlier against the borders just imported."""
    with engine.connect() as connection:
        place = (schema.case.c.lon, schema.case.c.lat)
        found = connection.execute(select(*place).where(schema.case.c.lon.is_not(None)).limit(DOTS)).all()
    base = load_base_data(engine, settings)
    dots = _dots([(lon, lat, "") for lon, lat in found])
    suspected = suspected_crs(dots, declared, base.tree, raster_of(base).locate, of_polygons=True)
    if suspected is not None:
        print(f"note: {warning(dots, declared, suspected)}", file=out)


def _dots(points: Sequence[tuple[float | None, float | None, str]]) -> Dots:
    some = points[:: len(points) // DOTS + 1]
    lon = np.array([point[0] for point in some], np.float64)
    return Dots(lon, np.array([point[1] for point in some], np.float64), [point[2] for point in some])
