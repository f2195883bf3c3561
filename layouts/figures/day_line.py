"""A worker's day on one line: spans by state, numbered stops, steps of cases above it."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from dashboard.queries.worker_answers import Span, Touched, WorkerDay
from layouts.figures.template import template
from layouts.theme import colour

HOUR = 3_600_000
HEIGHT = 112
REPORTED = frozenset({"case.reported", "case.accepted"})
CHECKED = frozenset({"case.checked"})


def figure(day: WorkerDay, zone: str, off_words: str = "", gap_words: str = "") -> go.Figure:
    """The day from the hour its first shift begins to the hour its last one ends, in local time of ``zone``.

    Moving blue, standing pale, stops grey with their number, time off hatched, silence dashed. A step of a case stands
    above it: reported solid, checked hollow, any other a small square. Words are written into spans that hold them.
    """
    left, right = _edges(day)
    result = go.Figure([*_bars(day, zone), *_steps(day.touched, zone)])
    result.update_layout(
        template=template("light"),
        barmode="overlay", height=HEIGHT, margin={"l": 20, "r": 20, "t": 2, "b": 22},
        xaxis={
            "type": "date", "range": [_local(left, zone), _local(right, zone)], "tickformat": "%H:%M", "dtick": HOUR,
            "tickangle": 0, "tickfont": {"size": 12, "color": colour("t2", "light")},
        },
        yaxis={"range": [-0.5, 1.6], "visible": False},
        shapes=[_silence(span, zone) for span in day.spans if span.state == "gap"],
        annotations=[*_words(day.spans, "off", zone, off_words), *_words(day.spans, "gap", zone, gap_words)],
    )  # fmt: skip
    return result


def _edges(day: WorkerDay) -> tuple[int, int]:
    begin, end = (day.spans[0].begin, day.spans[-1].end) if day.spans else (0, HOUR)
    return begin // HOUR * HOUR, -(-end // HOUR) * HOUR


def _local(at: int, zone: str) -> str:
    """An instant as wall-clock text: Plotly knows no time zones."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S.%f")


def _bars(day: WorkerDay, zone: str) -> list[go.Bar]:
    hatch = {"shape": "/", "size": 7, "solidity": 0.25, "fgcolor": colour("line2", "light")}
    edge = {"width": 1, "color": colour("line", "light")}
    looks: dict[str, dict[str, object]] = {
        "moving": {"color": colour("move", "light")},
        "still": {"color": colour("line2", "light")},
        "stop": {"color": colour("t3", "light")},
        "off": {"color": colour("bg1", "light"), "pattern": hatch, "line": edge},
    }
    return [_bar([span for span in day.spans if span.state == state], zone, look) for state, look in looks.items()]


def _bar(spans: Sequence[Span], zone: str, look: dict[str, object]) -> go.Bar:
    return go.Bar(
        orientation="h", y=[0] * len(spans), width=0.9, marker={"line": {"width": 0}, **look},
        base=[_local(span.begin, zone) for span in spans], x=[span.end - span.begin for span in spans],
        text=[str(span.stop) if span.stop is not None else "" for span in spans], textposition="inside",
        insidetextanchor="middle", textangle=0, constraintext="none",
        textfont={"color": colour("bg1", "light"), "size": 13},
    )  # fmt: skip


def _silence(span: Span, zone: str) -> dict[str, object]:
    return {
        "type": "rect", "x0": _local(span.begin, zone), "x1": _local(span.end, zone), "y0": -0.45, "y1": 0.45,
        "line": {"width": 1, "dash": "dash", "color": colour("t2", "light")}, "fillcolor": colour("bg1", "light"),
    }  # fmt: skip


def _words(spans: Sequence[Span], state: str, zone: str, words: str) -> list[dict[str, object]]:
    wide = [span for span in spans if span.state == state and span.end - span.begin >= HOUR]
    return [
        {
            "x": _local((span.begin + span.end) // 2, zone), "y": 0, "text": words, "showarrow": False,
            "font": {"size": 12, "color": colour("t2", "light")}, "bgcolor": colour("bg1", "light"), "borderpad": 2,
        }
        for span in wide if words
    ]  # fmt: skip


def _steps(touched: Sequence[Touched], zone: str) -> list[go.Scatter]:
    kinds = (
        ("circle", [step for step in touched if step.type in REPORTED]),
        ("circle-open", [step for step in touched if step.type in CHECKED]),
        ("square", [step for step in touched if step.type not in REPORTED | CHECKED]),
    )
    return [_marks(symbol, steps, zone) for symbol, steps in kinds if steps]


def _marks(symbol: str, steps: Sequence[Touched], zone: str) -> go.Scatter:
    return go.Scatter(
        x=[_local(step.time, zone) for step in steps], y=[1.2] * len(steps), mode="markers", cliponaxis=False,
        marker={"symbol": symbol, "size": 9 if symbol != "square" else 7, "color": colour("t1", "light"),
                "line": {"width": 1.5, "color": colour("t1", "light")}},
        error_y={"type": "constant", "symmetric": False, "value": 0, "valueminus": 0.72, "width": 0, "thickness": 1.2,
                 "color": colour("t1", "light")},
    )  # fmt: skip
