"""Clients of Redis whose every wait is bounded and that never repeat a command by themselves.

A retried XADD could add an entry twice, a retried XREAD hides an outage. ``redis://``, ``rediss://`` and ``unix://``
name one server; ``redis+cluster://`` and ``rediss+cluster://`` name any node of a Redis Cluster, whose other nodes the
client finds by itself.
"""

from typing import Any
from urllib.parse import urlsplit

import redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio import RedisCluster as AsyncRedisCluster
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.retry import Retry

CLUSTER = "+cluster"
SCHEMES = ("redis", "rediss", "unix", "redis+cluster", "rediss+cluster")


def names_redis(url: str) -> bool:
    """Whether a URL names a server or a cluster of Redis."""
    return urlsplit(url).scheme in SCHEMES


def open_redis(url: str, seconds: float, connect_seconds: float, **more: Any) -> Any:
    """A client each of whose commands takes at most ``seconds``; of a cluster, its nodes are asked for here.

    ``redis.RedisError`` or OSError where no node of a cluster answers.
    """
    options = {"socket_timeout": seconds, "socket_connect_timeout": connect_seconds, **more}
    plain = url.replace(CLUSTER, "", 1)
    if plain == url:
        return redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), **options)
    return RedisCluster.from_url(plain, retry=Retry(NoBackoff(), 0), **options)


def open_async_redis(url: str, seconds: float) -> Any:
    """The same for a program of coroutines; nothing is asked before the first command."""
    options: dict[str, Any] = {"socket_timeout": seconds, "socket_connect_timeout": seconds}
    plain = url.replace(CLUSTER, "", 1)
    if plain == url:
        return AsyncRedis.from_url(url, retry=AsyncRetry(NoBackoff(), 0), **options)
    return AsyncRedisCluster.from_url(plain, retry=AsyncRetry(NoBackoff(), 0), **options)
