import asyncio

import pytest
import redis
from redis.asyncio import Redis

from data_sources.gateway.trimming import trim
from tests.servers import RedisServer, redis_running  # noqa: F401

pytestmark = pytest.mark.redis


async def trimmed(url: str) -> None:
    client = Redis.from_url(url)
    await trim(client, "trimmed")
    await client.aclose()


def test_what_a_group_still_needs_stays(redis_running: RedisServer) -> None:  # noqa: F811
    with redis.Redis.from_url(redis_running.url) as client:
        client.delete("trimmed")
        numbers = [client.xadd("trimmed", {"fix": str(n)}) for n in range(1_000)]
        asyncio.run(trimmed(redis_running.url))
        assert client.xlen("trimmed") == 1_000
        for group, read, done in (("a", 900, 850), ("b", 700, 700)):
            client.xgroup_create("trimmed", group, "0")
            client.xreadgroup(group, "me", {"trimmed": ">"}, count=read)
            client.xack("trimmed", group, *numbers[:done])
        asyncio.run(trimmed(redis_running.url))
        left = [number for number, _fields in client.xrange("trimmed")]
        assert numbers[699] in left and left[-1] == numbers[-1] and len(left) < 500
        client.xreadgroup("b", "me", {"trimmed": ">"}, count=400)
        client.xack("trimmed", "b", *numbers)
        asyncio.run(trimmed(redis_running.url))
        left = [number for number, _fields in client.xrange("trimmed")]
        assert numbers[850] in left and len(left) < 300
        client.delete("trimmed")
