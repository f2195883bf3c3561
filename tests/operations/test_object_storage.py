"""Track files in a bucket, asked as ``docs/deployment.md`` says: over S3, by what the product has already."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.dataset
import pytest
from pyarrow import fs

from dashboard.domain.track import Track
from dashboard.tracks.files import write_track
from tests.servers import free_port, wait_for_port

SERVER = shutil.which("moto_server")
MORNING = 1_760_000_000_000
FIXES = """SELECT key, count(*) AS fixes, min(second) AS first, max(second) AS last
FROM tracks GROUP BY key ORDER BY fixes DESC, key"""


@pytest.fixture
def bucket() -> Iterator[fs.S3FileSystem]:
    if SERVER is None:
        pytest.skip("no S3 server on this machine: pip install 'moto[server]' in an environment on the PATH has one")
    port, quiet = free_port(), subprocess.DEVNULL
    process = subprocess.Popen([SERVER, "-H", "127.0.0.1", "-p", str(port)], stdout=quiet, stderr=quiet)
    try:
        wait_for_port(port, process, 60)
        yield fs.S3FileSystem(
            access_key="k", secret_key="s", region="us-east-1", scheme="http", endpoint_override=f"127.0.0.1:{port}",
            allow_bucket_creation=True, allow_delayed_open=True,
        )  # fmt: skip
    finally:
        process.kill()
        process.wait()


def day(begin: int, *workers: tuple[int, int]) -> Track:
    """Fixes of workers, (key, how many), one a second."""
    keys = np.repeat([key for key, _ in workers], [many for _, many in workers])
    seconds = np.concatenate([np.arange(many) for _, many in workers])
    east = (1_131_000_000 + seconds * 10).astype(np.int32)
    return Track(keys.astype(np.uint32), begin + seconds * 1000, east, np.full(len(keys), 278_000_000, np.int32))


def test_the_bucket_holds_every_fix(bucket: fs.S3FileSystem, tmp_path: Path) -> None:
    write_track(tmp_path / "20251009" / "a.parquet", day(MORNING, (1, 100), (7, 40_000)))
    write_track(tmp_path / "20251010" / "a.parquet", day(MORNING + 86_400_000, (1, 300)))
    bucket.create_dir("tracks")
    fs.copy_files(str(tmp_path), "tracks", source_filesystem=fs.LocalFileSystem(), destination_filesystem=bucket)
    tracks = pyarrow.dataset.dataset("tracks", format="parquet", filesystem=bucket)
    asked = duckdb.connect().register("tracks", tracks)
    begin = MORNING // 1000
    assert asked.sql(FIXES).fetchall() == [
        (7, 40_000, begin, begin + 39_999), (1, 400, begin, begin + 86_400 + 299),
    ]  # fmt: skip
    assert asked.sql("SELECT count(*) FROM tracks WHERE key = 1").fetchall() == [(400,)]
