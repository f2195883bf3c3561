"""A whole older program beside this one: its web role shows what this one's ingest takes in.

``YIPING_OLD`` names the older revision; ``scripts/faults`` takes one of the recent past.
"""

import os
import re
import subprocess
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from tests.roles.cluster import Cluster, Role, event, until
from tests.roles.units import ROOT

OLD = os.environ.get("YIPING_OLD", "")
pytestmark = [
    pytest.mark.redis, pytest.mark.postgres,
    pytest.mark.skipif(not OLD, reason="YIPING_OLD names no older revision"),
]  # fmt: skip

LEFT_OUT = re.compile(r"frame (\d+) is left out: .* known: (\d+)")


@pytest.fixture
def older(cluster: Cluster, tmp_path: Path) -> Iterator[Role]:
    """The web role of the older revision over the same data directory, database and Redis."""
    packed = subprocess.run(["git", "archive", OLD], cwd=ROOT, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=BytesIO(packed)) as files:
        files.extractall(tmp_path, filter="data")
    (tmp_path / "assets" / "dist").symlink_to(ROOT / "assets" / "dist")
    role = Role(cluster.directory, "web", tree=tmp_path)
    yield role.ready()
    role.kill()


def shown(role: Role, key: str) -> int:
    answer = role.ask("/api/v1/kpis?region=41&period=2026-10", key=key)
    assert answer is not None and answer.status_code == 200, answer and answer.text
    return next(int(one["value"]) for one in answer.json()["figures"] if one["key"] == "accepted")


def test_an_older_web_role_shows_what_this_ingest_takes_in(cluster: Cluster, older: Role) -> None:
    before = shown(older, cluster.key)
    assert before == cluster.shown()
    taken = cluster.writer().ask("/api/v1/events", [event(n) for n in range(50_000, 50_100)], cluster.key)
    assert taken is not None and taken.status_code == 202
    until(lambda: shown(older, cluster.key) == before + 100, "the cases on the older page")
    assert cluster.shown() == before + 100
    told = older.log.read_text()
    out = [(int(frame), int(known)) for frame, known in LEFT_OUT.findall(told)]
    assert all(frame < known or not known for frame, known in out), (
        "left out may be the last word of an ingest that died, and what comes before the first keyframe"
    )
    assert "Traceback" not in told and told.count("left out") == len(out), told[-3000:]
