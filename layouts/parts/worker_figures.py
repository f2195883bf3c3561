"""The right column of a worker's page: who, how the day was spent, where he or she stayed."""

from collections.abc import Sequence

from dash.development.base_component import Component

from dashboard.queries.worker_answers import Span, Stop, WorkerDay
from layouts import html
from layouts.figures.day_line import CHECKED, REPORTED
from layouts.i18n import Lang, say, text
from layouts.parts.card import card
from layouts.parts.numerals import MISSING, decimal, percent
from layouts.parts.worker_words import between, day_text, duration, whole_minutes

Row = tuple[str, str, str]
"""Words, value, small print behind it."""


def figures_card(lang: Lang, day: WorkerDay, zone: str) -> Component:
    """Name, number, state and the figures of the day."""
    rows = [
        html.Div([html.Dt(words), html.Dd([html.B(value), *([html.Span(note)] if note else [])])])
        for words, value, note in _rows(lang, day, zone)
    ]
    place = " · ".join([day.role, *[name for _, name in day.crumbs[-2:]]])
    contact = [html.Span(say(lang, "worker.phone", phone=day.phone), className="soft")] if day.phone else []
    who = [html.Span(say(lang, "worker.number", id=number(day)), className="soft"), *contact]
    return card(
        day.name,
        html.P([place], className="soft worker-place"),
        html.Dl(rows, className="worker-figures"),
        html.P(text(lang, "worker.distance.note"), className="note"),
        note=[*who, *_state(lang, day)],
        name="worker",
    )


def number(day: WorkerDay) -> str:
    """The worker's number, its beginning hidden where the name is."""
    return f"****{day.id[-4:]}" if "*" in day.name and len(day.id) > 4 else day.id


def _state(lang: Lang, day: WorkerDay) -> list[Component]:
    if day.state is None:
        return []
    return [html.Span(text(lang, f"worker.state.{day.state}"), className=f"chip presence presence-{day.state}")]


def _rows(lang: Lang, day: WorkerDay, zone: str) -> list[Row]:
    moving, still, gap = (whole_minutes(minutes) for minutes in (day.moving, day.still, day.gap))
    off = whole_minutes(sum(span.end - span.begin for span in day.spans if span.state == "off") / 60_000)
    rows: list[Row] = [
        _whole(lang, day, moving + still + gap + off, zone),
        _moved(lang, day, moving, still),
    ]
    if off:
        rows.append((text(lang, "worker.break"), duration(lang, off), _breaks(day.spans, zone)))
    rows += [
        _gap(lang, day, gap),
        (text(lang, "worker.distance"), _distance(lang, day), ""),
        _sides(lang, day),
        _coverage(lang, day),
        (text(lang, "worker.steps"), *_steps(lang, day)),
    ]
    return rows


def _moved(lang: Lang, day: WorkerDay, moving: int, still: int) -> Row:
    known = (duration(lang, moving), f"/ {duration(lang, still)}") if seen(day) else (MISSING, "")
    return text(lang, "worker.moving_still"), *known


def _gap(lang: Lang, day: WorkerDay, gap: int) -> Row:
    known = (duration(lang, gap), say(lang, "worker.times", n=day.gaps)) if day.spans else (MISSING, "")
    return text(lang, "worker.gap"), *known


def _whole(lang: Lang, day: WorkerDay, minutes: int, zone: str) -> Row:
    words = text(lang, "worker.on_duty")
    if not day.spans:
        return words, MISSING, text(lang, "worker.no_shift")
    return words, duration(lang, minutes), between(day.spans[0].begin, day.spans[-1].end, zone)


def _breaks(spans: Sequence[Span], zone: str) -> str:
    off = [span for span in spans if span.state == "off"]
    return between(off[0].begin, off[0].end, zone) if len(off) == 1 else ""


def seen(day: WorkerDay) -> bool:
    """Whether there is any fix to say something from; without one nothing is known, which is not zero."""
    return day.moving + day.still > 0


def _distance(lang: Lang, day: WorkerDay) -> str:
    return say(lang, "worker.km", n=decimal(day.distance / 1000, 1)) if seen(day) else MISSING


def _sides(lang: Lang, day: WorkerDay) -> Row:
    words = text(lang, "worker.sides")
    if not seen(day):
        return words, MISSING, ""
    if not day.cells:
        return words, MISSING, text(lang, "worker.no_border")
    inside, outside = (duration(lang, whole_minutes(minutes)) for minutes in (day.inside, day.outside))
    return words, inside, f"/ {outside}"


def _coverage(lang: Lang, day: WorkerDay) -> Row:
    words = text(lang, "worker.coverage" if len(day.cells) > 1 else "worker.coverage.own")
    if not day.cells or not seen(day):
        return words, MISSING, ""
    visited = sum(cell.visited for cell in day.cells)
    return words, f"{visited} / {len(day.cells)}", f"{percent(visited, len(day.cells), 1)} %"


def _steps(lang: Lang, day: WorkerDay) -> tuple[str, str]:
    types = [step.type for step in day.touched]
    reported = len({step.case.id for step in day.touched if step.type in REPORTED})
    counts = {"reported": reported, "handled": types.count("case.handled"), "checked": sum(t in CHECKED for t in types)}
    return say(lang, "worker.steps.counts", **counts), ""


def stops_card(lang: Lang, stops: Sequence[Stop], zone: str) -> Component:
    """Stops by number: when, how long, where."""
    minutes = [whole_minutes((stop.end - stop.begin) / 60_000) for stop in stops]
    heads = [html.Th(text(lang, f"worker.stop.{name}"), scope="col") for name in ("number", "time", "length", "place")]
    rows = [
        html.Tr([
            html.Td(html.B(str(stop.number))), html.Td(between(stop.begin, stop.end, zone)),
            html.Td(html.B(duration(lang, length))), html.Td(stop.region_name or text(lang, "worker.stop.outside")),
        ], tabIndex=0, **{"data-stop": stop.number})
        for stop, length in zip(stops, minutes, strict=True)
    ]  # fmt: skip
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="table worker-stops")
    none = html.P(text(lang, "worker.stop.none"), className="soft")
    body = html.Div(table, className="table-scroll") if stops else none
    note = say(lang, "worker.stop.sum", n=len(stops), length=duration(lang, sum(minutes)))
    return card(text(lang, "worker.stops"), body, note=note, name="stops")


def heading(lang: Lang, day: WorkerDay) -> str:
    """Title of the map's card."""
    return say(lang, "worker.map.title", day=day_text(lang, day.day))
