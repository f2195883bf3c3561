"""``DIR/reports.toml``: what an office sets about its reports, read and checked as a whole."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

import msgspec

from dashboard.config import Settings, load_settings
from dashboard.domain.ranking import Model
from dashboard.queries.score_models import ModelError, models_of
from dashboard.reports.logo import logo_text
from dashboard.reports.office_settings import Office, Schedule
from dashboard.reports.wording import HOLE, WORDING, problems

FILE = "reports.toml"
HOLES: Mapping[str, tuple[str, ...]] = {
    "organ": ("city",), "printed_by": ("city",), "title": ("period", "area", "place", "subject"),
    "number": ("year", "issue"), "excerpt_to": ("place",),
}  # fmt: skip
"""Holes of settings that are filled per report."""
__all__ = ["FILE", "HOLES", "Office", "OfficeError", "Schedule", "office_of", "parse_office"]


class OfficeError(ValueError):
    """Settings that cannot be used; the message names file and field."""


def office_of(directory: Path) -> Office:
    """The office's settings; where there is no file, the defaults with targets and city of ``config.toml``.

    ``OfficeError`` names the file and every field that is wrong.
    """
    path, settings = directory / FILE, load_settings(directory)
    given = _read(path)
    office = _checked(given, str(path))
    logo, wrong = _logo(office, directory)
    _refuse(str(path), [*wrong, *_model(office, _models(settings, directory))])
    targets = {key: getattr(settings.targets, key) for key in ("on_time", "satisfaction")}
    targets |= given.get("thresholds", {})
    city = office.city or (settings.city_zh if settings.city_zh != type(settings)().city_zh else "")
    return msgspec.structs.replace(
        office, city=city, logo=logo, thresholds=msgspec.structs.replace(office.thresholds, **targets)
    )


def _models(settings: Settings, directory: Path) -> Mapping[str, Model]:
    try:
        return models_of(settings, directory)
    except ModelError as problem:
        raise OfficeError(str(problem)) from problem


def parse_office(text: str, origin: str) -> Office:
    """Settings out of TOML; ``OfficeError`` names the origin and every field that is wrong."""
    try:
        return _checked(tomllib.loads(text), origin)
    except tomllib.TOMLDecodeError as problem:
        raise OfficeError(f"{origin}: {problem}") from problem


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise OfficeError(f"{path}: {problem}") from problem


def _checked(given: Mapping[str, Any], origin: str) -> Office:
    _refuse(origin, list(_unknown(given, Office, "")))
    try:
        office = msgspec.convert(given, Office)
    except msgspec.ValidationError as problem:
        what, _, where = str(problem).partition(" - at `$.")
        raise OfficeError(f"{origin}: {where.rstrip('`') or 'file'}: {what}") from problem
    _refuse(origin, [*problems(office.wording), *_holes(office), *_grades(office)])
    return office


def _refuse(origin: str, wrong: Sequence[str]) -> None:
    if wrong:
        raise OfficeError("\n".join(f"{origin}: {each}" for each in wrong))


def _unknown(given: Mapping[str, Any], kind: type, at: str) -> Iterator[str]:
    """Keys that no field has, with the nearest that there is."""
    types = get_type_hints(kind)
    for key, value in given.items():
        if key not in types:
            yield f"{at}{key}: there is no such setting{_nearest(key, types)}"
        elif isinstance(value, dict) and isinstance(types[key], type) and issubclass(types[key], msgspec.Struct):
            yield from _unknown(value, types[key], f"{at}{key}.")


def _nearest(key: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(key, known, 1)
    return f": do you mean {near[0]}?" if near else f": use {', '.join(known)}"


def _holes(office: Office) -> Iterator[str]:
    """Holes that nobody fills."""
    for field, holes in HOLES.items():
        value = getattr(office, field)
        texts = {field: value} if isinstance(value, str) else _texts(field, value)
        for where, text in texts.items():
            for hole in HOLE.findall(text):
                if hole not in holes:
                    yield f"{where}: there is no hole {{{hole}}}: use {', '.join(holes)}"
            if re.search(r"[{}]", HOLE.sub("", text)):
                yield f"{where}: a brace is open"


def _texts(field: str, value: msgspec.Struct) -> dict[str, str]:
    return {f"{field}.{key}": text for key, text in msgspec.structs.asdict(value).items()}


def _grades(office: Office) -> Iterator[str]:
    scores = [grade.score for grade in office.grades]
    if scores != sorted(set(scores), reverse=True):
        yield "grades: give the highest score first, each once"


def _logo(office: Office, directory: Path) -> tuple[str, list[str]]:
    """The logo as a document has it, and what is wrong with it."""
    try:
        return (logo_text(directory, office.logo) if office.logo else ""), []
    except ValueError as problem:
        return "", [f"logo: {problem}"]


def _model(office: Office, models: Mapping[str, Any]) -> Iterator[str]:
    if office.model and office.model not in models:
        yield f"model: there is no score model {office.model}{_nearest(office.model, models)}"


def sentences(office: Office) -> dict[str, str]:
    """Every sentence by name, the office's own before the defaults."""
    return WORDING | office.wording
