"""Historical cases out of a table: each row becomes the CloudEvents that a live feed would have sent.

Every column of an instant becomes one event (opened: ``case.accepted``, closed: ``case.closed``), so that a plain 311
export is complete. Place and category go with each of them: whichever arrives first can stand alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from dashboard.base_data.rows import BadRow
from dashboard.domain.coordinates import check_crs
from dashboard.domain.events import BadEvent, parse
from data_sources.imports import values
from data_sources.imports.columns import CellError, Field, Layout
from data_sources.imports.errors import ImportFileError
from data_sources.imports.mapping import Mapping, Times
from data_sources.imports.tabular import read_sheet

STEPS = ("reported", "accepted", "rejected", "filed", "dispatched", "handled", "closed", "cancelled", "rated")
DETAILS = ("channel", "title", "urgency", "kind", "unit", "address", "text")
_WORDS = {
    "closed": "closed 结案 已结案 办结 已办结 完成 已完成 completed resolved",
    "cancelled": "cancelled canceled 作废 已作废 撤销 已撤销 void",
    "rejected": "rejected 不予受理 不受理",
    "open": "open 在办 办理中 处置中 待办 pending",
}
STATUS = {word: end for end, words in _WORDS.items() for word in words.split()}
_INSTANTS = {
    "reported": "上报时间 reportedat",
    "accepted": "受理时间 创建时间 登记时间 opened openeddate created createddate acceptedat requesteddatetime",
    "rejected": "不予受理时间 rejectedat",
    "filed": "立案时间 filedat",
    "dispatched": "派遣时间 派单时间 dispatchedat",
    "handled": "处置时间 处置完成时间 handledat",
    "closed": "结案时间 办结时间 closeddate closedat",
    "cancelled": "作废时间 cancelledat",
    "rated": "评价时间 回访时间 ratedat",
    "due": "截止时间 到期时间 办结期限 duedate dueat deadline",
}
_TEXTS = {
    "category": "类别 类别编码 事项 事项编码 requesttype complainttype servicename",
    "channel": "来源 渠道 requestsource",
    "title": "标题 问题 descriptor summary",
    "urgency": "紧急程度",
    "kind": "事件部件",
    "unit": "责任单位 承办单位 owner agency",
    "address": "地址 地点 位置 incidentaddress",
    "text": "描述 内容 description",
    "region": "区域 区域编码 网格 网格编码 所属网格 regioncode",
    "crs": "坐标系",
    "status": "状态",
}


@dataclass(frozen=True, slots=True)
class Stamped:
    """One event as JSON bytes, its time (epoch ms) and where its case lies."""

    time: int
    raw: bytes
    region: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass(slots=True)
class ParsedCases:
    """What a file of cases held: rows read well, their events in the order of the file, bad rows and notes."""

    source: str
    rows: int = 0
    crs: str = "wgs84"
    events: list[Stamped] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def case_fields(times: Times) -> tuple[Field, ...]:
    """The fields of a case, times read as the mapping says."""
    instant = partial(values.instant, times=times)
    return (
        Field("id", "编号 案件编号 工单编号 srnumber uniquekey servicerequestid caseid", str, True),
        *(Field(name, words, instant, name == "accepted") for name, words in _INSTANTS.items()),
        *(Field(name, words, str, name == "category", "") for name, words in _TEXTS.items()),
        Field("lon", "经度 lng longitude x", values.number),
        Field("lat", "纬度 latitude y", values.number),
        Field("score", "评分 满意度", values.whole),
    )


def read_cases(path: Path, mapping: Mapping, crs: str = "") -> ParsedCases:
    """Read a CSV, XLSX or Parquet file of cases. ``ImportFileError`` where the file or mapping cannot be used."""
    sheet = read_sheet(path, mapping.encoding, mapping.delimiter)
    layout = Layout(case_fields(mapping.time), sheet.header, mapping)
    parsed = ParsedCases(mapping.source or f"/import/{path.name}", crs=_crs(crs or mapping.crs or "wgs84"))
    undated = 0
    for line, record in sheet.records:
        try:
            cells = layout.read(record)
            events = list(_events(cells, parsed))
        except (CellError, BadEvent) as problem:
            parsed.bad.append(BadRow(line, str(problem), getattr(problem, "value", "")))
            continue
        parsed.rows += 1
        parsed.events += events
        parsed.lines += [line] * len(events)
        undated += _ended(cells) not in ("", "open") and not _end_time(cells)
    if undated:
        parsed.notes.append(f"{undated} rows are ended by their status but say not when: they stay open")
    return parsed


def _crs(name: str) -> str:
    try:
        return check_crs(name)
    except ValueError as problem:
        raise ImportFileError(str(problem)) from problem


def _ended(cells: dict[str, Any]) -> str:
    """``closed``, ``cancelled``, ``rejected``, ``open``, or empty where the status says nothing."""
    return STATUS.get(cells["status"].lower(), "")


def _end_time(cells: dict[str, Any]) -> int | None:
    ended = _ended(cells)
    found: int | None = cells.get(ended) or cells["closed"]
    return found


def _times(cells: dict[str, Any]) -> dict[str, int]:
    """Instant of each step that happened. What the status says of the end wins over which columns are filled."""
    times = {step: cells[step] for step in STEPS if cells[step] is not None}
    ended, at = _ended(cells), _end_time(cells)
    if ended:
        for step in ("closed", "cancelled", "rejected"):
            times.pop(step, None)
        if ended != "open" and at is not None:
            times[ended] = at
    if cells["score"] is not None and "rated" not in times and at is not None:
        times["rated"] = at
    elif cells["score"] is None:
        times.pop("rated", None)
    return times


def _events(cells: dict[str, Any], parsed: ParsedCases) -> Iterator[Stamped]:
    place = _place(cells, parsed.crs)
    for step, time in _times(cells).items():
        data = {**place, "category": cells["category"]}
        if step == "accepted":
            data |= _details(cells)
        if step == "rated":
            data["score"] = cells["score"]
        identity = cells["id"] if step == "accepted" else f"{cells['id']}/{step}/{time}"
        raw = cloud_event(parsed.source, identity, f"case.{step}", cells["id"], time, data)
        parse(raw)
        yield Stamped(time, raw, place.get("region", ""), place.get("lon"), place.get("lat"))


def _place(cells: dict[str, Any], crs: str) -> dict[str, Any]:
    place: dict[str, Any] = {}
    if cells["region"]:
        place["region"] = cells["region"]
    if cells["lon"] is not None and cells["lat"] is not None and (cells["lon"], cells["lat"]) != (0, 0):
        place |= {"lon": cells["lon"], "lat": cells["lat"]}
        system = cells["crs"] or crs
        if system != "wgs84":
            place["crs"] = system
    if not place:
        raise CellError("neither a region nor coordinates")
    return place


def _details(cells: dict[str, Any]) -> dict[str, Any]:
    details = {name: cells[name] for name in DETAILS if cells[name]}
    return details if cells["due"] is None else {**details, "due": iso(cells["due"])}


def cloud_event(source: str, identity: str, kind: str, subject: str, time: int, data: dict[str, Any]) -> bytes:
    """One CloudEvent 1.0 as JSON on one line; ``time`` is epoch ms."""
    envelope = {"specversion": "1.0", "id": identity, "source": source, "type": kind, "subject": subject,
                "time": iso(time), "data": data}
    return orjson.dumps(envelope)


def iso(time: int) -> str:
    """Epoch ms as ISO 8601 in UTC."""
    return datetime.fromtimestamp(time / 1000, UTC).isoformat().replace("+00:00", "Z")


def in_order(events: Sequence[Stamped]) -> list[Stamped]:
    """The events as they would have arrived live: by time."""
    return sorted(events, key=lambda event: event.time)
