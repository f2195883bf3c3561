"""``app.py gateway``: small deliveries of fixes by HTTP and MQTT become large entries of the stream of positions."""

import asyncio
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import uvicorn
import uvloop
from redis.asyncio import Redis
from redis.exceptions import RedisError

from dashboard.addresses import database_address, weak_secret
from dashboard.api.limits import TokenBuckets
from dashboard.config import GatewaySettings, Settings, load_settings
from dashboard.redis_client import open_async_redis
from dashboard.security.keys import create_key_table, find_key
from dashboard.store.engine import open_engine
from data_sources.gateway.carrying import carry
from data_sources.gateway.door import Door
from data_sources.gateway.keys import Keys
from data_sources.gateway.packing import Packer
from data_sources.mqtt import mqtt_reader

TIMEOUT_SECONDS = 5.0
KEEPALIVE_SECONDS = 75
"""Longer than phones send: their connections stay."""
MQTT_SECONDS, MQTT_QUIET = 1.0, 0.1


def gateway_settings(directory: Path) -> tuple[Settings, GatewaySettings]:
    """Settings of a directory; ``ValueError`` where they name no gateway, or a password that everybody knows."""
    settings = load_settings(directory)
    if weak := weak_secret(settings, directory):
        raise ValueError(f"{directory}: {weak}; put another into a file and name it in config.toml")
    if settings.gateway is None:
        raise ValueError(f"{directory / 'config.toml'} has no [gateway]: it needs at least redis = \"redis://…\"")
    return settings, settings.gateway


def gateway_command(directory: Path, listener: socket.socket) -> int:
    """Serve until told to end: requests that wait are answered first. ``ValueError`` for wrong settings."""
    settings, gateway = gateway_settings(directory)
    stop, carrier = Event(), _carrier(settings, gateway, directory)
    thread = Thread(target=carrier, args=(stop,), name="mqtt", daemon=True)
    thread.start()
    signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn raises it again once it has stopped in order
    host, port = listener.getsockname()[:2]
    print(f"gateway  http://{host}:{port}/api/v1/positions", flush=True)
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(settings, gateway, directory, listener))
    stop.set()
    thread.join(10)
    return 0


def _carrier(settings: Settings, gateway: GatewaySettings, directory: Path) -> Callable[[Event], None]:
    mqtt = settings.mqtt_input
    if mqtt is None or not gateway.mqtt:
        return lambda _stop: None
    reader = mqtt_reader(mqtt, directory, "positions", MQTT_SECONDS, MQTT_QUIET)
    return lambda stop: carry(reader, gateway.redis, gateway.stream, mqtt.crs, stop)


async def _serve(settings: Settings, gateway: GatewaySettings, directory: Path, listener: socket.socket) -> None:
    redis = open_async_redis(gateway.redis, TIMEOUT_SECONDS)
    engine = open_engine(database_address(settings, directory))
    create_key_table(engine)
    packer = Packer(redis, gateway.stream, gateway.crs, gateway.seconds, gateway.at_once, gateway.most)
    keys = Keys(lambda key: find_key(engine, key))
    limits = TokenBuckets(gateway.rate, gateway.rate * 2)
    door = Door(packer, keys, lambda: time.time_ns() // 1_000_000, lambda: _answers(redis), limits, gateway.crs)
    packing = asyncio.create_task(packer.run())
    config = uvicorn.Config(
        door, http="httptools", lifespan="off", access_log=False, log_config=None, server_header=False,
        timeout_keep_alive=KEEPALIVE_SECONDS, timeout_graceful_shutdown=10, backlog=1_024,
    )  # fmt: skip
    await uvicorn.Server(config).serve(sockets=[listener])
    packing.cancel()
    await redis.aclose()
    engine.dispose()


async def _answers(redis: Redis) -> bool:
    try:
        return bool(await redis.ping())
    except (RedisError, OSError):
        return False
