"""``app.py doctor``: looks at everything an installation needs, changes nothing."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from dashboard.config import load_settings
from dashboard.operations import machine, servers
from dashboard.operations.findings import Check, Finding, examined, fail, ok


def examine(directory: Path, frontend: Callable[[], object]) -> Iterator[Finding]:
    """All findings, settings first; where they cannot be read only what needs none follows.

    ``frontend`` raises where the browser bundle is not built.
    """
    if not directory.is_dir():
        yield fail(f"directory {directory}", "not there", "name another --data, or start the program once")
        return
    alone: list[tuple[str, Check]] = [
        ("write", partial(machine.writable, directory)), ("disk", partial(machine.disk, directory)),
        ("fonts", partial(machine.fonts, directory)), ("dash_hooks", machine.hooks),
        ("frontend", partial(_built, frontend)),
    ]  # fmt: skip
    try:
        settings = load_settings(directory)
    except ValueError as problem:
        yield fail("settings", str(problem), "correct this field")
        yield from examined(alone)
        return
    path = directory / "config.toml"
    yield ok("settings", f"{path} can be read" if path.exists() else f"defaults: there is no {path}")
    given: list[tuple[str, Check]] = [
        ("secrets", partial(machine.secrets, settings, directory)),
        ("database", partial(servers.database, settings, directory)),
        ("redis", partial(servers.all_redis, settings, directory)),
    ]
    yield from examined([*given, *alone])


def _built(frontend: Callable[[], object]) -> Iterator[Finding]:
    try:
        yield ok("frontend", f"built ({frontend()})")
    except Exception as problem:
        yield fail("frontend", str(problem), "run scripts/install")
