"""Appeals against a report: what was lodged and decided, the form to lodge one, the form to decide one."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash.development.base_component import Component

from dashboard.reports.appeal_changes import CHANGES
from dashboard.reports.appeals import LODGED, Appeal
from dashboard.reports.archive import APPEALS, Entry
from layouts import html
from layouts.address import CASE, REPORT, Address
from layouts.i18n import Lang, say, text
from layouts.parts.card import card
from layouts.parts.report_forms import form, hidden, line, lines, selection
from layouts.parts.report_words import day_and_minute

LODGE_PATH, DECIDE_PATH = f"{REPORT}/appeal", f"{REPORT}/decide"
LODGE = "lodge"


@dataclass(frozen=True)
class Hearing:
    """The appeals a caller may know of; ``lodges``: the caller may lodge more, ``decides``: decide those of others,
    ``name``: who the caller is."""

    appeals: Sequence[Appeal] = ()
    lodges: bool = False
    decides: bool = False
    name: str = ""


def appeals_card(address: Address, entry: Entry, hearing: Hearing, token: str, zone: str) -> Component:
    """All appeals of a report in the order they came; nothing where there are none and none can come."""
    lang = address.language
    open_ = hearing.lodges and entry.state == APPEALS
    if not hearing.appeals and not open_ and entry.state != APPEALS:
        return html.Div(hidden=True)
    waiting = sum(one.state == LODGED for one in hearing.appeals)
    note = say(lang, "reports.appeals.count", n=len(hearing.appeals), waiting=waiting)
    rows = [_appeal(address, entry, hearing, one, token, zone) for one in hearing.appeals]
    listed = html.Ol(rows, className="report-appeals") if rows else html.P(text(lang, "reports.appeals.none"))
    lodge = [_lodge(address, entry, token)] if open_ else []
    return card(text(lang, "reports.appeals"), listed, *lodge, note=note, name="report-appeals")


def _appeal(
    address: Address, entry: Entry, hearing: Hearing, one: Appeal, token: str, zone: str
) -> Component:  # fmt: skip
    lang = address.language
    case = html.Link(one.case, href=Address(CASE, id=one.case, lang=address.lang).href)
    head = html.P(
        [html.B(text(lang, f"reports.appeal.state.{one.state}"), className=f"appeal-{one.state}"), case,
         html.Span(change_words(lang, one.change))], className="report-appeal-head",
    )  # fmt: skip
    who = say(lang, "reports.appeal.by", who=one.by, at=day_and_minute(one.lodged, zone))
    told = [_told(lang, "reason", one.reason), _told(lang, "evidence", one.evidence)]
    decided = [] if one.state == LODGED else [_decided(lang, one, zone)]
    form_ = [_decide(address, entry, one, token)] if _decides(entry, hearing, one) else []
    return html.Li([head, html.P(who, className="note"), *told, *decided, *form_])


def _decides(entry: Entry, hearing: Hearing, one: Appeal) -> bool:
    """Nobody decides about what he or she lodged."""
    return hearing.decides and entry.state == APPEALS and one.state == LODGED and one.by != hearing.name


def _told(lang: Lang, key: str, words: str) -> Component:
    return html.P([html.Span(text(lang, f"reports.appeal.{key}"), className="soft"), html.Span(words)])


def _decided(lang: Lang, one: Appeal, zone: str) -> Component:
    at = say(lang, "reports.appeal.decided", who=one.decided_by, at=day_and_minute(one.decided, zone))
    return html.Div([_told(lang, "why", one.why), html.P(at, className="note")], className="report-decided")


def change_words(lang: Lang, change: str) -> str:
    """What an appeal asks for."""
    return text(lang, f"reports.appeal.change.{change}")


def _lodge(address: Address, entry: Entry, token: str) -> Component:
    lang = address.language
    changes = [(key, change_words(lang, key)) for key in CHANGES]
    fields = [
        hidden("id", entry.id, LODGE),
        line("case", text(lang, "reports.appeal.case"), LODGE, needed=True),
        selection("change", text(lang, "reports.appeal.change"), changes, LODGE),
        lines("reason", text(lang, "reports.appeal.reason"), LODGE, text(lang, "reports.appeal.reason.hint")),
        lines("evidence", text(lang, "reports.appeal.evidence"), LODGE, text(lang, "reports.appeal.evidence.hint")),
        html.Button(text(lang, "reports.appeal.go"), type="submit", className="button on"),
    ]
    body = form(LODGE_PATH, token, *fields, name=LODGE, address=address)
    return _opened(text(lang, "reports.appeal.lodge"), body)


def _decide(address: Address, entry: Entry, one: Appeal, token: str) -> Component:
    lang, name = address.language, f"decide-{one.id}"
    verdicts = [(verdict, text(lang, f"reports.appeal.{verdict}")) for verdict in ("accept", "reject")]
    fields = [
        hidden("id", entry.id, name), hidden("appeal", one.id, name),
        selection("verdict", text(lang, "reports.appeal.verdict"), [("", "—"), *verdicts], name),
        lines("why", text(lang, "reports.appeal.why"), name, text(lang, "reports.appeal.why.hint")),
        html.Button(text(lang, "reports.appeal.decide"), type="submit", className="button on"),
    ]  # fmt: skip
    body = form(DECIDE_PATH, token, *fields, name=name, address=address)
    return _opened(text(lang, "reports.appeal.decide"), body)


def _opened(words: str, body: Component) -> Component:
    mark = html.Span("▾", className="menu-arrow", **{"aria-hidden": "true"})
    return html.Details([html.Summary([words, mark], className="button"), body], className="report-act")
