"""HTTP under the contract of sources: the sender repeats what was not answered, and nothing counts twice."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask

from dashboard.api.entrance import Entrance
from dashboard.api.policy import EntrancePolicy
from dashboard.api.routes import install
from dashboard.api.services import Services, Vitals
from dashboard.config import Settings
from dashboard.ingest.ingest import Ingest
from dashboard.queries.queries import Queries
from dashboard.security.doorman import Doorman
from dashboard.security.keys import create_key
from dashboard.store import Store
from tests.sources.deliveries import DELIVERED, Kept, ingest

Post = Callable[[list[bytes]], dict[str, int]]


def sender(running: Ingest, store: Store) -> Post:
    """Posts items as NDJSON with a key; the answer's numbers of what was accepted, duplicate and rejected."""
    now = running.clock.now
    policy = EntrancePolicy(Entrance(Doorman(store.engine)))
    services = Services(
        store.engine, Queries(store, lambda: running.base, Settings(), now), policy, now,
        lambda: running.base, lambda: Vitals(seq=store.last_seq(), tick_age=0.5), running.submit, running.submit,
    )  # fmt: skip
    app = Flask("test")
    install(app, services)
    client, key = app.test_client(), create_key(store.engine, "test", ("write",), "")

    def post(items: list[bytes]) -> dict[str, int]:
        answer = client.post(
            "/api/v1/events", data=b"\n".join(items), content_type="application/x-ndjson",
            headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip
        assert answer.status_code == 202
        taken = answer.json
        return {"accepted": taken["accepted"], "duplicate": taken["duplicate"], "rejected": len(taken["rejected"])}

    return post


def test_same_events_as_by_any_source_though_an_answer_was_lost(tmp_path: Path) -> None:
    chunks = [DELIVERED[start : start + 20] for start in range(0, len(DELIVERED), 20)]
    with ingest(tmp_path) as (running, store):
        post = sender(running, store)
        post(chunks[0])
        again = post(chunks[0])
        rest = [post(chunk) for chunk in chunks[1:]]
        kept = Kept(store)
    assert again == {"accepted": 0, "duplicate": 20, "rejected": 0}
    assert sum(answer["accepted"] for answer in rest) == 70
    assert (len(kept.events), len(set(kept.events))) == (90, 90)
    assert kept.quarantined == ["malformed", "unknown_region"]
