"""The program's own code as bytecode, as ``scripts/install`` leaves it: a start does not compile (1.2 s of CPU)."""

import compileall
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OWN = ("callbacks", "commands", "dashboard", "data_sources", "layouts")


def compile_program() -> None:
    """Compile what is not up to date."""
    for name in OWN:
        compileall.compile_dir(ROOT / name, quiet=2)
