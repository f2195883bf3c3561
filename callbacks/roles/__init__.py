"""The roles of an installation whose roles are apart, a module each: ``served`` makes what gunicorn serves for it.

A role loads its own module alone: who takes in or plans needs nothing of what draws pages.
"""

import os
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from callbacks.build import build_id
from dashboard.api.served import command, serve
from dashboard.ingest.opening import apart
from dashboard.memory import loading

ROOT = Path(__file__).parents[2]


def take_on(role: str, directory: Path, host: str, port: int) -> NoReturn:
    """Become the web server of a role (``ingest web sockets scheduler``).

    ``PlaceError`` where the settings of the directory cannot carry roles apart.
    """
    apart(directory).close()
    build_id()
    os.chdir(ROOT)
    module = f"callbacks.roles.{role}"
    made = f"{module}:served({str(directory.resolve())!r}, {port})"
    with loading():
        import_module(module)
    serve(command("gevent" if role == "sockets" else "gthread", made, host, port))
