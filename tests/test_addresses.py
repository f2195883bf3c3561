"""Passwords in files: what is no secret is refused before any server hears of it."""

from pathlib import Path

import pytest

from dashboard.addresses import KNOWN_TO_ALL
from dashboard.ingest.opening import PlaceError, apart

NOBODY = "127.0.0.1:1"
"""Where no server is: whoever asked it would fail with other words."""


def directory(place: Path, *lines: str) -> Path:
    """A data directory with such settings."""
    (place / "config.toml").write_text("\n".join(lines), encoding="utf-8")
    return place


@pytest.mark.parametrize("password", sorted(KNOWN_TO_ALL - {""}))
def test_a_known_password_of_the_database_is_refused_unasked(tmp_path: Path, password: str) -> None:
    (tmp_path / "database-password").write_text(f"{password.upper()}\n")
    place = directory(
        tmp_path, f'database = "postgresql://yiping@{NOBODY}/yiping"', 'database_password_file = "database-password"'
    )
    with pytest.raises(PlaceError, match="password of the database is one that everybody knows"):
        apart(place)


def test_a_known_password_of_the_feed_is_refused_unasked(tmp_path: Path) -> None:
    place = directory(
        tmp_path, f'database = "postgresql://yiping@{NOBODY}/yiping"', f'feed = "redis://:redis@{NOBODY}"'
    )
    with pytest.raises(PlaceError, match="password of the feed is one that everybody knows"):
        apart(place)


@pytest.mark.parametrize("content", ["", " \n\n"])
def test_an_empty_password_file_is_called_empty(tmp_path: Path, content: str) -> None:
    (tmp_path / "database-password").write_text(content)
    place = directory(
        tmp_path, f'database = "postgresql://yiping@{NOBODY}/yiping"', 'database_password_file = "database-password"'
    )
    with pytest.raises(PlaceError, match=r"password file .*database-password is empty"):
        apart(place)


def test_a_feed_in_memory_leaves_the_directory_as_it_was(tmp_path: Path) -> None:
    with pytest.raises(PlaceError, match="need feed"):
        apart(directory(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]
