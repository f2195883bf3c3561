"""Up to where the figures of a page count; a picture saved from the page takes its words from here."""

from dash.development.base_component import Component

from dashboard.queries.answers import AsOf
from layouts import html
from layouts.i18n import Lang, say, text
from layouts.parts.numerals import count, instant


def cut_off(lang: Lang, as_of: AsOf, zone: str) -> Component:
    """The instant in ``zone`` and the number of the last event counted."""
    cut = say(lang, "region.as_of.seq", time=instant(as_of.time, zone), seq=count(as_of.seq))
    return html.Span(f"{text(lang, 'region.as_of')} {cut}", className="soft as-of")
