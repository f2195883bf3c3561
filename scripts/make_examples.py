"""Example reports over real and simulated cases: fills data directories without a web server, then ``app.py report``.

``la311``: the Los Angeles 311 cases of January 2020, as they stood on 3 February, and the month's report.
``daqing``: a simulated year at Daqing's scale, and of it a month with 环比 and 同比, a quarter, the year, the excerpt
of the street that came last and a 专项通报.

Data directories and reports stay below ``--out``; a directory that is filled already is used as it is.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dashboard.domain.periods import HOUR, LocalDays  # noqa: E402
from dashboard.extract import Extract  # noqa: E402
from dashboard.ingest.opening import Place, PlaceError, hold, open_place  # noqa: E402
from dashboard.reports.books import EXTRACT  # noqa: E402
from data_sources.demo_start import first_replay  # noqa: E402
from data_sources.demos import BEIJING, LOS_ANGELES, prepare_demo  # noqa: E402
from data_sources.imports.errors import ImportFileError  # noqa: E402
from data_sources.simulator.first_start import fingerprint  # noqa: E402
from data_sources.simulator.starting import CITY, first_start, simulated_city  # noqa: E402

LA_END, LA_MONTH = "2020-02-03T08:30", "2020-01"
"""Requests were recorded for three days of January, closings until August; a month is drafted three days after it."""
YEAR_END, YEAR, QUARTER, MONTH = "2026-01-06T10:00", "2025", "2025-Q4", "2025-12"
MONTHS = 13
"""Full months before the present of the simulated year: the last one has its counterpart a year before."""
NOTICE = ("--notice", "2025-10-01..2025-12-31", "--category", "02", "--level", "district", "--level", "street")
"""安全隐患 of the quarter."""


class FailedError(Exception):
    """What did not work, in a line."""


def la311(options: argparse.Namespace, folder: Path) -> None:
    """The cases of Los Angeles and their month."""
    data = folder / "data"
    if not (options.shared / "cases").is_dir():
        raise FailedError(f"{options.shared} holds no cases/: give the folder of the real records with --shared")
    with hold(data):
        demo = msgspec.structs.replace(prepare_demo("la311", options.shared, data), start=_instant(LA_END, LOS_ANGELES))
        place = open_place(data)
        if place.store.get_state(CITY) != demo.name:
            place = first_replay(place, demo, HOUR)
        place.store.close()
    shutil.copyfile(ROOT / "docs" / "reports-la311.toml", data / "reports.toml")
    _report(data, folder / "month", "--month", LA_MONTH)


def daqing(options: argparse.Namespace, folder: Path) -> None:
    """A simulated year and its reports."""
    data = folder / "data"
    with hold(data):
        place = open_place(data)
        city = simulated_city(place, "daqing", 1)
        if place.store.get_state(CITY) != fingerprint(city):
            place = first_start(place, city, _instant(YEAR_END, BEIJING), options.months)
        _keep_extract(place)
        place.store.close()
    _report(data, folder / "month", "--month", MONTH)
    _report(data, folder / "quarter", "--quarter", QUARTER)
    _report(data, folder / "year", "--year", YEAR)
    _report(data, folder / "excerpt", "--excerpt", MONTH, "--region", _last_street(folder / "month"))
    _report(data, folder / "notice", *NOTICE)


EXAMPLES: dict[str, Callable[[argparse.Namespace, Path], None]] = {"la311": la311, "daqing": daqing}


def _instant(local: str, zone: str) -> int:
    return int(datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def _keep_extract(place: Place) -> None:
    """Leave an extract in the directory, as a server would: else each of the reports makes one, for a minute each."""
    extract = Extract(place.store, place.base, LocalDays(place.settings.zone), place.directory / EXTRACT)
    extract.refresh()
    extract.close()


def _report(data: Path, folder: Path, *words: str) -> None:
    """One report by the command that people use; ``FailedError`` where it says no."""
    began = time.monotonic()
    command = [sys.executable, str(ROOT / "app.py"), "report", "--data", str(data), "--out", str(folder), *words]
    if subprocess.run(command, check=False).returncode:
        raise FailedError(f"no report {' '.join(words)} over {data}")
    print(f"  {folder.name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


def _last_street(folder: Path) -> str:
    """The code of the street that came last in a month's report."""
    rows = json.loads(next(folder.glob("*.json")).read_bytes())["snapshot"]["leagues"]["street"]["rows"]
    last: str = max((row for row in rows if row["rank"] is not None), key=lambda row: row["rank"])["place"]["code"]
    return last


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="scripts/examples", description="Example reports, without a web server.")
    parser.add_argument("names", nargs="*", metavar="EXAMPLE", help=f"{', '.join(EXAMPLES)}; without any: all")
    shared = ROOT.parent / "shared" / "data"
    parser.add_argument("--shared", type=Path, default=shared, metavar="FOLDER", help="folder of the real records")
    parser.add_argument("--out", type=Path, default=ROOT / "data" / "examples", metavar="DIR")
    parser.add_argument("--months", type=int, default=MONTHS, help="full months of the simulated year's past")
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Make the examples; 1 with a line on standard error where one cannot be made."""
    parser = arguments()
    options = parser.parse_args(words)
    if wrong := [name for name in options.names if name not in EXAMPLES]:
        parser.error(f"there is no example {wrong[0]!r}: use {', '.join(EXAMPLES)}")
    for name in options.names or EXAMPLES:
        print(f"{name}: {options.out / name}", file=sys.stderr, flush=True)
        try:
            EXAMPLES[name](options, options.out / name)
        except (FailedError, PlaceError, ImportFileError, OSError) as problem:
            print(f"scripts/examples: {name}: {problem}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
