"""A short run over the corpus, over every cut and flipped byte of it, and over noise. The long one: scripts/fuzz."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.corpus import CORPUS
from tests.fuzz.decoders import DECODERS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", DECODERS)
def test_messages_and_what_once_broke_something(name: str) -> None:
    for message in CORPUS[name]:
        DECODERS[name](message)


@pytest.mark.parametrize("name", DECODERS)
def test_messages_cut_short_changed_and_joined(name: str) -> None:
    chance = random.Random(20261127)
    short = [message for message in CORPUS[name] if 0 < len(message) < 2000]
    for _ in range(1_500):
        message = bytearray(chance.choice(short))
        match chance.randrange(4):
            case 0:
                del message[chance.randrange(len(message)) :]
            case 1:
                message[chance.randrange(len(message))] = chance.randrange(256)
            case 2:
                at = chance.randrange(len(message))
                message[at:at] = chance.choice(short)[chance.randrange(20) :]
            case _:
                at = chance.randrange(len(message))
                message[at : at + chance.randrange(8)] = chance.randbytes(chance.randrange(8))
        DECODERS[name](bytes(message))


@pytest.mark.parametrize("name", DECODERS)
@settings(max_examples=60)
@given(noise=st.binary(max_size=200))
def test_noise(name: str, noise: bytes) -> None:
    DECODERS[name](noise)


def test_coverage_guided_for_a_moment(tmp_path: Path) -> None:
    """The long run's own way, so that it cannot rot: atheris finds its way from the corpus."""
    found = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "fuzz"), "fixes", "--runs", "2000", "--keep", str(tmp_path)],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr[-3000:]
    assert len(list(tmp_path.iterdir())) > len(CORPUS["fixes"])
