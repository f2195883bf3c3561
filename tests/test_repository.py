"""Rules about the tree itself that no other tool checks."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).exists()]


SOURCES = [path for path in tracked("*.py", "*.ts", "*.css", "*.md", "scripts/*") if path.is_file()]


@pytest.mark.parametrize("path", tracked("*.py", "*.ts"), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_is_about_one_thing(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_no_module_is_named_after_nothing() -> None:
    empty_names = re.compile(r"(^|_)(utils?|helpers?|managers?|misc|common)\.(py|ts)$")
    assert [p for p in tracked("*.py", "*.ts") if empty_names.search(p.name)] == []


def test_no_machine_paths_and_no_left_over_notes() -> None:
    forbidden = re.compile(r"/(work|home|root)/[a-z]|\b(TODO|FIXME|XXX)\b".replace("XXX", "X" * 3))
    found = [f"{p.relative_to(ROOT)}:{n}" for p in SOURCES if p != Path(__file__)
             for n, line in enumerate(p.read_text(encoding="utf-8").splitlines(), 1) if forbidden.search(line)]
    assert found == []


def test_locks_hold_hashes_and_no_addresses() -> None:
    for lock in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert "://" not in text and text.count("--hash=sha256:") > 50
    assert '"resolved"' not in (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")


def test_no_page_polls() -> None:
    """But for the progress of a report that somebody waits for: it ends with the work, and figures are not in it."""
    intervals = [p for p in tracked("layouts/*.py", "callbacks/*.py") if "Interval(" in p.read_text(encoding="utf-8")]
    assert intervals == [ROOT / "layouts/parts/report_works.py"]


def test_callbacks_are_registered_not_global() -> None:
    wild = re.compile(r"^@(dash\.)?callback|allow_duplicate|suppress_callback_exceptions=True", re.M)
    assert [p for p in tracked("layouts/*.py", "callbacks/*.py") if wild.search(p.read_text(encoding="utf-8"))] == []
