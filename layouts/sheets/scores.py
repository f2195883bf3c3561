"""Rankings and the explanation of a score as tables."""

from dashboard.exports.sheet import Column, Kind, Sheet
from dashboard.queries.score_answers import Explanation, League
from layouts.i18n import Lang, text
from layouts.sheets.cases import case_sheet
from layouts.sheets.figures import place_name

COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("rank", "count"), ("tied", "text"), ("low", "count"), ("high", "count"), ("change", "count"), ("code", "text"),
    ("region", "text"), ("parent", "text"), ("points", "score"), ("due", "count"), ("on_time_rate", "rate"),
    ("closure_rate", "rate"), ("rework_rate", "rate"), ("reopen_rate", "rate"), ("satisfaction", "rate"),
    ("satisfaction_n", "count"), ("overdue_open", "count"), ("remark", "text"),
)  # fmt: skip


def league_sheet(league: League, lang: Lang) -> Sheet:
    """Units in order, those below the line last with the reason."""
    columns = [Column(text(lang, f"export.{name}"), kind) for name, kind in COLUMNS]
    rows = [
        [
            row.rank, text(lang, "export.tied") if row.tied else "", row.low, row.high, row.change, row.place.code,
            place_name(row.place, lang), place_name(row.parent, lang) if row.parent else "", row.score, row.due,
            row.on_time_rate, row.closure_rate, row.rework_rate, row.reopen_rate, row.satisfaction,
            row.satisfaction_n, row.overdue, _remark(row.reason, row.small, lang),
        ]
        for row in league.rows
    ]  # fmt: skip
    return Sheet(text(lang, "export.ranking"), columns, rows)


def _remark(reason: str, small: bool, lang: Lang) -> str:
    if reason in ("few", "none"):
        return text(lang, f"export.reason.{reason}")
    return reason or (text(lang, "export.small") if small else "")


def explanation_sheets(found: Explanation, lang: Lang) -> list[Sheet]:
    """The terms of a score, and the cases that cost most."""
    headings: tuple[tuple[str, Kind], ...] = (
        ("term", "text"), ("n", "count"), ("d", "count"), ("configured", "score"), ("weight", "score"),
        ("points", "score"), ("lost", "score"), ("rank", "count"),
    )  # fmt: skip
    columns = [Column(text(lang, f"export.{name}"), kind) for name, kind in headings]
    rows = [
        [part.en if lang == "en" else part.zh, part.n, part.d, part.configured, part.weight, part.points, part.lost,
         part.rank]
        for part in found.parts
    ]  # fmt: skip
    cases = case_sheet([one.case for one in found.cases], lang)
    points = [one.points for one in found.cases]
    costly = Sheet(
        text(lang, "export.costly"),
        [*cases.columns, Column(text(lang, "export.points"), "score")],
        [[*row, cost] for row, cost in zip(cases.rows, points, strict=True)],
    )
    return [Sheet(text(lang, "export.terms"), columns, rows), costly]
