"""The same period rendered again, in another process on another day, is the same to the byte."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

from dashboard.reports.files.fonts import Fonts
from dashboard.reports.files.json import json
from dashboard.reports.files.writing import FORMATS, write_files
from layouts.sheets.report_html import report_html
from tests.reports.invented import snapshot
from tests.reports.invented_document import document

AGAIN = """
import hashlib, sys
from pathlib import Path
from dashboard.reports.files.writing import write_files
from dashboard.reports.files.fonts import find_fonts
from layouts.sheets.report_html import report_html
from tests.reports.invented import snapshot
from tests.reports.invented_document import document
paths = write_files(document(), snapshot(), Path(sys.argv[1]) / "1", find_fonts(), report_html)
print(*(f"{kind}={hashlib.sha256(path.read_bytes()).hexdigest()}" for kind, path in paths.items()))
"""


def test_another_process_writes_the_same_bytes(tmp_path: Path, fonts: Fonts) -> None:
    paths = write_files(document(), snapshot(), tmp_path / "here", fonts, report_html)
    mine = {kind: hashlib.sha256(path.read_bytes()).hexdigest() for kind, path in paths.items()}
    other = os.environ | {"PYTHONHASHSEED": "7", "TZ": "America/Los_Angeles", "SOURCE_DATE_EPOCH": "86400"}
    done = subprocess.run(
        [sys.executable, "-c", AGAIN, str(tmp_path)], capture_output=True, text=True, check=True, env=other
    )
    assert dict(pair.split("=") for pair in done.stdout.split()) == mine
    assert list(mine) == list(FORMATS)


def test_only_the_date_of_issue_differs() -> None:
    draft, issued = (report_html(document(issued=day), snapshot()).decode() for day in (20261009, 20261012))
    assert draft != issued
    assert issued.replace("2026年10月12日", "2026年10月9日") == draft
    first, second = (json(document(issued=day), snapshot()).decode() for day in (20261009, 20261012))
    assert re.sub(r'"issued": 20261012', '"issued": 20261009', second) == first
