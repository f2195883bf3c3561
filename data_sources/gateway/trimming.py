"""Takes out of a stream what every consumer group has acknowledged, so that Redis stays as small as the lag."""

from typing import Any

from redis.asyncio import Redis

Place = tuple[int, int]


async def trim(redis: Redis, stream: str) -> None:
    """Entries before the first that some group still needs leave the stream; without a group all stay."""
    groups: list[dict[str, Any]] = await redis.xinfo_groups(stream)
    needed = [await _needed(redis, stream, group) for group in groups]
    if needed:
        first = min(needed)
        await redis.xtrim(stream, minid=f"{first[0]}-{first[1]}", approximate=True)


async def _needed(redis: Redis, stream: str, group: dict[str, Any]) -> Place:
    """The oldest entry a group has not acknowledged, or the last that was given to it."""
    if group["pending"]:
        found: dict[str, Any] = await redis.xpending(stream, group["name"])
        if found["min"]:
            return _place(found["min"])
    return _place(group["last-delivered-id"])


def _place(number: bytes | str) -> Place:
    text = number.decode() if isinstance(number, bytes) else number
    milliseconds, _, sequence = text.partition("-")
    return int(milliseconds), int(sequence)
