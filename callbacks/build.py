"""Which browser bundle is served."""

from hashlib import blake2b
from pathlib import Path

DIST = Path(__file__).parent.parent / "assets" / "dist"


class BuildError(Exception):
    """The bundle or its fonts are not there, in one sentence for the person who starts the program."""


def build_id() -> str:
    """Changes whenever the browser bundle does. ``BuildError`` where bundle or fonts were not built."""
    bundle = DIST / "wall.js"
    if not bundle.exists() or not any((DIST / "fonts").glob("*.woff2")):
        raise BuildError(f"the browser bundle and its fonts are not in {DIST}: run scripts/build_frontend.py")
    return f"{bundle.stat().st_mtime_ns:x}"


def early_script() -> str:
    """The element of the script that asks for a page while others are still read, under an address that is kept for
    ever; empty where it was not built: pages need it for their speed only."""
    script = DIST / "lazy" / "early.js"
    if not script.exists():
        return ""
    mark = blake2b(script.read_bytes(), digest_size=6).hexdigest()
    return f'<script src="/assets/dist/lazy/{script.name}?m={mark}"></script>'
