"""The form in front of a worker's page: a choice of purposes and words beside it, sent without any script."""

from collections.abc import Sequence

from dash import dcc
from dash.development.base_component import Component

from layouts import html
from layouts.address import Address
from layouts.i18n import Lang, say, text
from layouts.parts.card import card

PURPOSE_PATH = "/worker/purpose"
OTHER = "other"
PURPOSES = ("daily", "verify", "complaint", "dispatch", OTHER)
"""Keys of ``worker.purpose.*``; *other* needs words."""
ASK_AGAIN = "purpose"
"""The address' ``view`` after a purpose was refused."""


def purpose_form(
    address: Address, worker_name_masked: str, csrf_token: str, purposes: Sequence[str] = PURPOSES
) -> Component:
    """Why do you look? ``address`` is the worker's page, to which the answer leads."""
    lang = address.language
    fields = [
        *_hidden(address, csrf_token),
        html.Label(text(lang, "worker.purpose"), htmlFor="purpose-choice"),
        html.Select(
            [html.Option(text(lang, f"worker.purpose.{key}"), value=key) for key in purposes],
            id="purpose-choice", name="purpose", required=True,
        ),
        html.Label(text(lang, "worker.purpose.words"), htmlFor="purpose-words"),
        dcc.Input(
            id="purpose-words", name="words", type="text", maxLength=180, autoComplete="off",
            placeholder=text(lang, "worker.purpose.example"),
        ),
        html.Button(text(lang, "worker.purpose.send"), type="submit", className="button on"),
    ]  # fmt: skip
    again = [html.P(text(lang, "worker.purpose.again"), className="crit", role="alert")]
    form = html.Form(fields, action=PURPOSE_PATH, method="post", className="purpose-form")
    return html.Div(
        card(
            say(lang, "worker.purpose.title", name=worker_name_masked),
            html.P(text(lang, "worker.purpose.why")),
            *(again if address.view == ASK_AGAIN else []),
            form,
            _promises(lang),
            name="purpose",
        ),
        className="worker-purpose",
    )


def _hidden(address: Address, csrf_token: str) -> list[Component]:
    values = {"id": address.id, "date": address.date, "next": address.to(view="").href, "csrf_token": csrf_token}
    return [
        dcc.Input(id=f"purpose-{name.replace('_', '-')}", name=name, type="hidden", value=value)
        for name, value in values.items()
    ]


def _promises(lang: Lang) -> Component:
    keys = ("worker.promise.logged", "worker.promise.duty", "worker.promise.half_hour")
    return html.Ul([html.Li(text(lang, key)) for key in keys], className="promises note")
