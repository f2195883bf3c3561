"""Tables as files: ``/export/WHAT.csv`` and ``.xlsx`` with the parameters of the page. One line for each table."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import msgspec
from flask import Flask, Response, abort, g, request

from callbacks.region_page import choices
from dashboard.api.limits import TokenBuckets
from dashboard.domain.indicators import INDICATORS
from dashboard.domain.periods import LocalDays
from dashboard.exports.csv_file import csv_file
from dashboard.exports.sheet import About, Sheet
from dashboard.exports.xlsx_file import xlsx_file
from dashboard.queries.answers import AsOf
from dashboard.queries.desk import Desk
from dashboard.queries.drill_answers import CaseLine
from dashboard.queries.drill_where import STOCK_STATES
from dashboard.queries.errors import NotFoundHere, Refused
from dashboard.queries.score_answers import ModelInfo
from dashboard.security.caller import Caller
from dashboard.security.scope import OutOfScope, UnknownRegion
from layouts.address import Address, parse_address
from layouts.i18n import Lang, say, text
from layouts.parts.filters import narrowing
from layouts.parts.league import model_name
from layouts.sheets.analysis import analysis_sheets
from layouts.sheets.cases import case_sheet, record_sheet
from layouts.sheets.figures import children_sheet, kpi_sheet
from layouts.sheets.scores import explanation_sheets, league_sheet

MOST_CASES = 50_000
"""Lines of one file; more would keep a worker thread busy for longer than screens should wait beside it."""
PAGE = 500
LONGEST_PAGE = 500
"""Letters of an address that a picture is written down with."""


class Table(msgspec.Struct, frozen=True):
    """The sheets of one export, their cut-off, whether the list was longer than a file may be, and the score model."""

    sheets: Sequence[Sheet]
    as_of: AsOf
    cut: bool = False
    model: ModelInfo | None = None


Make = Callable[[Desk, Address], Table]


def _kpis(desk: Desk, address: Address) -> Table:
    found = desk.kpis(address.selection)
    return Table([kpi_sheet(found, desk.compared(address.selection), address.language)], found.as_of)


def _children(desk: Desk, address: Address) -> Table:
    found = desk.children(address.selection)
    return Table([children_sheet(found, address.language)], found.as_of)


def _analysis(desk: Desk, address: Address) -> Table:
    found = desk.breakdown(address.selection)
    return Table(analysis_sheets(found, address.language), found.as_of)


def _ranking(desk: Desk, address: Address) -> Table:
    found = desk.league(address.level, address.period, address.region, address.model)
    return Table([league_sheet(found, address.language)], found.as_of, model=found.model)


def _score(desk: Desk, address: Address) -> Table:
    found = desk.explain(address.region, address.period, address.model)
    return Table(explanation_sheets(found, address.language), found.as_of, model=found.model)


def _cases(desk: Desk, address: Address) -> Table:
    lines: list[CaseLine] = []
    cursor = ""
    while True:
        found = desk.case_lines(address.selection, address.sort, cursor, PAGE, address.q)
        lines += found.rows
        cursor = found.next or ""
        if not cursor or len(lines) >= MOST_CASES:
            return Table([case_sheet(lines[:MOST_CASES], address.language)], found.as_of, bool(cursor))


def _case(desk: Desk, address: Address) -> Table:
    found = desk.case(address.id)
    if found is None:
        raise NotFoundHere(f"there is no case {address.id!r}", "id")
    return Table([record_sheet(found, address.language), case_sheet([found.line], address.language)], found.as_of)


EXPORTS: Mapping[str, Make] = {
    "kpis": _kpis, "children": _children, "analysis": _analysis, "ranking": _ranking, "score": _score,
    "cases": _cases, "case": _case,
}  # fmt: skip
"""What can be exported. A new table is a line here."""

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass(frozen=True)
class Exporter:
    """What exports are made with: a desk for each caller, a line for the audit log, the city, zone and real time."""

    desk: Callable[[Caller], Desk]
    audit: Callable[[Caller, str, str], None]
    city: Mapping[str, str]
    zone: str
    now: Callable[[], int]
    limit: TokenBuckets


def register_exports(server: Flask, exporter: Exporter) -> None:
    """Add the addresses of files, and the one by which the browser tells of a picture that it saves."""
    server.add_url_rule("/export/<what>.<kind>", "export", lambda what, kind: _file(exporter, what, kind))
    server.add_url_rule("/export/png", "export_png", lambda: _picture(exporter), methods=["POST"])


def _file(exporter: Exporter, what: str, kind: str) -> Response:
    caller, make = _asked(exporter), EXPORTS.get(what)
    if make is None or kind not in TYPES:
        abort(404)
    address = parse_address("/export", request.args)
    try:
        desk = exporter.desk(caller)
        table = make(desk, address)
    except (OutOfScope, UnknownRegion) as problem:
        exporter.audit(caller, f"{what}.{kind}", f"refused: {problem}")
        abort(403 if isinstance(problem, OutOfScope) else 404)
    except (NotFoundHere, Refused):
        abort(404)
    number = secrets.token_hex(4)
    about = _about(exporter, desk, address, table, number)
    rows = sum(len(sheet.rows) for sheet in table.sheets)
    exporter.audit(caller, f"{what}.{kind}", f"{number}: {rows} rows, seq {table.as_of.seq}, {address.href}")
    lang = address.language
    notes = text(lang, "export.about")
    body = csv_file(table.sheets, about) if kind == "csv" else xlsx_file(table.sheets, about, notes)
    name = f"{text(lang, f'export.{_NAMES.get(what, what)}')}-{number}.{kind}"
    return _download(body, TYPES[kind], name, f"{what}-{number}.{kind}")


_NAMES = {"analysis": "funnel", "score": "terms", "case": "record"}


def _picture(exporter: Exporter) -> Response:
    """Register a picture: it is drawn in the browser, what is written under it comes from here."""
    caller = _asked(exporter)
    told = request.get_json(silent=True)
    name, page, lang = (str(told.get(key, "")) if isinstance(told, dict) else "" for key in ("name", "page", "lang"))
    if not name:
        abort(400)
    parts = urlsplit(page[:LONGEST_PAGE])
    address = parse_address(parts.path, parts.query).to(lang=lang)
    number = secrets.token_hex(4)
    try:
        lines = _shown(exporter.desk(caller), address)
    except (OutOfScope, UnknownRegion) as problem:
        exporter.audit(caller, f"{name[:100]}.png", f"refused: {problem}")
        abort(403)
    exporter.audit(caller, f"{name[:100]}.png", f"{number}: {page[:LONGEST_PAGE]}")
    watermark = _watermark(exporter, caller, number, address.language)
    body = msgspec.json.encode({"lines": lines, "watermark": watermark, "number": number})
    return Response(body, content_type="application/json", headers={"Cache-Control": "no-store"})


def _shown(desk: Desk, address: Address) -> list[str]:
    """What a picture of a page shows: scope, period, filters, versions of the definitions."""
    lang = address.language
    versions = ", ".join(sorted({f"v{one.version}" for one in INDICATORS}))
    lines = [("scope", _scope(desk, address)), ("period", _period(desk, address))]
    lines += [("filters", found)] if (found := _filters(desk, address)) else []
    lines += [("definitions", " · ".join(filter(None, (address.model, versions))))]
    return [f"{text(lang, f'export.about.{key}')}: {words}" for key, words in lines]


def _asked(exporter: Exporter) -> Caller:
    caller: Caller = g.caller
    if not caller.may("export"):
        exporter.audit(caller, request.path, "refused: lacks the right export")
        abort(403)
    if wait := exporter.limit.take(caller.id or caller.name):
        abort(Response("too many exports\n", 429, {"Retry-After": str(int(wait) + 1)}))
    return caller


def _about(exporter: Exporter, desk: Desk, address: Address, table: Table, number: str) -> About:
    lang, days, caller = address.language, LocalDays(exporter.zone), desk.caller
    rows = sum(len(sheet.rows) for sheet in table.sheets)
    cut = f" ({say(lang, 'export.about.cut', n=MOST_CASES)})" if table.cut else ""
    versions = ", ".join([*_model(lang, table), *(f"{one.key} v{one.version}" for one in INDICATORS)])
    lines = [
        ("scope", _scope(desk, address)),
        ("period", _period(desk, address)),
        ("filters", _filters(desk, address) or text(lang, "export.about.none")),
        ("as_of", f"seq {table.as_of.seq} · {days.local(table.as_of.time).isoformat(timespec='seconds')}"),
        ("rows", f"{rows}{cut}"),
        ("definitions", versions),
        ("who", f"{caller.name} ({text(lang, f'role.{caller.role}')})"),
        ("when", days.local(exporter.now()).isoformat(timespec="seconds")),
        ("number", number),
    ]
    labelled = [(text(lang, f"export.about.{key}"), words) for key, words in lines]
    return About(labelled, _watermark(exporter, caller, number, lang), exporter.zone)


def _scope(desk: Desk, address: Address) -> str:
    """The region by its names from the caller's top down, and its code."""
    code = desk.region(address.region)
    names = [name for _, name in desk.way(code, address.language == "en")]
    return f"{' / '.join(names)} ({code})"


def _period(desk: Desk, address: Address) -> str:
    """The period written out; a state of the moment has none, a case neither."""
    if address.id or address.state in STOCK_STATES:
        return text(address.language, "export.about.moment")
    return address.period or desk.running_month()


def _filters(desk: Desk, address: Address) -> str:
    lang = address.language
    found = narrowing(address, choices(desk, address)) | ({"words": address.q} if address.q else {})
    return "; ".join(f"{text(lang, f'region.by.{name}')}: {words}" for name, words in found.items() if words)


def _model(lang: Lang, table: Table) -> list[str]:
    return [] if table.model is None else [f"{model_name(lang, table.model)} v{table.model.version}"]


def _watermark(exporter: Exporter, caller: Caller, number: str, lang: Lang) -> str:
    when = LocalDays(exporter.zone).local(exporter.now()).strftime("%Y-%m-%d %H:%M")
    return say(lang, "export.watermark", city=exporter.city[lang], who=caller.name, when=when, number=number)


def _download(body: bytes, content_type: str, name: str, ascii_name: str) -> Response:
    """An attachment named as RFC 6266 asks for: in ASCII, and in UTF-8 for browsers that read it."""
    disposition = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(body, content_type=content_type, headers=headers)
