"""The simulated city from now on, joined to what a data directory already holds."""

import numpy as np

from dashboard.domain.base import BaseData
from dashboard.domain.frames import Keyframe, decode
from dashboard.domain.plane import UNSEEN, Plane
from dashboard.ingest.clock import Clock
from data_sources.simulator.city import City
from data_sources.simulator.source import SimulatorSource


def live_source(
    city: City, clock: Clock, base: BaseData, plane: Plane, keyframe: bytes, first_day: int
) -> SimulatorSource:
    """Live events and fixes from the clock's present.

    Workers go on from where ``keyframe`` (metres of ``plane``, slots of ``base``) shows them; whoever it does not show
    begins in the middle of the own region. ``first_day``: the local day the history begins.
    """
    source = SimulatorSource(city, clock, since=clock.now(), first_day=first_day)
    frame = decode(keyframe)
    if isinstance(frame, Keyframe) and frame.n == len(base.workers):
        lon, lat = plane.degrees(frame.x, frame.y)
        source.positions.resume(base.workers.ids, np.where(frame.x == UNSEEN, np.nan, lon), lat)
    return source
