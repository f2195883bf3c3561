"""Addresses of the two servers with the passwords that stand in files of their own."""

from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from sqlalchemy import make_url

from dashboard.config import Settings

KNOWN_TO_ALL = frozenset({"", "admin", "changeme", "change-me", "password", "postgres", "redis", "secret", "yiping"})
"""Passwords that examples and installers use: no secrets."""


def database_address(settings: Settings, directory: Path) -> str:
    """The database's SQLAlchemy URL; the embedded default is a SQLite file in the data directory.

    ``ValueError`` where the file of its password cannot be read.
    """
    url = make_url(settings.database or f"sqlite:///{directory / 'yiping.db'}")
    password = secret(directory, settings.database_password_file)
    return (url if password is None else url.set(password=password)).render_as_string(hide_password=False)


def feed_address(settings: Settings, directory: Path) -> str:
    """The feed's URL. ``ValueError`` where the file of its password cannot be read."""
    password = secret(directory, settings.feed_password_file)
    if password is None:
        return settings.feed
    parts = urlsplit(settings.feed)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:{quote(password, safe='')}@{host}"))


def secret(directory: Path, file: str) -> str | None:
    """The first line of a file of the data directory, None where no file is named."""
    if not file:
        return None
    try:
        lines = (directory / file).read_text(encoding="utf-8").strip().splitlines()
    except (OSError, ValueError) as problem:
        raise ValueError(f"the password file {directory / file} cannot be read: {problem}") from problem
    if not lines:
        raise ValueError(f"the password file {directory / file} is empty")
    return lines[0]


def weak_secret(settings: Settings, directory: Path) -> str:
    """Which password anybody could guess, in words; empty where none is. A database over a socket needs none."""
    url = make_url(database_address(settings, directory))
    if url.password is not None and str(url.password).lower() in KNOWN_TO_ALL:
        return "the password of the database is one that everybody knows"
    password = urlsplit(feed_address(settings, directory)).password
    if password is not None and password.lower() in KNOWN_TO_ALL:
        return "the password of the feed is one that everybody knows"
    return ""
