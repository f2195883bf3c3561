"""案件分析: where the cases of the period stand, how long stages take, who handles them, how and when they come in."""

from dash.development.base_component import Component

from dashboard.queries.drill_answers import Bar, Breakdown
from layouts import html
from layouts.address import CASES, Address
from layouts.figures import bars, funnel, levels, stage_times
from layouts.figures.bars import Item
from layouts.i18n import Lang, messages, say, text
from layouts.parts.analysis_time import heat_chart, trend_chart, weekday_chart
from layouts.parts.card import awaited, card, message
from layouts.parts.chart import Chart, Column, Line, chart
from layouts.parts.names import level_name
from layouts.parts.numerals import MISSING, count, hours, instant, percent
from layouts.parts.region_view import RegionView

ROW = 28
SHOWN = 10
LISTS = {"closed": "closed"}
"""Steps of the funnel whose cases a list can show by their state; the first step shows all of them."""


def analysis(address: Address, view: RegionView) -> Component:
    """The whole card; says how far the columnar extract is where it is not ready."""
    lang, found = address.language, view.breakdown
    if found is None:
        return card(text(lang, "region.analysis"), awaited(preparing(lang, view)), name="analysis")
    note = f"{text(lang, 'region.as_of')} {instant(found.as_of.time, view.zone)}"
    charts = [
        funnel_chart(address, found), times_chart(lang, found), levels_chart(lang, found),
        trend_chart(address, view, found), heat_chart(address, found),
        inflow_chart(address, "category", found.categories),
        inflow_chart(address, "channel", found.channels), weekday_chart(address, found),
    ]  # fmt: skip
    hint = html.P(text(lang, "region.analysis.hint"), className="note chart-hint")
    return card(text(lang, "region.analysis"), html.Div(charts, className="charts"), hint, note=note, name="analysis")


def preparing(lang: Lang, view: RegionView) -> Component:
    """What a card says until the extract is there; a share is never rounded up to the whole."""
    share = (
        text(lang, "region.preparing.unknown")
        if view.prepared is None
        else say(lang, "region.preparing.share", n=min(99, int(view.prepared * 100)))
    )
    return message(text(lang, "region.preparing"), share)


def funnel_chart(address: Address, found: Breakdown) -> Component:
    """How far the cases have come."""
    lang, whole = address.language, found.funnel[0].n if found.funnel else 0
    steps = [
        Item(
            text(lang, f"region.step.{step.stage}"),
            step.n,
            f"{count(step.n)}  {percent(step.n, whole, 1)}%",
            _list_of(address, step.stage),
        )
        for step in found.funnel
    ]
    lines = [Line((step.words, count(step.n), percent(step.n, whole, 1)), step.href) for step in steps]
    void = sum(bar.n for bar in found.hours) - whole
    left_out = say(lang, "region.funnel.void", n=count(void)) if void else ""
    return chart(
        lang,
        Chart(
            "funnel", text(lang, "region.funnel"), funnel.figure(steps), len(steps) * ROW + 12,
            (Column(text(lang, "region.step"), False), Column(text(lang, "unit.cases")), Column("%")), lines,
            clickable=True, note=left_out,
        ),
        "" if whole else text(lang, "region.no_cases"),
    )  # fmt: skip


def _list_of(address: Address, stage: str) -> str:
    if stage == "accepted":
        return address.to(path=CASES).href
    return address.to(path=CASES, state=LISTS[stage]).href if stage in LISTS else ""


def times_chart(lang: Lang, found: Breakdown) -> Component:
    """Median and 90th percentile of each stage."""
    stages = [
        stage_times.Stage(
            text(lang, f"region.stage.{time.stage}"), _in_hours(time.median), _in_hours(time.p90),
            f"{length(lang, time.median)} · {length(lang, time.p90)}",
        )
        for time in found.times
    ]  # fmt: skip
    lines = [
        Line((stage.words, hours(time.median), hours(time.p90), count(time.n)))
        for stage, time in zip(stages, found.times, strict=True)
    ]
    columns = (
        Column(text(lang, "region.stage"), False), Column(text(lang, "region.median")),
        Column(text(lang, "region.p90")), Column(text(lang, "unit.cases")),
    )  # fmt: skip
    legend = (("swatch-accent", text(lang, "region.median")), ("swatch-pale", text(lang, "region.p90")))
    what = Chart(
        "times", text(lang, "region.times"), stage_times.figure(stages), len(stages) * 34 + 12, columns, lines,
        text(lang, "region.times.note"), legend=legend,
    )  # fmt: skip
    return chart(lang, what, "" if any(time.n for time in found.times) else text(lang, "region.no_cases"))


def length(lang: Lang, minutes: float | None) -> str:
    """A length of time as it is read: minutes under an hour, else hours with one place."""
    if minutes is None:
        return MISSING
    key = "region.length.minutes" if minutes < 60 else "region.length.hours"
    return say(lang, key, n=count(minutes) if minutes < 60 else hours(minutes))


def _in_hours(minutes: float | None) -> float | None:
    return None if minutes is None else minutes / 60


def levels_chart(lang: Lang, found: Breakdown) -> Component:
    """Escalation and 就地办结率 by level."""
    shown = [
        levels.Level(
            level_name(lang, one.level), one.reached, one.handled,
            f"{percent(one.handled, one.reached)}%  {count(one.handled)}/{count(one.reached)}" if one.reached else "—",
        )
        for one in found.levels
    ]  # fmt: skip
    lines = [
        Line((level.words, count(one.reached), count(one.here), count(one.handled), percent(one.handled, one.reached)))
        for level, one in zip(shown, found.levels, strict=True)
    ]
    columns = (
        Column(text(lang, "region.level"), False), Column(text(lang, "region.level.reached")),
        Column(text(lang, "region.level.here")), Column(text(lang, "region.level.handled")),
        Column(f"{text(lang, 'region.level.rate')} %"),
    )  # fmt: skip
    legend = (
        ("swatch-accent", text(lang, "region.level.handled")),
        ("swatch-pale", text(lang, "region.level.reached")),
    )
    what = Chart(
        "levels", text(lang, "region.levels"), levels.figure(shown), len(shown) * 34 + 12, columns, lines,
        text(lang, "region.level.rate"), legend=legend,
    )  # fmt: skip
    return chart(lang, what, "" if any(one.reached for one in found.levels) else text(lang, "region.no_cases"))


def inflow_chart(address: Address, dimension: str, found: list[Bar]) -> Component:
    """Acceptances by category or channel, most first; a click narrows the page to one, again takes it away."""
    lang, current = address.language, getattr(address, dimension)
    whole = sum(bar.n for bar in found)
    ordered = sorted(found, key=lambda bar: -bar.n)
    items = [
        Item(
            bar_name(lang, dimension, bar), bar.n, f"{count(bar.n)}  {percent(bar.n, whole, 1)}%",
            address.to(**{dimension: "" if bar.key == current else bar.key}).href if bar.key else "",
            bool(current) and bar.key == current,
        )
        for bar in ordered
    ]  # fmt: skip
    lines = [Line((item.words, count(item.n), percent(item.n, whole, 1)), item.href) for item in items]
    drawn = distinct(items[:SHOWN])
    what = Chart(
        dimension, text(lang, f"region.inflow.{dimension}"), bars.lying(drawn), len(drawn) * ROW + 12,
        (Column(text(lang, f"region.by.{dimension}"), False), Column(text(lang, "unit.cases")), Column("%")), lines,
        say(lang, "region.first", n=SHOWN, total=len(items)) if len(items) > SHOWN else "", clickable=True,
    )  # fmt: skip
    return chart(lang, what, "" if whole else text(lang, "region.no_cases"))


def distinct(items: list[Item]) -> list[Item]:
    """Items whose words are all different: an axis of words would lay equal ones onto each other."""
    seen: set[str] = set()
    found = []
    for item in items:
        words = item.words
        while words in seen:
            words += " "
        seen.add(words)
        found.append(Item(words, item.n, item.text, item.href, item.chosen))
    return found


def bar_name(lang: Lang, dimension: str, bar: Bar) -> str:
    """What a category or channel is called: its name, the screen's word for it, or its code."""
    name = bar.name if lang == "zh-CN" else bar.name_en or bar.name
    if not bar.key:
        return text(lang, "channel.")
    word = f"{dimension}.{bar.key}"
    if name and name != bar.key:
        return name
    return text(lang, word) if word in messages(lang) else bar.key
