"""Where the real records lie that no test may depend on: a test that reads them is skipped where they are absent."""

import os
from pathlib import Path

import pytest


def shared_data(*parts: str) -> Path:
    """A file of the shared data; skips the running test, naming the file, where it does not exist."""
    beside = Path(__file__).resolve().parents[1].parent / "shared" / "data"
    found = Path(os.environ.get("YIPING_SHARED_DATA", beside)).joinpath(*parts)
    if not found.exists():
        pytest.skip(f"shared data not found: {'/'.join(parts)} (set YIPING_SHARED_DATA)")
    return found
