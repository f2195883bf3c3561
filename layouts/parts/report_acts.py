"""What a caller may do with a report now: a form for each act; what cannot be taken back is confirmed by a tick."""

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.reports.archive import APPEALS, DRAFT, Entry
from layouts import html
from layouts.address import REPORT, Address
from layouts.i18n import text
from layouts.parts.report_forms import form, hidden, tick

ACT_PATH = f"{REPORT}/act"
FINAL = ("freeze", "issue")
"""Acts that nobody can take back."""


def acts_of(
    address: Address, entry: Entry, acts: Sequence[str], token: str, makes: bool = False, blocked: bool = False
) -> list[Component]:
    """The acts in the order given; whoever ``makes`` reports is told why there is none while appeals are heard, and
    what helps where a report is ``blocked`` by its checks."""
    why = f"reports.acts.{entry.state}_blocked" if blocked else "reports.acts.waiting"
    waits = makes and entry.state in (DRAFT, APPEALS) and (blocked or (entry.state == APPEALS and not acts))
    reason = [html.P(text(address.language, why), className="note")] if waits else []
    forms = [_act(address, entry, act, token) for act in acts]
    return [*reason, *([html.Div(forms, className="report-acts")] if forms else [])]


def _act(address: Address, entry: Entry, act: str, token: str) -> Component:
    lang = address.language
    words, note = text(lang, f"reports.act.{act}"), text(lang, f"reports.act.{act}.note")
    final = act in FINAL
    confirm = [tick("sure", text(lang, f"reports.act.{act}.sure"), act)] if final else []
    button = html.Button(words, type="submit", className="button on")
    body = form(
        ACT_PATH, token, hidden("id", entry.id, act), hidden("act", act, act), html.P(note, className="note"),
        *confirm, button, name=act, address=address,
    )  # fmt: skip
    mark = html.Span("▾", className="menu-arrow", **{"aria-hidden": "true"})
    return html.Details([html.Summary([words, mark], className="button"), body], className="report-act")
