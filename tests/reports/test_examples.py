"""The command that makes the examples: the month of Los Angeles, counted again with pandas over the original file.

That takes 40 s of one core, so it runs only where it is asked for: ``YIPING_EXAMPLES=1``.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from dashboard.reports.archive import FORMATS
from tests.imports.test_real_cases import councils_of
from tests.shared_data import shared_data

ROOT = Path(__file__).resolve().parents[2]
AS_OF = pd.Timestamp("2020-02-03 08:30")
LIMIT = pd.Timedelta(hours=48)
"""Our assumption for every kind of request, see docs/real-input.md."""


def examples(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "scripts" / "make_examples.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def requests() -> pd.DataFrame:
    """What the city's file says of the requests that lie in a council: accepted, closed and cancelled by ``AS_OF``."""
    rows = pd.read_csv(shared_data("cases", "la311_2020-01.csv.gz"), dtype=str)
    rows = rows[rows.latitude.notna()].reset_index(drop=True)
    rows = rows[[bool(found) for found in councils_of(rows)]]
    closed = pd.to_datetime(rows.closeddate.fillna(rows.updateddate), format="%m/%d/%y %H:%M")
    rows["accepted"] = pd.to_datetime(rows.createddate, format="%m/%d/%y %H:%M")
    rows["closed"] = closed.where((rows.status == "Closed") & (closed < AS_OF))
    rows["void"] = (rows.status == "Cancelled") & (closed < AS_OF)
    return rows


@pytest.mark.real_data
@pytest.mark.skipif(not os.environ.get("YIPING_EXAMPLES"), reason="40 s; set YIPING_EXAMPLES=1")
def test_the_month_of_los_angeles_is_what_its_file_says(tmp_path: Path) -> None:
    rows = requests()
    done = examples("la311", "--shared", str(shared_data()), "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    made = list((tmp_path / "la311" / "month").iterdir())
    assert sorted(path.suffix[1:] for path in made) == sorted(FORMATS)
    facts = json.loads(next(path for path in made if path.suffix == ".json").read_bytes())["snapshot"]["facts"]
    valid = rows[~rows.void]
    late = valid.closed.fillna(AS_OF) - valid.accepted > LIMIT
    on_time = int((~late & valid.closed.notna()).sum())
    assert facts["total.accepted"]["value"] == len(rows)
    assert facts["total.voided"]["value"] == rows.void.sum()
    assert facts["total.overdue_open"]["value"] == valid.closed.isna().sum()
    assert (facts["total.on_time_rate"]["n"], facts["total.on_time_rate"]["d"]) == (on_time, len(valid))
    most = rows.requesttype.value_counts()
    assert facts[f"category.{most.index[0]}"]["value"] == most.iloc[0]


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    done = examples("la311", "--shared", str(tmp_path / "nowhere"), "--out", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "nowhere holds no cases/" in done.stderr and "Traceback" not in done.stderr
    assert examples("paris", "--out", str(tmp_path)).returncode == 2
