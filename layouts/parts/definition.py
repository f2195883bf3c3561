"""The definition card (口径) of an indicator: what it counts, its fraction, basis, version and cut-off."""

from dash.development.base_component import Component

from dashboard.domain.indicators import BY_KEY
from dashboard.queries.answers import AsOf, Figure
from layouts import html
from layouts.i18n import Lang, say, text
from layouts.parts.numerals import count, instant


def definition(lang: Lang, figure: Figure, as_of: AsOf, zone: str, note: str = "") -> Component:
    """A native disclosure; ``note`` says what else is to be known, as that filters do not reach the figure."""
    name = figure.name if lang == "zh-CN" else figure.name_en
    summary = html.Summary(
        [html.Span(text(lang, "region.definition")), html.Span(f" {name}", className="unseen")],
        className="definition-open",
    )
    return html.Details([summary, _card(lang, figure, name, as_of, zone, note)], className="definition")


def _card(lang: Lang, figure: Figure, name: str, as_of: AsOf, zone: str, note: str) -> Component:
    indicator = BY_KEY[figure.key]
    words = indicator.definition_zh if lang == "zh-CN" else indicator.definition_en
    lines = [
        *_fraction(lang, figure),
        (text(lang, "region.basis"), text(lang, f"region.basis.{figure.basis}")),
        (text(lang, "region.version"), figure.version),
        (
            text(lang, "region.as_of"),
            say(lang, "region.as_of.seq", time=instant(as_of.time, zone), seq=count(as_of.seq)),
        ),
    ]
    pairs = [part for term, value in lines for part in (html.Dt(term), html.Dd(value))]
    extra = [html.P(note, className="definition-note")] if note else []
    return html.Div([html.B(name), html.P(words), *extra, html.Dl(pairs)], className="definition-words")


def _fraction(lang: Lang, figure: Figure) -> list[tuple[str, str]]:
    if figure.denominator is None:
        return []
    if figure.numerator is None:
        return [(text(lang, "region.durations"), count(figure.denominator))]
    return [(text(lang, "region.fraction"), f"{count(figure.numerator)} / {count(figure.denominator)}")]
