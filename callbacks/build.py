"""Which browser bundle is served."""

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
