"""Indicators as tables: one region's, and those of all regions below it."""

from collections.abc import Sequence

from dashboard.domain.indicators import INDICATORS
from dashboard.exports.sheet import Column, Kind, Sheet
from dashboard.queries.answers import Figure, Kpis, Place
from dashboard.queries.drill_answers import Children, Compared
from layouts.i18n import Lang, text

KINDS: dict[str, Kind] = {"share": "rate", "cases": "count", "people": "count", "hours": "number"}


def place_name(place: Place, lang: Lang) -> str:
    """A region's name in a language; the Chinese one where there is no other."""
    return (place.name_en if lang == "en" else "") or place.name


def figure_name(figure: Figure, lang: Lang) -> str:
    """An indicator's name in a language."""
    return figure.name_en if lang == "en" else figure.name


def kpi_sheet(kpis: Kpis, compared: Sequence[Compared], lang: Lang) -> Sheet:
    """One line for each indicator, with numerator, denominator, basis, version and the earlier values."""
    then = {(one.key, one.kind): one.then for one in compared}
    words = ("indicator", "value", "n", "d", "unit", "basis", "version", "before", "year")
    columns = [Column(text(lang, f"export.{word}"), "text" if word in _WORDS else "number") for word in words]
    rows = [
        [
            figure_name(one, lang), one.value, one.numerator, one.denominator, text(lang, f"export.unit.{one.unit}"),
            text(lang, f"export.basis.{one.basis}"), one.version,
            then.get((one.key, "before")), then.get((one.key, "year")),
        ]
        for one in kpis.figures
    ]  # fmt: skip
    return Sheet(text(lang, "export.kpis"), columns, rows)


_WORDS = frozenset({"indicator", "unit", "basis", "version"})


def children_sheet(children: Children, lang: Lang) -> Sheet:
    """One line for each region, one column for each indicator; rates also with numerator and denominator."""
    columns = [Column(text(lang, "export.code")), Column(text(lang, "export.region"))]
    for indicator in INDICATORS:
        name = indicator.en if lang == "en" else indicator.zh
        columns.append(Column(name, KINDS[indicator.unit]))
        if indicator.denominator:
            columns += [Column(f"{name} {text(lang, f'export.{part}')}", "count") for part in ("n", "d")]
    rows = [[row.place.code, place_name(row.place, lang), *_values(row.figures)] for row in children.rows]
    return Sheet(text(lang, "export.children"), columns, rows)


def _values(figures: Sequence[Figure]) -> list[float | int | None]:
    found = {figure.key: figure for figure in figures}
    values: list[float | int | None] = []
    for indicator in INDICATORS:
        figure = found.get(indicator.key)
        values.append(figure.value if figure else None)
        if indicator.denominator:
            values += [figure.numerator, figure.denominator] if figure else [None, None]
    return values
