"""The example units: systemd takes them as they are; what they start, the tests of this folder start."""

import getpass
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.roles.units import FOLDER, UNITS, unit


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_has_nothing_to_complain_of(tmp_path: Path) -> None:
    files = []
    for name in UNITS.values():
        files.append(tmp_path / f"yiping-{name}@8041.service")
        files[-1].write_text(unit(name, tmp_path).replace("User=yiping", f"User={getpass.getuser()}"))
    # What a unit wants beside it (PostgreSQL, Redis) need not be installed where tests run.
    words = ["systemd-analyze", "verify", "--man=no", "--generators=no", "--recursive-errors=no", *map(str, files)]
    told = subprocess.run(words, capture_output=True, text=True)
    assert (told.returncode, told.stderr) == (0, "")


def test_every_role_has_a_unit_and_every_unit_a_role() -> None:
    found = {path.name.removeprefix("yiping-").removesuffix("@.service") for path in FOLDER.glob("yiping-*@.service")}
    assert found == set(UNITS.values())
