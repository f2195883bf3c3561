"""What gunicorn calls: a worker that ends closes what its application opened.

Imports nothing of the program: gevent patches the standard library after gunicorn has read this.
"""

from typing import Any

CLOSE = "yiping.close"
"""Key in ``Flask.extensions`` of a function without arguments."""


def worker_exit(_server: object, worker: Any) -> None:
    """End threads in order, so that nothing that was taken is left."""
    extensions: dict[str, Any] = getattr(getattr(worker, "wsgi", None), "extensions", {})
    if close := extensions.get(CLOSE):
        close()
