"""Clients of Redis whose every wait is bounded and that never repeat a command by themselves.

A retried XADD could add an entry twice, a retried XREAD hides an outage. ``redis://``, ``rediss://`` and ``unix://``
name one server; ``redis+cluster://`` and ``rediss+cluster://`` name any node of a Redis Cluster, whose other nodes the
client finds by itself. The library is loaded by the first client: a start without Redis need not wait 0.2 s for it.
"""

from typing import Any
from urllib.parse import urlsplit

CLUSTER = "+cluster"
SCHEMES = ("redis", "rediss", "unix", "redis+cluster", "rediss+cluster")


def names_redis(url: str) -> bool:
    """Whether a URL names a server or a cluster of Redis."""
    return urlsplit(url).scheme in SCHEMES


def open_redis(url: str, seconds: float, connect_seconds: float, **more: Any) -> Any:
    """A client each of whose commands takes at most ``seconds``; of a cluster, its nodes are asked for here.

    ``redis.RedisError`` or OSError where no node of a cluster answers.
    """
    from redis import Redis, RedisCluster
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    options = {"socket_timeout": seconds, "socket_connect_timeout": connect_seconds, **more}
    plain = url.replace(CLUSTER, "", 1)
    if plain == url:
        return Redis.from_url(url, retry=Retry(NoBackoff(), 0), **options)
    return RedisCluster.from_url(plain, retry=Retry(NoBackoff(), 0), **options)


def open_async_redis(url: str, seconds: float) -> Any:
    """The same for a program of coroutines; nothing is asked before the first command."""
    from redis.asyncio import Redis, RedisCluster
    from redis.asyncio.retry import Retry
    from redis.backoff import NoBackoff

    options: dict[str, Any] = {"socket_timeout": seconds, "socket_connect_timeout": seconds}
    plain = url.replace(CLUSTER, "", 1)
    if plain == url:
        return Redis.from_url(url, retry=Retry(NoBackoff(), 0), **options)
    return RedisCluster.from_url(plain, retry=Retry(NoBackoff(), 0), **options)
