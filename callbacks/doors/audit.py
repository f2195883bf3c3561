"""The audit log for auditors: filters, pages, the state of its chain, the whole of it as CSV."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from callbacks.doors.house import House
from callbacks.doors.rendering import moment, spoken
from dashboard.exports.cells import safe_cell
from dashboard.security.audit import ACTIONS, AuditFilter, AuditRecord, audit_rows, read_audit
from dashboard.security.audit_chain import anchor, verify_chain
from layouts.i18n import messages, text

AT_ONCE = 50
COLUMNS = ("id", "at", "who", "role", "address", "action", "subject", "detail", "result", "previous", "hash")


@dataclass(frozen=True)
class Asked:
    """What the form of the filter holds; ``first`` and ``last`` are local days, both included."""

    who: str = ""
    action: str = ""
    subject: str = ""
    first: str = ""
    last: str = ""
    before: int = 0

    @property
    def query(self) -> dict[str, str]:
        """The filter as parameters of an address."""
        named = {"who": self.who, "action": self.action, "subject": self.subject}
        return named | {"from": self.first, "to": self.last}

    def filter(self, zone: ZoneInfo) -> AuditFilter:
        """As the log is asked. ``ValueError`` for what is no date."""
        since = _midnight(self.first, zone)
        until = _midnight(self.last, zone, timedelta(days=1))
        return AuditFilter(self.who, self.action, self.subject, "", since, until)


def audit(house: House) -> Blueprint:
    """Addresses under ``/audit``."""
    routes = Blueprint("audit", __name__, url_prefix="/audit")
    engine, zone = house.doorman.engine, ZoneInfo(house.settings.zone)

    @routes.get("")
    def show() -> BaseResponse:
        asked = _asked()
        try:
            rows = read_audit(engine, asked.filter(zone), asked.before, AT_ONCE + 1)
        except ValueError:
            return _page(house, asked, [], text(spoken(), "doors.audit.bad_date"), 400)
        return _page(house, asked, rows)

    @routes.get("/log.csv")
    def log() -> BaseResponse:
        asked = _asked()
        try:
            wanted = asked.filter(zone)
        except ValueError:
            return _page(house, asked, [], text(spoken(), "doors.audit.bad_date"), 400)
        house.write("export", "audit", urlencode({key: value for key, value in asked.query.items() if value}))
        answer = Response(csv_lines(audit_rows(engine, wanted), house.settings.zone), content_type="text/csv")
        answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
        return answer

    return routes


def _asked() -> Asked:
    given = request.args
    number = given.get("before", "")
    return Asked(
        given.get("who", "").strip(), given.get("action", ""), given.get("subject", "").strip(),
        given.get("from", ""), given.get("to", ""), int(number) if number.isascii() and number.isdecimal() else 0,
    )  # fmt: skip


def _midnight(day: str, zone: ZoneInfo, later: timedelta = timedelta()) -> int:
    if not day:
        return 0
    return int(datetime.combine(date.fromisoformat(day) + later, time(), zone).timestamp() * 1000)


def _page(house: House, asked: Asked, rows: list[AuditRecord], problem: str = "", status: int = 200) -> BaseResponse:
    engine, known = house.doorman.engine, messages(spoken())
    if not any((asked.before, *asked.query.values())):
        house.write("audit.read")
    shown = rows[:AT_ONCE]
    older = house.forms.at("/audit", **asked.query, before=shown[-1].id) if len(rows) > AT_ONCE else ""
    return house.forms.page(
        "audit.html", status, asked=asked, rows=shown, problem=problem, older=older,
        csv=house.forms.at("/audit/log.csv", **asked.query), broken=verify_chain(engine), anchor=anchor(engine),
        actions=[("", text(spoken(), "doors.action.any")), *action_names().items()], action_names=action_names(),
        role=lambda name: known.get(f"role.{name}", name), spelled=spelled,
    )  # fmt: skip


def action_names() -> dict[str, str]:
    """Actions with their names; one that has none yet by its key."""
    known = messages(spoken())
    return {action: str(known.get(f"doors.action.{action}", action)) for action in ACTIONS}


def spelled(detail: str) -> str:
    """A detail that a program wrote down as an object, as ``name value · name value``; any other as it is."""
    try:
        fields = json.loads(detail)
    except ValueError:
        return detail
    if not isinstance(fields, dict):
        return detail
    return " · ".join(f"{name} {_written(value)}" for name, value in fields.items() if value not in ("", None))


def _written(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def csv_lines(records: Iterable[AuditRecord], zone: str) -> Iterator[bytes]:
    """The records as CSV in UTF-8, oldest first; text that a spreadsheet would run gets an apostrophe."""
    written = moment(zone)
    yield _line(COLUMNS, "\ufeff")
    for record in records:
        values = [getattr(record, name) for name in COLUMNS]
        values[1] = written(record.at)
        yield _line([safe_cell(value) for value in values])


def _line(values: Iterable[object], before: str = "") -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(values)
    return (before + buffer.getvalue()).encode()
