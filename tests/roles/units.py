"""The example units of ``docs/deployment``: what they start, and their text over other folders."""

import shlex
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "deployment"
UNITS = {
    ("ingest",): "ingest", ("web",): "web", ("web", "--sockets"): "sockets", ("scheduler",): "scheduler",
    ("gateway",): "gateway",
}  # fmt: skip
"""Name of the unit by the words of the role."""


def unit(name: str, directory: Path) -> str:
    """A unit that starts this tree over a data directory."""
    text = (FOLDER / f"yiping-{name}@.service").read_text(encoding="utf-8")
    return text.replace("/opt/yiping", str(ROOT)).replace("/var/lib/yiping", str(directory))


def start_line(words: tuple[str, ...], directory: Path, port: int) -> list[str]:
    """What ``ExecStart`` of a role's unit runs for the instance of a port, in its ``WorkingDirectory``."""
    (line,) = (line for line in unit(UNITS[words], directory).splitlines() if line.startswith("ExecStart="))
    return shlex.split(line.removeprefix("ExecStart=").replace("%i", str(port)))
