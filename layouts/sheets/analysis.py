"""The case analysis as tables: funnel, stage times, levels, inflow, trend."""

from collections.abc import Sequence

from dashboard.exports.sheet import Column, Sheet
from dashboard.queries.drill_answers import Bar, Breakdown
from layouts.i18n import Lang, text
from layouts.sheets.cases import channel_name


def analysis_sheets(found: Breakdown, lang: Lang) -> list[Sheet]:
    """Every table of the analysis."""
    return [
        _funnel(found, lang), _times(found, lang), _levels(found, lang),
        *(_bars(name, getattr(found, name), lang) for name in ("channels", "categories", "hours", "weekdays")),
        _trend(found, lang),
    ]  # fmt: skip


def _heading(lang: Lang, *keys: str) -> list[Column]:
    return [Column(text(lang, f"export.{key}"), "count") for key in keys]


def _funnel(found: Breakdown, lang: Lang) -> Sheet:
    columns = [Column(text(lang, "export.stage")), *_heading(lang, "n_cases")]
    rows = [[text(lang, f"export.passed.{one.stage}"), one.n] for one in found.funnel]
    return Sheet(text(lang, "export.funnel"), columns, rows)


def _times(found: Breakdown, lang: Lang) -> Sheet:
    minutes = [Column(text(lang, f"export.{key}_minutes"), "number") for key in ("median", "p90")]
    columns = [Column(text(lang, "export.stage")), *_heading(lang, "n_cases"), *minutes]
    rows = [[text(lang, f"export.time.{one.stage}"), one.n, one.median, one.p90] for one in found.times]
    return Sheet(text(lang, "export.times"), columns, rows)


def _levels(found: Breakdown, lang: Lang) -> Sheet:
    columns = [Column(text(lang, "export.level")), *_heading(lang, "reached", "here", "handled_here"),
               Column(text(lang, "export.here_rate"), "rate")]  # fmt: skip
    rows = [
        [one.level, one.reached, one.here, one.handled, one.handled / one.reached if one.reached else None]
        for one in found.levels
    ]
    return Sheet(text(lang, "export.levels"), columns, rows)


def _bars(name: str, bars: Sequence[Bar], lang: Lang) -> Sheet:
    columns = [Column(text(lang, "export.key")), Column(text(lang, "export.name")), *_heading(lang, "n_cases")]
    rows = [[bar.key, _name(name, bar, lang), bar.n] for bar in bars]
    return Sheet(text(lang, f"export.{name}"), columns, rows)


def _name(kind: str, bar: Bar, lang: Lang) -> str:
    if kind == "channels":
        return channel_name(bar.key, lang)
    return (bar.name_en if lang == "en" else "") or bar.name or bar.key


def _trend(found: Breakdown, lang: Lang) -> Sheet:
    columns = [Column(text(lang, "export.day"), "day"), *_heading(lang, "accepted", "closed", "due", "on_time"),
               Column(text(lang, "export.on_time_rate"), "rate")]  # fmt: skip
    rows = [
        [one.day, one.accepted, one.closed, one.due, one.on_time, one.on_time / one.due if one.due else None]
        for one in found.trend
    ]
    return Sheet(text(lang, "export.trend"), columns, rows)
