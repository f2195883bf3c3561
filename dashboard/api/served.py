"""Roles behind a proxy are served by gunicorn: one worker process a port, started again when it dies.

One worker, because each holds a replica and an extract of its own and the proxy spreads requests over ports; WebSocket
is the only transport, so no request needs to come back to the same one.
"""

import gc
import sys
from collections.abc import Sequence
from typing import Literal, NoReturn

Worker = Literal["gthread", "gevent"]
THREADS = 200
"""Connections of a threaded worker at once; a screen holds one."""
CONNECTIONS = 4000
BOOT_SECONDS = 300
"""A worker may take so long to read base data and tallies before it is thought dead."""
GRACE_SECONDS = 15
KEEP_SECONDS = 75
"""Longer than nginx keeps an idle connection (60 s), so that never the server closes one that a request is on."""


def command(worker: Worker, factory: str, host: str, port: int) -> list[str]:
    """The words that start a role; ``factory`` is ``app:name('argument')``, imported from the current folder."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    room = ["--threads", str(THREADS)] if worker == "gthread" else ["--worker-connections", str(CONNECTIONS)]
    return [
        sys.executable, "-m", "gunicorn", factory, "--bind", address, "--workers", "1",
        "--worker-class", worker, *room, "--timeout", str(BOOT_SECONDS),
        "--keep-alive", str(KEEP_SECONDS), "--graceful-timeout", str(GRACE_SECONDS),
        "--config", "python:dashboard.api.gunicorn_hooks", "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip


def serve(words: Sequence[str]) -> NoReturn:
    """Serve from this process: what it has imported its workers have too, which is half the time of a start.

    For gevent it must have changed the standard library before it imported anything else, as ``app.py`` does.
    """
    from gunicorn.app.wsgiapp import run

    sys.argv = list(words[2:])
    gc.freeze()
    run()
    sys.exit()
