"""The gateway over a real Redis: what it answers, what it writes, and that what it answered reaches ingest once."""

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
import redis

from dashboard.config import load_settings
from dashboard.domain.fix_formats import decode_packed, encode_packed
from dashboard.domain.fixes import Fixes
from data_sources.gateway.command import gateway_settings
from data_sources.mqtt import mqtt_reader
from data_sources.redis_streams import RedisPositions, StreamReader
from tests.gateway.running import Gateway
from tests.servers import MosquittoServer, RedisServer, broker, have_redis, redis_server  # noqa: F401
from tests.shared_data import shared_data
from tests.sources.deliveries import NOON
from tests.sources.mqtt_sender import begin, sender

pytestmark = pytest.mark.redis
PAYLOADS = Path(__file__).resolve().parents[1] / "payloads"
FIX = {"worker_id": "W1", "time": "2026-10-17T09:12:04+08:00", "lon": 113.1, "lat": 27.8}
POSITIONS, OSMAND = "/api/v1/positions", "/api/v1/osmand"


def body(**changed: object) -> bytes:
    return json.dumps(FIX | changed).encode()


@pytest.fixture(scope="module")
def at_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    if not have_redis():
        pytest.skip("no redis-server on this machine")
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="module")
def gateway(at_redis: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    running = Gateway(tmp_path_factory.mktemp("gateway"), at_redis.url, "most = 300", "seconds = 0.5")
    running.start()
    yield running
    assert running.stop() == 0


@pytest.fixture
def client(at_redis: RedisServer) -> Iterator[redis.Redis]:
    connection = redis.Redis.from_url(at_redis.url)
    connection.flushall()
    yield connection
    connection.close()


def written(client: redis.Redis) -> list[dict[bytes, bytes]]:
    entries: Any = client.xrange("positions")
    return [fields for _number, fields in entries]


def fixes_of(client: redis.Redis) -> list[tuple[str, int, float, float]]:
    found = [decode_packed(entry[b"packed"]).fixes for entry in written(client) if b"packed" in entry]
    return [row for some in found for row in zip(
        some.worker.tolist(), some.time.tolist(), some.lon.tolist(), some.lat.tolist(), strict=True
    )]  # fmt: skip


def test_many_senders_share_an_entry_and_are_answered_after_it(gateway: Gateway, client: redis.Redis) -> None:
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda n: gateway.ask("POST", POSITIONS, body(worker_id=f"W{n}")), range(120)))
    assert {answer[0] for answer in answers} == {202}
    assert answers[0][1] == {"accepted": 1, "duplicate": 0, "rejected": [], "seq": 0}
    assert sorted(worker for worker, *_ in fixes_of(client)) == sorted(f"W{n}" for n in range(120))
    assert len(written(client)) <= 30


def test_every_form_a_phone_or_a_server_sends(gateway: Gateway, client: redis.Redis) -> None:
    columns = np.array([NOON]), np.array([113.1]), np.array([27.8])
    packed = encode_packed(Fixes(np.array([7], np.int32), *columns, slots=True), version=3)
    asked = [
        ("POST", POSITIONS, body(), "application/json", 1),
        ("POST", POSITIONS, b"[" + body() + b"," + body(worker_id="W2") + b"]", "application/json", 2),
        ("POST", POSITIONS, body() + b"\n" + body(worker_id="W3"), "application/x-ndjson", 2),
        ("POST", POSITIONS, (PAYLOADS / "owntracks" / "location.json").read_bytes(), "application/json", 1),
        ("POST", POSITIONS, packed, "application/octet-stream", 1),
        ("GET", f"{OSMAND}?id=W4&lat=27.8&lon=113.1&timestamp=1792199524", b"", "", 1),
        ("POST", OSMAND, b"id=W5&lat=27.8&lon=113.1", "application/x-www-form-urlencoded", 1),
        ("POST", OSMAND, body(worker_id="W6"), "application/json", 1),
    ]
    answers = [gateway.ask(method, path, sent, kind) for method, path, sent, kind, _count in asked]
    assert [(status, taken["accepted"]) for status, taken, _ in answers] == [(202, count) for *_, count in asked]
    packed_entries = [entry[b"packed"] for entry in written(client)]
    assert packed in packed_entries
    found = sorted(str(worker) for worker, *_ in fixes_of(client))
    assert found == sorted(["W1", "W1", "W2", "W1", "W3", "zz", "7", "W4", "W5", "W6"])


def test_traccar_forwards_to_it(gateway: Gateway, client: redis.Redis) -> None:
    for item in json.loads((PAYLOADS / "traccar" / "forward.json").read_bytes()):
        status, taken, _ = gateway.ask("POST", POSITIONS, json.dumps(item).encode())
        assert (status, taken["accepted"] + len(taken["rejected"])) == (202, 1)
    assert [worker for worker, *_ in fixes_of(client)] == ["860000000000017"]


@pytest.mark.real_data
def test_captured_messages_of_phones(gateway: Gateway, client: redis.Redis) -> None:
    lines = shared_data("formats", "owntracks_traccar_tests.jsonl").read_bytes().splitlines()
    captured = shared_data("formats", "osmand_traccar_client.jsonl").read_bytes().splitlines()
    items = [json.loads(line) for line in captured]
    for line in filter(None, lines):
        assert gateway.ask("POST", POSITIONS, line)[0] == 202
    for item in items:
        if "json" in item:
            assert gateway.ask("POST", OSMAND, json.dumps(item["json"]).encode())[0] == 202
    assert len(fixes_of(client)) == len(lines) + sum("json" in item for item in items)


def test_what_is_no_fix_is_told_and_goes_to_ingest_to_be_counted(gateway: Gateway, client: redis.Redis) -> None:
    assert gateway.ask("POST", POSITIONS, b"{broken")[0] == 400
    assert gateway.ask("POST", POSITIONS, b"[{")[0] == 400
    assert gateway.ask("POST", POSITIONS, b"12345", "application/octet-stream")[0] == 400
    assert gateway.ask("GET", f"{OSMAND}?id=W1")[0] == 400
    status, taken, _ = gateway.ask("POST", POSITIONS, body(lon="east"))
    assert (status, taken["accepted"], taken["rejected"][0]["reason"]) == (202, 0, "wrong_type")
    status, taken, _ = gateway.ask("POST", POSITIONS, b"[" + body() + b",7," + body() + b"]")
    assert (status, taken["accepted"], [item["index"] for item in taken["rejected"]]) == (202, 2, [1])
    assert sorted(entry[b"fix"] for entry in written(client) if b"fix" in entry) == sorted(
        [b"{broken", b"7", body(lon="east")]
    )


def test_who_may_send(gateway: Gateway) -> None:
    basic = {"Authorization": "Basic " + base64.b64encode(f"phone:{gateway.key}".encode()).decode()}
    assert gateway.ask("POST", POSITIONS, body(), headers=basic)[0] == 202
    for headers in ({"Authorization": ""}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic ?"}):
        status, document, told = gateway.ask("POST", POSITIONS, body(), headers=headers)
        assert (status, document["status"], told["www-authenticate"][:6]) == (401, 401, "Bearer")
    assert gateway.ask("POST", POSITIONS, body(), key=gateway.reader)[0] == 403
    assert gateway.ask("GET", POSITIONS)[0] == 405
    assert gateway.ask("GET", "/elsewhere")[0] == 404


def test_a_body_beyond_the_limit_is_refused(gateway: Gateway) -> None:
    assert gateway.ask("POST", POSITIONS, b" " * (16 * 1024 * 1024 + 1))[0] == 413


def test_more_than_it_holds_is_told_to_come_again(gateway: Gateway, client: redis.Redis) -> None:
    many = b"[" + b",".join([body()] * 301) + b"]"
    status, _, told = gateway.ask("POST", POSITIONS, many)
    assert (status, told["retry-after"]) == (503, "1")
    assert fixes_of(client) == []


def test_a_full_redis_is_told_and_nothing_was_promised(gateway: Gateway, client: redis.Redis) -> None:
    client.config_set("maxmemory", 1)
    try:
        status, _, told = gateway.ask("POST", POSITIONS, body())
        assert (status, told["retry-after"]) == (503, "5")
    finally:
        client.config_set("maxmemory", 0)
    assert gateway.ask("POST", POSITIONS, body())[0] == 202
    assert len(fixes_of(client)) == 1


def test_how_it_is(gateway: Gateway, client: redis.Redis) -> None:
    gateway.ask("POST", POSITIONS, body())
    assert gateway.ask("GET", "/healthz")[0] == gateway.ask("GET", "/readyz")[0] == 200
    figures = dict(line.split() for line in gateway.ask("GET", "/metrics")[1].decode().splitlines())
    assert int(figures["yiping_gateway_fixes_total"]) > 0 and figures["yiping_gateway_waiting"] == "0"


def test_ingest_reads_what_it_packed(gateway: Gateway, client: redis.Redis, at_redis: RedisServer) -> None:
    gateway.ask("POST", POSITIONS, body(worker_id="张三", time=NOON + 1))
    gateway.ask("POST", POSITIONS, body(lon="east"))
    reader = StreamReader(at_redis.url, "positions", block_ms=20)
    batches = RedisPositions(reader, lambda: NOON).batches(Event())
    batch = next(batches)
    assert batch.fixes is not None
    assert (list(batch.fixes.worker), list(batch.fixes.time)) == (["张三"], [NOON + 1])
    assert [reason for _raw, reason in batch.garbage] == ["wrong_type"]


def test_killed_or_stopped_it_has_answered_nothing_that_is_not_written(tmp_path: Path, client: redis.Redis) -> None:
    port = client.connection_pool.connection_kwargs["port"]
    running = Gateway(tmp_path / "g", f"redis://127.0.0.1:{port}/0", "at_once = 20", "seconds = 0.05")
    taken: list[str] = []

    def send(number: int) -> None:
        try:
            if running.ask("POST", POSITIONS, body(worker_id=f"W{number}"))[0] == 202:
                taken.append(f"W{number}")
        except OSError:
            return

    pause = Event()
    for turn, end in enumerate((running.kill, running.stop), 1):
        running.start()
        with ThreadPoolExecutor(16) as pool:
            for number in range(turn * 1000, turn * 1000 + 400):
                pool.submit(send, number)
            while len(taken) < turn * 40:
                pause.wait(0.005)
            end()
    assert len(taken) >= 80 and set(taken) <= {worker for worker, *_ in fixes_of(client)}


@pytest.mark.mqtt
def test_mqtt_is_carried_and_acknowledged_when_written(
    broker: MosquittoServer, tmp_path: Path, client: redis.Redis  # noqa: F811
) -> None:
    port = client.connection_pool.connection_kwargs["port"]
    mqtt = f'[mqtt_input]\nurl = "{broker.url}"\nclient = "g"\n'
    running = Gateway(tmp_path / "g", f"redis://127.0.0.1:{port}/0", "mqtt = true", more=mqtt)
    settings = load_settings(running.directory)
    assert settings.mqtt_input is not None
    begin(mqtt_reader(settings.mqtt_input, running.directory, "positions"))
    location = (PAYLOADS / "owntracks" / "location.json").read_bytes()
    with sender(broker) as at:
        at.send(*((f"positions/{n}", body(worker_id=f"W{n}")) for n in range(200)), ("owntracks/W200/phone", location),
                ("positions/x", b"{broken"))  # fmt: skip
    running.start()
    pause = Event()
    while len(fixes_of(client)) < 201:
        pause.wait(0.1)
    assert running.stop() == 0
    assert sorted(worker for worker, *_ in fixes_of(client)) == sorted(f"W{n}" for n in range(201))
    assert [entry[b"fix"] for entry in written(client) if b"fix" in entry] == [b"{broken"]
    assert len(written(client)) < 30


def test_a_password_that_everybody_knows_is_refused(tmp_path: Path) -> None:
    lines = ['database = "postgresql://yiping:changeme@127.0.0.1:1/yiping"', "[gateway]", 'redis = "redis://127.0.0.1:1"']
    (tmp_path / "config.toml").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ValueError, match="password of the database is one that everybody knows"):
        gateway_settings(tmp_path)
