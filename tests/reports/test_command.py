"""``app.py report`` as people call it: beside the running system and without one; refusals in one line."""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest

from dashboard.extract import Extract
from dashboard.reports import store
from dashboard.reports.archive import FORMATS
from tests.domain.happenings import event
from tests.reports.frozen import frozen
from tests.reports.office import AtWork, office

ROOT = Path(__file__).resolve().parents[2]
TICK = 1_793_930_400_000
"""2026-11-06 10:00 in Shanghai."""


@pytest.fixture
def work(tmp_path: Path):  # type: ignore[no-untyped-def]
    """A directory whose clock stands at its last tick, as that of a demonstration."""
    (tmp_path / "config.toml").write_text("demo = true\n[rules]\nmin_due = 2\nsmall_sample = 3\n", encoding="utf-8")
    with office(f"sqlite:///{tmp_path / 'yiping.db'}", tmp_path) as found:
        found.frozen.town.store.set_state("tick", str(TICK))
        yield found


def run(directory: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "app.py"), "report", "--data", str(directory), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, env=os.environ | environment)


def test_the_last_month_in_all_formats(work: AtWork, tmp_path: Path) -> None:
    """Also while another process holds the extract's file and writes to it."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("mine", encoding="utf-8")
    base, stop = work.frozen.books.base, Event()
    extract = Extract(work.frozen.town.store, base, work.frozen.extract._days, tmp_path / "extract.duckdb")
    following = Thread(target=extract.run, args=(stop, 0.05))
    following.start()
    try:
        done = run(tmp_path, "--out", str(tmp_path / "out"))
    finally:
        stop.set()
        following.join()
        extract.close()
    assert done.returncode == 0, done.stderr
    written = [Path(line) for line in done.stdout.splitlines()]
    assert sorted(path.suffix[1:] for path in written) == sorted(FORMATS)
    assert all(path.parent == tmp_path / "out" and path.stat().st_size for path in written)
    assert len(list((tmp_path / "out").iterdir())) == len(FORMATS) + 1
    [entry] = store.entries(work.frozen.books.engine)
    assert (entry.asked.period, entry.made_by, entry.state) == ("2026-10", "command line", "draft")
    found = json.loads(next(path for path in written if path.suffix == ".json").read_bytes())
    assert entry.hash in json.dumps(found)
    assert not list((tmp_path / "reports" / "work").iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--month", "2026-11"), "2026-11 is not over yet"),
        (("--month", "2026-31"), "is not a period"),
        (("--week", "2026-W40"), "is no period of a report of kind week"),
        (("--region", "9999"), "there is no region '9999'"),
        (("--month", "2026-10", "--category", "free"), "only a notice looks at a choice of cases"),
    ],
)
def test_what_cannot_be_made_is_said_in_a_line(
    work: AtWork, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = run(tmp_path, *words)
    assert done.returncode == 1 and said in done.stderr
    assert "Traceback" not in done.stderr and done.stdout == ""
    assert store.entries(work.frozen.books.engine) == []


def test_a_directory_over_which_no_server_ever_ran(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("demo = true\n", encoding="utf-8")
    with frozen(tmp_path) as town:
        town.send(1, [event("accepted", 60, region="r2", category="natural"), event("handled", 90)])
        town.town.store.set_state("tick", str(TICK))
        done = run(tmp_path, "--month", "2026-10", "--out", str(tmp_path / "out"))
        assert done.returncode == 0, done.stderr
        assert len(list((tmp_path / "out").iterdir())) == len(FORMATS)
        [entry] = store.entries(town.books.engine)
    assert (entry.state, entry.made_by) == ("draft", "command line")


def test_a_directory_that_is_not_there(tmp_path: Path) -> None:
    done = run(tmp_path / "nowhere")
    assert done.returncode == 1 and "there is no data directory" in done.stderr
    assert not (tmp_path / "nowhere").exists()


def test_a_notice_over_a_choice_of_cases(work: AtWork, tmp_path: Path) -> None:
    done = run(tmp_path, "--notice", "2026-10-01..2026-10-31", "--category", "free", "--level", "street")
    assert done.returncode == 0, done.stderr
    [entry] = store.entries(work.frozen.books.engine)
    assert (entry.asked.filters, entry.asked.levels) == ({"category": "free"}, ("street",))
    folder = tmp_path / "reports" / "drafts" / entry.id
    assert {path.suffix[1:] for path in folder.iterdir()} == set(FORMATS)


def test_settings_that_are_wrong_name_file_and_field(work: AtWork, tmp_path: Path) -> None:
    (tmp_path / "reports.toml").write_text("titel = 1\n", encoding="utf-8")
    done = run(tmp_path)
    assert done.returncode == 1 and "reports.toml: titel" in done.stderr and "Traceback" not in done.stderr
