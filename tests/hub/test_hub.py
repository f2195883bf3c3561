import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from socketio.exceptions import ConnectionError

from dashboard.boards.build import build
from dashboard.hub.composer import Limits
from dashboard.security.caller import Caller
from tests.hub.served import Page, Served, served
from tests.ingest.city import MINUTE, NOON, accepted, event


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as made:
        yield made


def now(hub: Served, region: str = "") -> Any:
    return orjson.loads(orjson.dumps(build(hub.city.replica, region)))


def at(page: Page, seq: int, time: int) -> bool:
    return bool(page.board["meta"]["seq"] >= seq and page.board["meta"]["time"] >= time)


def test_snapshot_and_deltas_give_the_board_of_now(hub: Served) -> None:
    page = hub.page()
    ack = page.subscribe()
    assert (ack["build"], ack["edition"]) == ("b1", 1)
    for number in range(8):
        hub.city.submit([accepted(f"K{number}", NOON - number * MINUTE, "A111" if number % 2 else "B111")])
        hub.city.tick(NOON + number * 1000)
        page.wait(lambda page, number=number: at(page, number + 1, NOON + number * 1000))
    assert page.board == now(hub)
    assert page.broken == [] and page.deltas >= 8


def test_walls_on_different_regions_follow_their_own(hub: Served) -> None:
    pages = {code: hub.page() for code in ("", "A", "B1")}
    for code, page in pages.items():
        page.subscribe(code)
    hub.city.submit([accepted("K1", NOON, "B111"), event("dispatched", "K1", NOON + MINUTE)])
    hub.city.tick(NOON + MINUTE)
    for code, page in pages.items():
        page.wait(lambda page: at(page, 2, NOON + MINUTE))
        assert page.board == now(hub, code)
    assert pages["A"].board["tiles"]["open"]["value"] == 0


def test_a_page_can_turn_to_another_region(hub: Served) -> None:
    page = hub.page()
    page.subscribe("A")
    page.subscribe("B")
    hub.city.submit([accepted("K1", NOON, "B111")])
    page.wait(lambda page: page.board["tiles"]["open"]["value"] == 1)
    assert page.board["meta"]["region"] == "B" and page.broken == []
    assert hub.hub.screens == 1


def test_an_unknown_region_and_nonsense_are_answered(hub: Served) -> None:
    page = hub.page()
    assert page.subscribe("nowhere") == {"error": "unknown_region", "detail": "nowhere"}
    assert page.client.call("subscribe", {"region": 7})["error"] == "malformed"
    page.client.emit("got", ["nonsense"])
    assert "board" in page.subscribe("A")


def test_coming_back_gives_what_was_missed(hub: Served) -> None:
    page = hub.page()
    page.subscribe()
    page.close()
    hub.city.submit([accepted("K1", NOON)])
    hub.city.tick(NOON + 1000)
    page.connect()
    page.subscribe()
    page.wait(lambda page: at(page, 1, NOON + 1000))
    assert page.board == now(hub)


def test_frames_reach_the_city_and_a_region_as_they_are(hub: Served) -> None:
    hub.city.stand(1, list(range(8)), [0] * 8, [1] * 8)
    city, region = hub.page(), hub.page()
    wait_for_slab(hub, 1)
    city.subscribe(positions=True)
    region.subscribe("A", positions=True)
    for slab in range(2, 8):
        hub.city.stand(slab, [n * slab for n in range(8)], [slab] * 8, [1 + slab % 3] * 8)
        city.wait(lambda page, slab=slab: page.workers.slab == slab)
        region.wait(lambda page, slab=slab: page.workers.slab == slab)
    known = hub.city.known
    assert (city.workers.x.tolist(), city.workers.state.tolist()) == (known.x.tolist(), known.state.tolist())
    with hub.city.replica.reading() as state:
        slots = state.base.workers.inside(state.base.tree, state.base.tree.latest["A"])
    assert 0 < slots.stop - slots.start < 8
    assert region.workers.x.tolist() == known.x[slots].tolist()
    assert region.workers.heading.tolist() == known.heading[slots].tolist()


def wait_for_slab(hub: Served, slab: int) -> None:
    from threading import Event

    told = Event()
    hub.city.replica.listen(lambda entry: told.set())
    with hub.city.replica.reading() as state:
        if state.workers.slab >= slab:
            return
    assert told.wait(10)


def test_frames_begin_once_there_is_a_first_one(hub: Served) -> None:
    page = hub.page()
    assert page.subscribe(positions=True)["keyframe"] is None
    hub.city.stand(1, [7] * 8, [0] * 8, [1] * 8)
    page.wait(lambda page: page.workers.x.tolist() == [7] * 8)


def fill(hub: Served, good: Page, slow: Page) -> None:
    """Let time pass until the slow page has all it may have unacknowledged, and then some more."""
    times = iter(range(NOON, NOON + 50_000, 1000))
    while slow.deltas < 2:
        pass_second(hub, good, next(times))
    for _ in range(5):
        pass_second(hub, good, next(times))
    assert slow.deltas == 2


def pass_second(hub: Served, good: Page, time: int) -> None:
    hub.city.tick(time)
    good.wait(lambda page: at(page, 0, time))


def test_a_silent_page_is_conflated_then_cut_and_hurts_nobody(tmp_path: Path) -> None:
    with served(tmp_path, Limits(board=0.01, patience=1.0)) as hub:
        good, bad = hub.page(), hub.page(silent=True)
        good.subscribe()
        bad.subscribe()
        fill(hub, good, bad)
        bad.wait(lambda page: not page.client.connected)
        good.wait(lambda page: hub.hub.screens == 1)
        hub.city.tick(NOON + MINUTE)
        good.wait(lambda page: at(page, 0, NOON + MINUTE))
        assert good.broken == [] and good.client.connected


def test_what_was_held_back_comes_as_one_delta(tmp_path: Path) -> None:
    with served(tmp_path, Limits(board=0.01)) as hub:
        good, slow = hub.page(), hub.page(silent=True)
        good.subscribe()
        slow.subscribe()
        fill(hub, good, slow)
        slow.acknowledge()
        slow.wait(lambda page: page.deltas == 3)
        assert slow.board == now(hub) and slow.broken == []


def test_pulses_say_what_a_page_should_have(tmp_path: Path) -> None:
    with served(tmp_path, Limits(board=0.05, pulse=0.05)) as hub:
        page = hub.page()
        page.subscribe()
        page.wait(lambda page: page.pulses >= 2)


def test_a_thousand_subscriptions_build_one_board(hub: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboard.hub import composer

    built: list[str] = []

    def counted(replica: Any, region: str) -> Any:
        built.append(region)
        return build(replica, region)

    monkeypatch.setattr(composer, "build", counted)
    page = hub.page()
    for _ in range(50):
        page.subscribe("A")
    assert built == ["A"]


def bound(region: str, *rights: str, id: str = "s1") -> Caller:
    return Caller("li", "leader", frozenset(rights or {"read", "wall"}), region, id=id)


def test_who_is_refused_gets_no_connection(tmp_path: Path) -> None:
    refused = pytest.raises(ConnectionError)
    with served(tmp_path, authenticate=lambda environ, auth: None) as hub, refused:
        hub.page()


def test_a_page_stays_inside_what_it_may_see(tmp_path: Path) -> None:
    with served(tmp_path, authenticate=lambda environ, auth: bound("A")) as hub:
        page = hub.page()
        assert page.subscribe()["board"]["meta"]["region"] == "A"
        assert page.subscribe("A1")["board"]["meta"]["region"] == "A1"
        assert page.subscribe("B") == {"error": "forbidden", "detail": "B"}
        assert page.subscribe("C") == {"error": "forbidden", "detail": "C"}


def test_who_may_not_see_walls_gets_no_connection(tmp_path: Path) -> None:
    refused = pytest.raises(ConnectionError)
    with served(tmp_path, authenticate=lambda environ, auth: bound("", "read")) as hub, refused:
        hub.page()


def test_who_is_signed_out_is_cut_within_five_seconds_and_hears_nothing_more(tmp_path: Path) -> None:
    ids, alive = iter(["gone", "stays"]), {"gone", "stays"}

    def signed_in(environ: Any, auth: Any) -> Caller:
        return bound("", id=next(ids))

    with served(tmp_path, authenticate=signed_in, alive=lambda callers: alive) as hub:
        gone, stays = hub.page(), hub.page()
        gone.subscribe()
        stays.subscribe()
        alive.remove("gone")
        began = time.monotonic()
        gone.wait(lambda page: not page.client.connected)
        assert time.monotonic() - began < 5
        heard = (gone.deltas, gone.frames, gone.pulses)
        hub.city.submit([accepted("K1", NOON, "B111")])
        hub.city.tick(NOON + 1000)
        stays.wait(lambda page: at(page, 1, NOON + 1000))
        assert (gone.deltas, gone.frames, gone.pulses) == heard and hub.hub.screens == 1
        assert stays.client.connected


def test_a_connection_that_never_subscribed_is_cut_too(tmp_path: Path) -> None:
    with served(tmp_path, authenticate=lambda environ, auth: bound(""), alive=lambda callers: set()) as hub:
        page = hub.page()
        page.wait(lambda page: not page.client.connected)
