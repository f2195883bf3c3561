"""How what ingest committed reaches every web process. ``open_feed(url)`` is the way in."""

from urllib.parse import urlsplit

from dashboard.feed.feed import CHANGES, POSITIONS, START, Feed, FeedError
from dashboard.feed.memory import MemoryFeed
from dashboard.redis_client import names_redis

__all__ = ["CHANGES", "POSITIONS", "START", "Feed", "FeedError", "MemoryFeed", "open_feed"]


def open_feed(url: str) -> Feed:
    """``memory://`` (one process) or an address of Redis (``redis_client``); ``ValueError`` for anything else."""
    if urlsplit(url).scheme == "memory":
        return MemoryFeed()
    if names_redis(url):
        from dashboard.feed.redis_stream import RedisFeed  # its library costs a start without Redis 0.2 s

        return RedisFeed(url)
    raise ValueError(f"feed {url!r} is neither memory:// nor redis://")
