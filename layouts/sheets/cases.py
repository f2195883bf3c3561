"""Cases as tables. The lines carry no personal data; the record of one case is masked before it comes here."""

from collections.abc import Sequence

from dashboard.exports.sheet import Column, Kind, Sheet
from dashboard.queries.case_answers import CaseView
from dashboard.queries.drill_answers import CaseLine
from layouts.i18n import Lang, messages, text
from layouts.parts.names import case_category, case_places, case_unit, entry_unit

COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("case", "text"), ("title", "text"), ("state", "text"), ("stage", "text"), ("category", "text"),
    ("region", "text"), ("channel", "text"), ("unit_name", "text"), ("accepted_at", "instant"),
    ("deadline", "instant"), ("handled_at", "instant"), ("closed_at", "instant"), ("overdue", "text"),
    ("supervised", "text"), ("suspended", "text"), ("score", "count"),
)  # fmt: skip


def case_sheet(lines: Sequence[CaseLine], lang: Lang) -> Sheet:
    """One line for each case."""
    columns = [Column(text(lang, f"export.{name}"), kind) for name, kind in COLUMNS]
    return Sheet(text(lang, "export.cases"), columns, [_row(line, lang) for line in lines])


def _row(line: CaseLine, lang: Lang) -> list[object]:
    marks = [text(lang, "export.yes") if mark else "" for mark in (line.overdue, line.supervised, line.suspended)]
    return [
        line.id, line.title, text(lang, f"export.state.{line.state}"), text(lang, f"export.stage.{line.stage}"),
        case_category(lang, line), " ".join(case_places(lang, line)), channel_name(line.channel, lang),
        case_unit(lang, line), line.accepted_at, line.deadline, line.handled_at, line.closed_at, *marks,
        line.score,
    ]  # fmt: skip


def channel_name(key: str, lang: Lang) -> str:
    """A channel in words; its own key where it is none of the known ones."""
    words = messages(lang).get(f"channel.{key}")
    return words if isinstance(words, str) else key


def record_sheet(view: CaseView, lang: Lang) -> Sheet:
    """The record of one case: every stored event."""
    words = (("time", "instant"), ("received", "instant"), ("type", "text"), ("actor", "text"), ("unit_name", "text"),
             ("details", "text"), ("source", "text"), ("seq", "count"))  # fmt: skip
    columns = [Column(text(lang, f"export.{name}"), kind) for name, kind in _kinds(words)]
    rows = [
        [
            one.time, one.received, one.type, one.actor, entry_unit(lang, one),
            "; ".join(f"{field}={value}" for field, value in one.details), one.source, one.seq,
        ]
        for one in view.entries
    ]  # fmt: skip
    return Sheet(text(lang, "export.record"), columns, rows)


def _kinds(words: Sequence[tuple[str, str]]) -> list[tuple[str, Kind]]:
    kinds: dict[str, Kind] = {"text": "text", "instant": "instant", "count": "count"}
    return [(name, kinds[kind]) for name, kind in words]
