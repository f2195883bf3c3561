"""What charts on the light pages have in common: grey marks, one dark accent, labels that are never cut."""

from collections.abc import Iterable
from typing import Any

from layouts.figures.marks import Figure, Mark, framed
from layouts.figures.template import plain_template
from layouts.theme import colour

NOTE, LABEL = 12, 13
STANDOFF, AXIS = 6, 22
"""Between an axis and its words, and the height of words below a chart, in px."""
CJK, WIDE, CAPITAL, NARROW = 0x2E80, 1.0, 0.68, 0.58
"""Where Chinese characters begin, their width and that of others in type sizes."""


def grey() -> str:
    """The colour of ordinary marks."""
    return colour("still", "light")


def pale() -> str:
    """The colour of what stands behind a mark: wholes, 90th percentiles."""
    return colour("line", "light")


def accent() -> str:
    """The colour of what is chosen or judged."""
    return colour("t1", "light")


def label(size: int = LABEL) -> dict[str, Any]:
    """Type of numbers at marks."""
    return {"color": colour("t1", "light"), "size": size}


def drawn(*traces: Mark, clickable: bool = False, **layout: Any) -> Figure:
    """Traces in the light template. Hovering is on only where a click leads somewhere, since clicks need it."""
    hover = {
        "hovermode": "closest" if clickable else False,
        "hoverlabel": {
            "bgcolor": colour("bg1", "light"),
            "bordercolor": colour("t1", "light"),
            "font": {"size": LABEL, "color": colour("t1", "light")},
        },
    }
    base = {"font": {"size": NOTE}, "margin": {"l": 4, "r": 4, "t": 4, "b": 4}, "dragmode": False}
    whole = {"template": plain_template("light")} | base | hover | layout
    return framed(list(traces), whole)


def literal(words: str) -> str:
    """Words as Plotly shows them letter by letter: it takes tags and addresses in a text for its own markup."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def category_axis(labels: list[str]) -> dict[str, Any]:
    """A vertical axis of words, first on top; ``room_for`` leaves them room."""
    return {
        "type": "category", "autorange": "reversed", "tickmode": "array", "tickvals": labels,
        "ticklabelstandoff": STANDOFF, "tickfont": {"size": LABEL, "color": colour("t1", "light")},
    }  # fmt: skip


def bare_axis(top: float) -> dict[str, Any]:
    """An axis without marks from 0."""
    return {"visible": False, "range": [0, top or 1]}


def room_for(labels: Iterable[str] = (), texts: Iterable[str] = (), below: int = 4) -> dict[str, int]:
    """Margins in px, since type does not shrink on a phone: labels at the left, texts behind the longest bar.

    Worked out here because Plotly's own way (``automargin``) draws every chart a second time.
    """
    left, right = _widest(labels), _widest(texts)
    return {"l": STANDOFF + 4 + left if left else 4, "r": 12 + right if right else 4, "t": 4, "b": below}


def _em(char: str) -> float:
    return WIDE if ord(char) > CJK or char == "…" else CAPITAL if char.isupper() else NARROW


def _widest(texts: Iterable[str]) -> int:
    widths = (sum(map(_em, text)) for text in texts)
    return round(max(widths, default=0) * LABEL)
