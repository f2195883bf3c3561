"""The ranking page ``/ranking``: units of a level in order, as a grid to sort and filter and as a plain table."""

from collections.abc import Sequence
from typing import Any

import dash_ag_grid as dag
from dash.development.base_component import Component

from dashboard.domain.regions import LEVELS
from dashboard.queries.score_answers import Explanation, League, LeagueRow, ModelInfo
from dashboard.security.caller import Caller
from layouts import html
from layouts.address import Address
from layouts.i18n import Lang, say, text
from layouts.parts.card import card
from layouts.parts.chart import picture
from layouts.parts.cut_off import cut_off
from layouts.parts.league import interval_words, league_table, model_name, reason_words, score_address
from layouts.parts.names import level_name, place_name
from layouts.parts.numerals import MISSING, count, decimal, instant, share
from layouts.parts.periods import period_choice, period_words

GRID = "ranking-grid"
ROW, HEAD, FILTERS = 30, 40, 40
PAGE_ROWS = 120
"""More units than these are shown in pages."""
PLAIN_ROWS = 300
CHOICES = LEVELS[1:5]
RATES = ("on_time", "closure", "rework", "reopen", "satisfaction")
_FIELDS = {
    "on_time": "on_time_rate",
    "closure": "closure_rate",
    "rework": "rework_rate",
    "reopen": "reopen_rate",
    "satisfaction": "satisfaction",
}
WORDS = (
    "contains", "notContains", "equals", "notEqual", "startsWith", "endsWith", "blank", "notBlank", "lessThan",
    "greaterThan", "lessThanOrEqual", "greaterThanOrEqual", "inRange", "inRangeStart", "inRangeEnd", "andCondition",
    "orCondition", "filterOoo", "noRowsToShow", "noMatchingRows", "page", "to", "of", "firstPage", "previousPage",
    "nextPage", "lastPage",
)  # fmt: skip


def heading(lang: Lang, league: League) -> str:
    """What the page is called."""
    return say(lang, "score.ranking.title", level=level_name(lang, league.level))


def heading_note(lang: Lang, league: League | Explanation, zone: str) -> str:
    """What an answer is of: model, version, period, cut-off."""
    period = period_words(lang, league.period, league.as_of.time, zone)
    model, time = model_name(lang, league.model), instant(league.as_of.time, zone)
    return say(lang, "score.note", model=model, version=league.model.version, period=period, time=time)


def layout(
    address: Address, league: League, caller: Caller, zone: str = "Asia/Shanghai", levels: Sequence[str] = CHOICES
) -> Component:
    """The page's content. ``levels`` are those that can be chosen below the caller's own region."""
    lang = address.language
    ranked = [row for row in league.rows if row.rank is not None]
    below = [row for row in league.rows if row.rank is None]
    title = heading(lang, league)
    files = exports(address) + ([picture(GRID, title)] if ranked else [])
    counted = html.Span(_count(lang, ranked, below, league))
    note = [counted, cut_off(lang, league.as_of, zone), *(files if caller.may("export") else [])]
    body = [_grid(address, league, ranked), _plain(address, league, ranked)] if ranked else [_empty(lang)]
    hint = html.P(text(lang, "score.ranking.hint"), className="note")
    parts = [
        choosers(address, league, levels, zone),
        card(title, *body, hint, note=note, name="ranking"),
        *([_below_card(address, league, below)] if below else []),
    ]
    return html.Div(parts, className="ranking")


def _empty(lang: Lang) -> Component:
    return html.P(text(lang, "score.ranking.empty"), className="soft")


def _count(lang: Lang, ranked: Sequence[LeagueRow], below: Sequence[LeagueRow], league: League) -> str:
    words = say(lang, "score.ranking.count", n=len(ranked), below=len(below))
    if league.median is None:
        return words
    return f"{words} · {say(lang, 'score.ranking.median', median=decimal(league.median, 2))}"


def choosers(address: Address, league: League, levels: Sequence[str], zone: str) -> Component:
    """Level, period and model: every choice is a link."""
    lang = address.language
    level = [_button(level_name(lang, name), address.to(level=name).href, name == league.level) for name in levels]
    return html.Div(
        [
            _group(text(lang, "score.level"), level),
            period_choice(address, league.as_of.time, zone),
            model_choice(address, league.model, league.models),
        ],
        className="filters",
    )


def model_choice(address: Address, chosen: ModelInfo, models: Sequence[ModelInfo]) -> Component:
    """The score models as links; the default's address names none."""
    lang = address.language
    default = models[0].key if models else ""
    links = [
        _button(
            model_name(lang, one), address.to(model="" if one.key == default else one.key).href, one.key == chosen.key
        )
        for one in models
    ]
    return _group(text(lang, "score.model"), links)


def _group(label: str, children: Sequence[Component]) -> Component:
    return html.Div(
        [html.Span(label, className="filter-label"), *children],
        className="filter-group",
        role="group",
        **{"aria-label": label},
    )


def _button(words: str, href: str, on: bool) -> Component:
    if on:
        return html.Span(words, className="button on", **{"aria-current": "true"})
    return html.Link(words, href=href, className="button")


def exports(address: Address, what: str = "ranking") -> list[Component]:
    """Links to the same answer as files."""
    label = text(address.language, "score.ranking.export")
    return [
        html.A(f"{label} {kind.upper()}", href=address.to(path=f"/export/{what}.{kind}").href, download="")
        for kind in ("csv", "xlsx")
    ]


def _grid(address: Address, league: League, rows: Sequence[LeagueRow]) -> Component:
    """The grid is as high as its rows, so that the page scrolls and nothing is hidden in a box of its own."""
    lang = address.language
    grid = dag.AgGrid(
        id=GRID,
        columnDefs=_columns(lang),
        rowData=[_row(address, row) for row in rows],
        defaultColDef={"sortable": True, "filter": True, "resizable": True, "suppressMovable": True},
        getRowId="params.data.code",
        dashGridOptions={
            "domLayout": "autoHeight", "rowHeight": ROW, "headerHeight": HEAD, "floatingFiltersHeight": FILTERS,
            "animateRows": False, "enableCellTextSelection": True, "suppressColumnVirtualisation": True,
            "pagination": len(rows) > PAGE_ROWS, "paginationPageSize": PAGE_ROWS, "paginationPageSizeSelector": False,
            "localeText": {word: text(lang, f"score.grid.{word}") for word in WORDS},
        },
        style={"height": None},
        className="ag-theme-quartz leader-grid",
    )  # fmt: skip
    reserved = {"minHeight": min(len(rows), PAGE_ROWS) * ROW + HEAD + FILTERS + 4}
    return html.Div(grid, className="ranking-grid", style=reserved)


def _columns(lang: Lang) -> list[dict[str, Any]]:
    names = {
        "filter": "agTextColumnFilter", "floatingFilter": True, "suppressHeaderFilterButton": True,
        "suppressFloatingFilterButton": True,
    }  # fmt: skip
    unit = names | {
        "field": "link", "headerName": text(lang, "score.ranking.unit"), "cellRenderer": "markdown", "flex": 3,
        "minWidth": 240 if lang == "zh-CN" else 264, "filterValueGetter": {"function": "params.data.name"},
    }  # fmt: skip
    parent = names | {"field": "parent", "headerName": text(lang, "score.ranking.parent"), "flex": 2, "minWidth": 148}
    return [
        _number(lang, "rank", width=120, sort="asc"),
        _number(lang, "change", width=70, filtered=False),
        unit,
        parent,
        _number(lang, "score", width=92),
        _number(lang, "due", width=72, filtered=False),
        *(_number(lang, key, width=128 if key == "satisfaction" else 94) for key in RATES),
        _number(lang, "overdue"),
    ]


def _number(lang: Lang, key: str, width: int = 84, filtered: bool = True, sort: str = "") -> dict[str, Any]:
    """A column that sorts and filters by its number and shows a text made here."""
    column: dict[str, Any] = {
        "field": key,
        "headerName": text(lang, f"score.ranking.{key}"),
        "type": "rightAligned",
        "filter": "agNumberColumnFilter" if filtered else False,
        "width": width,
        "minWidth": width,
        "valueFormatter": {"function": f"params.data.text_{key}"},
        "cellClass": f"ag-right-aligned-cell cell-{key}",
    }
    return column | ({"sort": sort} if sort else {})


def _row(address: Address, row: LeagueRow) -> dict[str, Any]:
    lang, name = address.language, place_name(address.language, row.place)
    tied = f" {text(lang, 'score.tied')}" if row.tied else ""
    small = f" {text(lang, 'score.small')}" if row.small else ""
    cells: dict[str, Any] = {
        "code": row.place.code, "name": name,
        "link": f"[{_plain_markdown(name)}]({score_address(address, row).href}){small}",
        "parent": "" if row.parent is None else place_name(lang, row.parent),
        "rank": row.rank, "text_rank": f"{row.rank}{tied} {interval_words(row)}".strip(),
        "change": row.change, "text_change": _change(row.change),
        "score": row.score, "text_score": decimal(row.score, 2),
        "due": row.due, "text_due": count(row.due),
        "overdue": row.overdue, "text_overdue": count(row.overdue),
    }  # fmt: skip
    for key in RATES:
        value: float | None = getattr(row, _FIELDS[key])
        cells[key] = None if value is None else value * 100
        cells[f"text_{key}"] = MISSING if value is None else f"{share(value)}%"
    if row.satisfaction_n:
        cells["text_satisfaction"] += f" ({count(row.satisfaction_n)})"
    return cells


def _change(change: int | None) -> str:
    return f"{'▲' if change > 0 else '▼'}{abs(change)}" if change else MISSING


def _plain_markdown(words: str) -> str:
    """Words that Markdown takes as they are."""
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+-.!<>|&~" else sign for sign in words)


def _plain(address: Address, league: League, rows: Sequence[LeagueRow]) -> Component:
    lang = address.language
    more = [html.P(say(lang, "score.ranking.more", n=PLAIN_ROWS), className="note")] if len(rows) > PLAIN_ROWS else []
    return html.Div([league_table(address, league, rows[:PLAIN_ROWS]), *more], className="ranking-plain")


def _below_card(address: Address, league: League, rows: Sequence[LeagueRow]) -> Component:
    lang = address.language
    heads = [
        html.Th(text(lang, f"score.ranking.{key}"), className="num" if key in ("due", "overdue") else None)
        for key in ("unit", "parent", "due", "overdue", "reason")
    ]
    lines = [
        html.Tr(
            [
                html.Td(html.Link(place_name(lang, row.place), href=score_address(address, row).href)),
                html.Td(MISSING if row.parent is None else place_name(lang, row.parent)),
                html.Td(count(row.due), className="num"),
                html.Td(count(row.overdue), className="num"),
                html.Td(reason_words(lang, row, league)),
            ]
        )
        for row in rows[:PLAIN_ROWS]
    ]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(lines)], className="table")
    more = [html.P(say(lang, "score.ranking.more", n=PLAIN_ROWS), className="note")] if len(rows) > PLAIN_ROWS else []
    note = say(lang, "score.ranking.below.note", min=league.min_due)
    return card(
        text(lang, "score.ranking.below"), html.Div(table, className="table-scroll"), *more, note=note, name="below"
    )
