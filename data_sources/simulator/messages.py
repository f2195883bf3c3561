"""Steps of cases as CloudEvents: the JSON bytes that a case platform, a hotline or a camera system would send."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from dashboard.domain.events import STEPS
from data_sources.simulator.actors import Actors
from data_sources.simulator.cases import CHANNELS, DayCases
from data_sources.simulator.categories import KINDS, Kind
from data_sources.simulator.city import City
from data_sources.simulator.day_clock import OFFSET, Seconds
from data_sources.simulator.progress import STEP, Steps

WAYS_IN = ("/grid-app", "/citizen-app", "/12345-hotline", "/video-ai")
PLATFORM = "/case-platform"
LANES = ("cases", "cases", "hotline", "video")
"""Which logical source of the freshness strip tells of the first events of each channel; of the others ``cases``.

Everything about a case of the hotline comes by the hotline's own interface: while it is silent, nothing is known of it.
"""
HOTLINE = CHANNELS.index("hotline")
GRID_APP = CHANNELS.index("grid_worker")
_TYPES = [f"case.{name}" for name in STEPS]
_OPENING = frozenset((STEP["reported"], STEP["accepted"], STEP["rejected"]))
_DUE = frozenset((STEP["accepted"], STEP["extended"], STEP["reopened"]))


@dataclass(frozen=True)
class DayEvents:
    """The events of the cases of one day by time: epoch ms, JSON bytes, lane."""

    time: NDArray[np.int64]
    raw: list[bytes]
    lane: list[str]

    def __len__(self) -> int:
        return len(self.raw)


def iso(seconds: Seconds) -> list[str]:
    """Local times with their offset, ``2026-10-17T09:12:00+08:00``."""
    local = (seconds + OFFSET).astype("int64").astype("datetime64[s]")
    return [f"{text}+08:00" for text in np.datetime_as_string(local).tolist()]


def written(city: City, actors: Actors, cases: DayCases, steps: Steps) -> DayEvents:
    """Steps as events, numbered within each case by time. Those that a grid worker makes name the worker.

    A grid worker reports by the grid app, handles what was never dispatched, and checks; outside of anybody's duty the
    platform does it.
    """
    case, step = np.concatenate(steps.case), np.concatenate(steps.step)
    time, value = np.concatenate(steps.time), np.concatenate(steps.value)
    order = np.lexsort((step, time, case))
    number = np.arange(len(order)) - np.searchsorted(case[order], case[order])
    again = np.argsort(time[order], kind="stable")
    order, number = order[again], number[again]
    case, step, time, value = case[order], step[order], time[order], value[order]
    own = _by_workers(cases, case, step)
    names = iter(actors.names(cases.cell[case[own]], time[own]))
    return _Writer(city, cases).day(
        case, step, time, value, number, [next(names) if mine else "" for mine in own.tolist()]
    )


def _by_workers(cases: DayCases, case: NDArray[np.intp], step: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which steps are a grid worker's."""
    sent = np.zeros(len(cases), np.bool_)
    sent[case[step == STEP["dispatched"]]] = True
    reporting = (step == STEP["accepted"]) & (cases.channel[case] == GRID_APP)
    return np.asarray(reporting | ((step == STEP["handled"]) & ~sent[case]) | (step == STEP["checked"]))


class _Writer:
    def __init__(self, city: City, cases: DayCases) -> None:
        self.city, self.cases = city, cases
        self.channel = cases.channel.tolist()
        self.kind = [KINDS[k] for k in cases.kind.tolist()]
        self.ids = [f"{city.scale.prefix}{cases.day}-{n:04d}" for n in range(1, len(cases) + 1)]
        self.units = self._units()
        self.opening = self._opening()

    def _units(self) -> list[str]:
        codes = [host.code for host in self.city.hosts]
        host = self.city.above(0)[self.cases.cell].tolist() if len(codes) > 1 else [0] * len(self.cases)
        return [f"{codes[h]}U{kind.department + 1:02d}" for h, kind in zip(host, self.kind, strict=True)]

    def _opening(self) -> list[dict[str, Any]]:
        leaf, addresses = self.city.leaf_codes, self.city.addresses
        columns = (self.cases.cell.tolist(), self.cases.degrees.tolist(), self.cases.title.tolist())
        return [
            {
                "region": leaf[cell], "lon": lon, "lat": lat, "crs": "wgs84", "category": kind.code,
                "kind": "part" if kind.part else "event", "channel": CHANNELS[channel],
                "title": kind.titles[title % len(kind.titles)], "urgency": "urgent" if kind.urgent else "normal",
                "address": addresses[cell], **_tags(kind, title),
            }
            for kind, channel, cell, (lon, lat), title in zip(self.kind, self.channel, *columns, strict=True)
        ]

    def day(
        self, case: NDArray[np.intp], step: NDArray[np.intp], time: Seconds, value: Seconds,
        number: NDArray[np.intp], actors: list[str],
    ) -> DayEvents:
        raw, lanes = [], []
        columns = (case.tolist(), step.tolist(), iso(time), iso(value), value.tolist(), number.tolist())
        for c, s, at, due, v, n, actor in zip(*columns, actors, strict=True):
            channel = self.channel[c]
            opening = s in _OPENING
            raw.append(orjson.dumps({
                "specversion": "1.0", "id": f"{self.ids[c]}-{n:02d}",
                "source": WAYS_IN[channel] if opening else PLATFORM, "type": _TYPES[s], "subject": self.ids[c],
                "time": at, "data": _by(STEPS[s], channel, actor) | self._data(c, s, due, v),
            }))
            lanes.append(LANES[channel] if opening or channel == HOTLINE else "cases")
        return DayEvents((time * 1000).astype(np.int64), raw, lanes)

    def _data(self, case: int, step: int, due: str, value: float) -> dict[str, Any]:
        name = STEPS[step]
        if step in _OPENING:
            data = self.opening[case]
            return {**data, "due": due} if value else data
        if step in _DUE:
            return {"due": due}
        if name == "corrected":
            titles = self.kind[case].titles
            title = titles[(int(self.cases.title[case]) + 1) % len(titles)]
            return {"title": title, "reason": "描述有误"}
        return _details(name, value, self.units[case])


def _tags(kind: Kind, number: int) -> dict[str, list[str]]:
    """三跨 (across areas, levels or departments) for one case in a hundred, a campaign for many safety hazards."""
    tags = ["三跨"] if number % 97 == 0 else []
    tags += ["百日攻坚"] if kind.code.startswith("02") and number % 3 == 0 else []
    return {"tags": tags} if tags else {}


def _details(name: str, value: float, unit: str) -> dict[str, Any]:
    if name == "checked":
        return {"passed": value > 0}
    if name == "rated":
        return {"score": int(value)}
    if name in ("dispatched", "handled"):
        return {"unit": unit}
    if name == "escalated":
        return {"level": "district"}
    return {"reason": _REASONS[name]} if name in _REASONS else {}


def _by(name: str, channel: int, worker: str) -> dict[str, str]:
    """Who made a step: the grid worker, else the post it falls to; nobody where a citizen or a camera reports."""
    actor = worker or ("" if name == "accepted" and WAYS_IN[channel] == "/video-ai" else _POSTS.get(name, ""))
    return {"actor": actor} if actor else {}


_POSTS = {
    "accepted": "受理员", "rejected": "受理员", "corrected": "受理员", "filed": "值班长", "cancelled": "值班长",
    "closed": "值班长", "reopened": "值班长", "dispatched": "派遣员", "extended": "派遣员", "suspended": "派遣员",
    "resumed": "派遣员", "escalated": "派遣员", "returned": "处置人员", "handled": "处置人员", "urged": "督查员",
    "supervised": "督查员", "checked": "核查员", "rated": "回访员",
}  # fmt: skip
"""Posts of the standard flow, as a platform writes them."""
_REASONS = {
    "returned": "不属本单位职责",
    "suspended": "需协调多部门，暂挂",
    "cancelled": "核实不属实",
    "supervised": "长期超期未办结",
}
