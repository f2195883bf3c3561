"""Charts as SVG for print: greys only, fonts by name, every value written as the text writes it.

The same picture goes into PDF, DOCX and HTML. No sizes are measured on a machine: texts are counted in em.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from dashboard.reports.document import Chart
from dashboard.reports.files.plain import plain
from dashboard.reports.files.widths import width as em
from dashboard.reports.numbers import written

WIDE = 442.0
"""Points of the type area's width."""
SIZE = 9.5
ROW = 17.0
HIGH = 126.0
FAMILY = "Noto Sans CJK SC, Noto Sans SC, sans-serif"
INK, BAR = "#000000", "#8c8c8c"
LONGEST_LABEL = 18.0


@dataclass(frozen=True, slots=True)
class Drawn:
    """An SVG text and its size in points."""

    text: str
    width: float
    height: float


def svg(chart: Chart) -> Drawn:
    """The chart drawn; one without any value says so by an empty frame of its labels."""
    body, high = _KINDS[chart.kind](chart)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(WIDE)}pt" height="{_n(high)}pt" '
        f'viewBox="0 0 {_n(WIDE)} {_n(high)}" role="img" aria-label="{escape(plain(chart.title))}" '
        f'font-family="{FAMILY}" font-size="{SIZE}">'
    )
    return Drawn(head + "".join(body) + "</svg>", WIDE, high)


def _bars(chart: Chart) -> tuple[list[str], float]:
    left = min(LONGEST_LABEL, max((em(label) for label in chart.labels), default=0.0)) * SIZE + 8
    texts = _texts(chart)
    right = max((em(text) for text in texts), default=0.0) * SIZE + 8
    low, high = _range(chart)
    along = _scale(low, high, left, WIDE - right)
    zero, body = along(max(low, 0.0)), []
    for y, (label, value, text) in enumerate(zip(chart.labels, chart.values, texts, strict=True)):
        middle = y * ROW + ROW / 2
        body.append(_text(left - 6, middle + SIZE * 0.36, _short(label, LONGEST_LABEL), "end"))
        if value is not None:
            body.append(_box(min(zero, along(value)), middle - 5.5, abs(along(value) - zero), 11))
        body.append(_text(max(zero, along(value or 0.0)) + 4, middle + SIZE * 0.36, text))
    tall = len(chart.labels) * ROW
    body.append(_line(zero, 0, zero, tall, INK))
    if chart.reference is not None:
        body += [_dashed(along(chart.reference), 0, along(chart.reference), tall)]
        body.append(_text(along(chart.reference), tall + SIZE + 3, written(chart.reference, chart.unit), "middle"))
        tall += SIZE + 8
    return body, max(tall, ROW)


def _columns(chart: Chart) -> tuple[list[str], float]:
    low, high = _range(chart)
    up, step = _scale(low, high, HIGH, SIZE + 6), _step(chart)
    zero = up(max(low, 0.0))
    body = [
        _box((x + 0.5) * step - step * 0.32, min(zero, up(value)), step * 0.64, abs(up(value) - zero))
        for x, value in enumerate(chart.values)
        if value is not None
    ]
    body += _values_above(chart, step, up)
    body.append(_line(0, zero, WIDE, zero, INK))
    return [*body, *_reference(chart, up), *_below(chart, step)], HIGH + SIZE + 8


def _lines(chart: Chart) -> tuple[list[str], float]:
    low, high = _range(chart, from_zero=False)
    up, step = _scale(low, high, HIGH - 12, SIZE + 14), _step(chart)
    points = [(None if value is None else ((x + 0.5) * step, up(value))) for x, value in enumerate(chart.values)]
    body = [f'<polyline points="{run}" fill="none" stroke="{INK}" stroke-width="1.2"/>' for run in _runs(points)]
    body += [f'<circle cx="{_n(p[0])}" cy="{_n(p[1])}" r="2" fill="{INK}"/>' for p in points if p]
    body += _values_above(chart, step, up)
    body.append(_line(0, HIGH, WIDE, HIGH, INK))
    return [*body, *_reference(chart, up), *_below(chart, step)], HIGH + SIZE + 8


def _texts(chart: Chart) -> list[str]:
    return [written(value, chart.unit) for value in chart.values]


def _range(chart: Chart, from_zero: bool = True) -> tuple[float, float]:
    """What the axis spans: from zero for areas, for lines the values with a margin."""
    known = [value for value in (*chart.values, chart.reference) if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    margin = 0.0 if from_zero else (high - low) * 0.1
    return (low - margin, high + margin) if high > low else (low - 0.5, high + 0.5)


def _scale(low: float, high: float, begin: float, end: float) -> Callable[[float], float]:
    return lambda value: begin + (value - low) / (high - low) * (end - begin)


def _step(chart: Chart) -> float:
    return WIDE / max(1, len(chart.labels))


def _every(texts: Sequence[str], step: float) -> int:
    """Every how many labels one is written, so that they do not touch."""
    longest = max((em(text) for text in texts), default=0.0) * SIZE + 4
    return max(1, -int(-longest // step))


def _values_above(chart: Chart, step: float, up: Callable[[float], float]) -> list[str]:
    texts = _texts(chart)
    every = _every(texts, step)
    return [
        _text((x + 0.5) * step, min(up(value), up(0.0) if chart.kind == "columns" else up(value)) - 4, text, "middle")
        for x, (value, text) in enumerate(zip(chart.values, texts, strict=True))
        if value is not None and x % every == 0
    ]


def _below(chart: Chart, step: float) -> list[str]:
    every = _every(chart.labels, step)
    return [
        _text((x + 0.5) * step, HIGH + SIZE + 4, label, "middle")
        for x, label in enumerate(chart.labels)
        if x % every == 0
    ]


def _reference(chart: Chart, up: Callable[[float], float]) -> list[str]:
    if chart.reference is None:
        return []
    at = up(chart.reference)
    return [_dashed(0, at, WIDE, at), _text(WIDE, at - 3, written(chart.reference, chart.unit), "end")]


def _runs(points: Sequence[tuple[float, float] | None]) -> list[str]:
    """The points of each unbroken stretch: a missing value is a gap, not a bridge."""
    runs: list[list[str]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(f"{_n(point[0])},{_n(point[1])}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _short(text: str, room: float) -> str:
    if em(text) <= room:
        return text
    kept = text
    while kept and em(kept) > room - 1:
        kept = kept[:-1]
    return kept + "…"


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    words = escape(plain(text), quote=False)
    return f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}" fill="{INK}">{words}</text>'


def _box(x: float, y: float, wide: float, tall: float) -> str:
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(wide)}" height="{_n(tall)}" fill="{BAR}"/>'


def _line(x0: float, y0: float, x1: float, y1: float, colour: str) -> str:
    return f'<path d="M{_n(x0)} {_n(y0)}L{_n(x1)} {_n(y1)}" stroke="{colour}" stroke-width="0.75"/>'


def _dashed(x0: float, y0: float, x1: float, y1: float) -> str:
    return f'<path d="M{_n(x0)} {_n(y0)}L{_n(x1)} {_n(y1)}" stroke="{INK}" stroke-width="0.75" stroke-dasharray="4 3"/>'


_KINDS: dict[str, Callable[[Chart], tuple[list[str], float]]] = {"bars": _bars, "columns": _columns, "line": _lines}
