"""Everything the API is given from outside; it makes nothing itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Engine

from dashboard.api.limits import MAX_BODY, TokenBuckets
from dashboard.api.policy import Policy
from dashboard.base_data.layers import Layers
from dashboard.domain.base import BaseData
from dashboard.domain.changes import SourceState
from dashboard.ingest.batch import Batch, Receipt
from dashboard.queries.queries import Queries
from dashboard.queries.worker_days import WorkerDays

if TYPE_CHECKING:
    from dashboard.reports.workflow import Reports


@dataclass(frozen=True)
class Vitals:
    """How this process is. ``tick_age`` is in seconds of real time, None before the first tick.

    ``feed_lag`` is how many stored events the replica has not seen yet; ``screens`` how many walls are connected.
    ``warnings`` are sentences for the person who looks after the system; they do not make it unready.
    """

    seq: int = 0
    slab: int = 0
    tick_age: float | None = None
    ingest_alive: bool = True
    feed_lag: int = 0
    screens: int = 0
    sources: Sequence[SourceState] = ()
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class LiveWorkers:
    """Where the workers are, in slot order: presence (0..3, as in a frame) and degrees WGS-84.

    NaN, or what is no place on earth, stands for never seen.
    """

    state: np.ndarray[Any, np.dtype[np.uint8]]
    lon: np.ndarray[Any, np.dtype[np.float64]]
    lat: np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Services:
    """What the handlers call.

    ``now`` is the clock of the data directory (epoch ms). ``submit_events`` and ``submit_fixes`` return after the
    commit; their receipts name the garbage of a batch first. An ``OperationalError`` or ``StoreError`` from them means
    that the store is down. ``snapshot`` turns a region code into a board, ``map_document`` into the map. None stands
    for a role that does not run in this process: its addresses answer 503.
    """

    engine: Engine
    queries: Queries
    policy: Policy
    now: Callable[[], int]
    base: Callable[[], BaseData]
    vitals: Callable[[], Vitals] = Vitals
    submit_events: Callable[[Batch], Receipt] | None = None
    submit_fixes: Callable[[Batch], Receipt] | None = None
    snapshot: Callable[[str], dict[str, Any]] | None = None
    map_document: Callable[[str], Mapping[str, Any]] | None = None
    worker_days: WorkerDays | None = None
    live_workers: Callable[[], LiveWorkers] | None = None
    reports: "Reports | None" = None
    layers: Layers = field(default_factory=Layers)
    buckets: TokenBuckets = field(default_factory=TokenBuckets)
    max_body: int = MAX_BODY
