"""Opens a data directory and the writing half of a process over it."""

import fcntl
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from dashboard.addresses import database_address, feed_address, weak_secret
from dashboard.base_data import base_version, load_base_data
from dashboard.base_data.maps import city_plane
from dashboard.base_data.raster_file import kept_raster
from dashboard.config import Settings, load_settings
from dashboard.domain.base import BaseData
from dashboard.domain.raster_build import RasterCache
from dashboard.feed import Feed, open_feed
from dashboard.ingest.clock import LAST_TICK, Clock, SimulatedClock, WallClock
from dashboard.ingest.heartbeat import Heartbeat
from dashboard.ingest.housekeeping import Housekeeping
from dashboard.ingest.ingest import Ingest
from dashboard.ingest.positions import PositionLane
from dashboard.ingest.source_book import known_sources
from dashboard.ingest.ticker import Ticker
from dashboard.store import Store, open_store
from dashboard.store.slabs import Slabs
from dashboard.tracks.tracks import Tracks


class PlaceError(Exception):
    """A data directory that cannot be used, and why, in one sentence for the person who named it."""


@dataclass(frozen=True)
class Place:
    """A data directory that is open."""

    directory: Path
    settings: Settings
    store: Store
    feed: Feed
    base: Callable[[], BaseData]
    rasters: RasterCache

    def close(self) -> None:
        """Let go of the connections."""
        self.store.close()
        self.feed.close()


@dataclass(frozen=True)
class Writer:
    """What takes batches in, keeps them, and tells the present."""

    ingest: Ingest
    positions: PositionLane
    ticker: Ticker
    beat: Heartbeat
    tracks: Tracks
    housekeeping: Housekeeping


def hold(directory: Path) -> TextIO:
    """Keep a data directory to this process until the file is closed; ``PlaceError`` where another one has it.

    Two writers would not lose an event, but two clocks would tell two presents.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        held = (directory / "lock").open("w", encoding="utf-8")
    except OSError as problem:
        raise PlaceError(f"data directory {directory}: {problem}") from problem
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise PlaceError(f"{directory} is in use by another process: stop it or choose another --data") from None
    return held


def open_place(directory: Path) -> Place:
    """Open (and where it is new, create) a data directory; ``PlaceError`` says what is wrong with it."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if not os.access(directory, os.W_OK):
            raise PermissionError("no permission to write")
        settings = load_settings(directory)
        store = open_store(database_address(settings, directory))
        base = _base_reader(store, settings)
        feed, rasters = open_feed(feed_address(settings, directory)), RasterCache(kept_raster(directory))
        return Place(directory, settings, store, feed, base, rasters)
    except (OSError, ValueError, RuntimeError) as problem:
        raise PlaceError(f"data directory {directory}: {problem}") from problem


def apart(directory: Path) -> Place:
    """Open a data directory for a role that runs beside others; ``PlaceError`` where its settings cannot carry that.

    Looked at before any server is asked: with a password that everybody knows nothing is connected to or made.
    """
    try:
        settings = load_settings(directory)
        weak = weak_secret(settings, directory)
    except (OSError, ValueError) as problem:
        raise PlaceError(f"data directory {directory}: {problem}") from problem
    if weak:
        raise PlaceError(f"{directory}: {weak}; put another into a file and name it in config.toml")
    if settings.feed.startswith("memory:"):
        raise PlaceError(f"{directory}: roles that run apart need feed = \"redis://...\" in config.toml")
    return open_place(directory)


LOOKED = 0.1
"""Seconds; a page asks for base data some seventy times, and each look costs half a millisecond."""


def _base_reader(store: Store, settings: Settings) -> Callable[[], BaseData]:
    """Base data as the database holds it, read again only when its version changed; it is looked up only so often."""
    held: list[BaseData] = []
    looked = 0.0

    def read() -> BaseData:
        nonlocal looked
        now = time.monotonic()
        if held and now - looked < LOOKED:
            return held[0]
        looked = now
        if not held or base_version(store.engine) != held[0].version:
            held[:] = [load_base_data(store.engine, settings)]
        return held[0]

    return read


def open_writer(place: Place, clock: Clock) -> Writer:
    """Ingest of both lanes under a clock."""
    store, feed, settings, sources = place.store, place.feed, place.settings, known_sources(place.store)
    base = place.base()
    positions = PositionLane(store, feed, settings, base, city_plane(base), sources, place.rasters)
    ingest = Ingest(
        store, feed, settings, clock, place.base, lambda base: place.rasters(base).locate, positions, sources
    )
    ticker = Ticker(store, feed, ingest, settings, positions.presence_counts, slab=lambda: positions.slab)
    slabs = Slabs(store.engine)
    tracks = Tracks(place.directory / "tracks", slabs, ingest.days)
    housekeeping = Housekeeping(slabs, tracks, clock, ingest.days, settings.retention_days)
    return Writer(ingest, positions, ticker, Heartbeat(store, ingest, positions, ticker), tracks, housekeeping)


def open_clock(place: Place, speed: float | None) -> Clock:
    """The clock of a directory from its last tick on: simulated where a speed is given, else the wall's."""
    last = int(place.store.get_state(LAST_TICK) or 0)
    return WallClock(after=last) if speed is None else SimulatedClock(last, speed)
