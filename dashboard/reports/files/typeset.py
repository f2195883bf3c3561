"""Typst in a process of its own, which holds nothing else: over a month of 2,100 ranked units it takes 430 MB, 95 of
them fonts, and keeps them as long as its process lives.

    python -P typeset.py < question > answer

Both are a line of JSON and what follows it; ``typeset`` asks, ``main`` answers. Started as a file, so that nothing but
Typst is loaded; ``-P`` keeps the modules beside it, ``json`` for one, out of its way.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO


class TypesettingFailed(RuntimeError):  # noqa: N818
    """Typst ended without a file; the message is what it said."""


def typeset(
    source: str, inputs: Mapping[str, str], folders: Sequence[str], system: bool, **options: Any
) -> list[bytes]:
    """What Typst makes of ``source``: the file, or one picture of each page.

    ``inputs`` are its ``sys.inputs``; fonts come from ``folders`` and, with ``system``, from the system; ``options``
    are those of ``typst.compile``, ``timestamp`` in seconds.
    """
    question = {"source": source, "inputs": inputs, "folders": [*folders], "system": system, "options": options}
    made = subprocess.run([sys.executable, "-P", __file__], input=json.dumps(question).encode(), capture_output=True)
    if made.returncode:
        said = made.stderr.decode(errors="replace").strip() or f"ended with {made.returncode}"
        raise TypesettingFailed(f"the pages cannot be set: {said.splitlines()[-1]}")
    sizes, _, rest = made.stdout.partition(b"\n")
    return _cut(rest, json.loads(sizes))


def _cut(data: bytes, sizes: Sequence[int]) -> list[bytes]:
    begins = [sum(sizes[:n]) for n in range(len(sizes))]
    return [data[begin : begin + size] for begin, size in zip(begins, sizes, strict=True)]


def main(given: BinaryIO, said: BinaryIO) -> None:
    """The other end."""
    import typst

    asked = json.load(given)
    fonts = typst.Fonts(include_system_fonts=asked["system"], include_embedded_fonts=False, font_paths=asked["folders"])
    made = typst.compile(
        asked["source"].encode(), font_paths=fonts, ignore_system_fonts=True, sys_inputs=asked["inputs"],
        **asked["options"],
    )  # fmt: skip
    files = made if isinstance(made, list) else [made]
    said.write(json.dumps([len(file) for file in files]).encode() + b"\n")
    for file in files:
        said.write(file)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
