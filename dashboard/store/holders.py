"""What a process calls itself where others must be able to tell whether it still exists."""

import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")
NAMESPACE = Path("/proc/self/ns/pid")
ENDED = ("Z", "X")
"""States of a process that does nothing more and only waits to be asked for its exit status."""


def own_name() -> str:
    """``host:pid:`` and what makes it unique: machine since its start, the process's own start, a random part."""
    return f"{socket.gethostname()}:{os.getpid()}:{_machine()}.{_started(os.getpid())}.{secrets.token_hex(4)}"


def gone(name: str) -> bool:
    """Whether a process of that name certainly does not exist any more.

    That can be known of processes of this machine, since its start, in this container alone: of all others False.
    """
    _host, pid, rest = name.rsplit(":", 2)
    machine, _, more = rest.partition(".")
    started = more.partition(".")[0]
    known = bool(machine) and machine == _machine() and bool(started)
    return known and _started(int(pid)) != started


def _machine() -> str:
    """The start of this machine and the space of its process numbers; empty where there is no ``/proc``."""
    with suppress(OSError):
        return f"{BOOT.read_text().strip()}-{os.readlink(NAMESPACE).strip('pid:[]')}"
    return ""


def _started(pid: int) -> str:
    """When a process started, in ticks since the machine did (``proc(5)``); empty where there is none."""
    with suppress(OSError):
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if state in ENDED else fields[18]
    return ""
