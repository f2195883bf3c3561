"""All files of a report whose community annex has 2,000 rows: seconds of one core and memory of each format.

    .venv/bin/python benchmarks/report_files.py
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dashboard.reports.files.fonts import find_fonts
from dashboard.reports.files.writing import FORMATS, write_files
from layouts.sheets.report_html import report_html
from tests.reports.invented import snapshot
from tests.reports.invented_document import document

SECONDS, MEGABYTES = 8.0, 400
"""What all formats together may take on one core."""


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    frozen = snapshot(19)
    made, fonts = document(frozen), find_fonts()
    before, whole = peak(), 0.0
    print(f"{sum(len(league.rows) for league in frozen.leagues.values())} ranked units, {before:.0f} MB before")
    with tempfile.TemporaryDirectory() as folder:
        for kind in FORMATS:
            start = time.process_time()
            paths = write_files(made, frozen, Path(folder) / kind, fonts, report_html, [kind])
            took, size = time.process_time() - start, paths[kind].stat().st_size / 1e6
            whole += took
            print(f"{kind:5} {took:5.2f} s of CPU  {size:5.1f} MB  peak {peak():4.0f} MB")
    print(f"all   {whole:5.2f} s (at most {SECONDS:g})  peak {peak():.0f} MB (at most {MEGABYTES})")


if __name__ == "__main__":
    main()
