"""What the program says while it runs: lines for people, or with ``YIPING_LOGS=json`` one JSON object a line.

Nobody's name, number or words belong there. Messages name events by id and regions by code; what reaches a JSON line is
masked besides, and of an exception only its kind, its masked words and the places in the code are told, no values.
"""

import json
import logging
import os
import sys
import traceback
from datetime import UTC, datetime
from typing import TextIO

from dashboard.security.masking import mask_text

VARIABLE = "YIPING_LOGS"
PLAIN = "%(asctime)s %(levelname)s %(name)s %(message)s"
LONGEST = 2000


class JsonLines(logging.Formatter):
    """``{"time", "level", "logger", "message"}`` and, of an exception, ``{"kind", "message", "at": [...]}``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line without line ends."""
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(), "logger": record.name,
            "message": mask_text(record.getMessage())[:LONGEST],
        }  # fmt: skip
        if record.exc_info and record.exc_info[1] is not None:
            told["exception"] = _exception(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False)


def configure(out: TextIO = sys.stderr) -> None:
    """Send what this process says to ``out``, in the form that the environment asks for."""
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines() if os.environ.get(VARIABLE) == "json" else logging.Formatter(PLAIN))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)


def _exception(problem: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(problem.__traceback__)
    return {
        "kind": type(problem).__name__, "message": mask_text(str(problem))[:LONGEST],
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }  # fmt: skip
