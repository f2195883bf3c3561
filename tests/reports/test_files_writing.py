"""Files are written whole or not at all; their names are safe."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.reports.document import Document
from dashboard.reports.files.fonts import Fonts
from dashboard.reports.files.json import read
from dashboard.reports.files.printed import Printed
from dashboard.reports.files.writing import FORMATS, file_name, write_files
from dashboard.reports.snapshot import Snapshot
from tests.reports.invented import snapshot
from tests.reports.invented_document import changed, document


def page(document: Document, snapshot: Snapshot, whole: Printed) -> bytes:
    return f"<!doctype html><title>{document.hash}</title>".encode()


def test_all_formats_lie_in_the_folder(tmp_path: Path, fonts: Fonts) -> None:
    shares: list[float] = []
    paths = write_files(document(), snapshot(), tmp_path / "r" / "1", fonts, page, tell=shares.append)
    assert list(paths) == list(FORMATS)
    assert {path.name for path in (tmp_path / "r" / "1").iterdir()} == {
        f"关于2026年9月全市网格化治理运行情况的通报.{each}" for each in FORMATS
    }
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert [path.name for path in (tmp_path / "r").iterdir()] == ["1"]


def test_an_earlier_folder_is_replaced(tmp_path: Path, fonts: Fonts) -> None:
    write_files(document(), snapshot(), tmp_path / "1", fonts, page, ["json", "html"])
    paths = write_files(document(draft=True, issued=0), snapshot(), tmp_path / "1", fonts, page, ["json"])
    assert [path.name for path in (tmp_path / "1").iterdir()] == [paths["json"].name]
    assert paths["json"].name.endswith("（草案）.json")
    assert read(paths["json"].read_bytes()).document == document(draft=True, issued=0)
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


def test_nothing_is_left_where_a_writer_fails(tmp_path: Path, fonts: Fonts) -> None:
    write_files(document(), snapshot(), tmp_path / "1", fonts, page, ["json"])
    before = (tmp_path / "1").stat().st_mtime_ns

    def broken(document: Document, snapshot: Snapshot, whole: Printed) -> bytes:
        raise RuntimeError("no page")

    with pytest.raises(RuntimeError, match="no page"):
        write_files(document(), snapshot(), tmp_path / "1", fonts, broken, ["json", "html"])
    assert [path.name for path in tmp_path.iterdir()] == ["1"]
    assert (tmp_path / "1").stat().st_mtime_ns == before


FULL = """
import resource, signal, sys
from pathlib import Path
from dashboard.reports.files.writing import write_files
from dashboard.reports.files.fonts import find_fonts
from tests.reports.invented import snapshot
from tests.reports.invented_document import document
fonts = find_fonts()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    folder = Path(sys.argv[1]) / "1"
    write_files(document(), snapshot(), folder, fonts, lambda d, s, w: b"<!doctype html>", ["html", "json"])
except OSError as problem:
    print("OSError", problem.errno)
"""


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    assert done.stdout.startswith("OSError"), done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_an_unknown_format_is_named(tmp_path: Path, fonts: Fonts) -> None:
    with pytest.raises(ValueError, match="'ofd'"):
        write_files(document(), snapshot(), tmp_path / "1", fonts, page, ["ofd"])


@pytest.mark.parametrize(
    ("title", "name"),
    [
        (["../../etc/passwd"], "etcpasswd.pdf"),
        (["关于", "通报"], "关于通报.pdf"),
        (["..."], "通报.pdf"),
        (["a\x00b\nc\u202etxt.exe"], "abctxt.exe.pdf"),
        (['CON:|?*<>"'], "CON.pdf"),
        (["长" * 4000], "长" * 59 + "….pdf"),
        (["\ud800x"], "x.pdf"),
    ],
)
def test_names(title: list[str], name: str) -> None:
    assert file_name(changed(title=title), "pdf") == name
    assert len(os.fsencode(name)) < 255
