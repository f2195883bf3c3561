"""The SQL store of the case lane. ``open_store(url)`` is the way in."""

from dashboard.store.clock_tables import DayEnd, Moment
from dashboard.store.engine import StoreError
from dashboard.store.rows import EventRow, HistogramRow, Quarantined
from dashboard.store.store import Store, Stored, open_store

__all__ = ["DayEnd", "EventRow", "HistogramRow", "Moment", "Quarantined", "Store", "StoreError", "Stored", "open_store"]
