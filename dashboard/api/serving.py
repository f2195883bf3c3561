"""The embedded web server: Werkzeug with a thread for each connection, on a port that is taken first."""

import socket

from werkzeug.serving import WSGIRequestHandler


class PortError(Exception):
    """A port that cannot be used, and why, in one sentence for the person who named it."""


class Quiet(WSGIRequestHandler):
    """Requests are not logged one by one, and nobody is told what runs here."""

    def version_string(self) -> str:
        """What the header ``Server`` says: no program, no version."""
        return "yiping"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: /metrics counts them."""


def listen(host: str, port: int) -> socket.socket:
    """The port, taken before anything slow happens."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as problem:
        raise PortError(f"port {port} of {host} cannot be used ({problem.strerror}): choose another --port") from None
    except OverflowError:
        raise PortError(f"port {port} does not exist: choose one up to 65535") from None
    listener.listen(128)
    return listener
