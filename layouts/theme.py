"""Design tokens: the only source of colours, sizes and fonts, for style sheets and for charts."""

import json
from pathlib import Path
from typing import Any, Literal

Theme = Literal["dark", "light"]
TOKENS: dict[str, Any] = json.loads((Path(__file__).parent / "tokens.json").read_text(encoding="utf-8"))
GENERIC = frozenset({"serif", "sans-serif", "monospace"})


def colour(name: str, theme: Theme = "dark") -> str:
    """A colour token as ``#RRGGBB``; ``KeyError`` names a token that does not exist."""
    value: str = TOKENS["color"][theme][name]["value"]
    return value


def font_stack() -> str:
    """The interface font family as CSS and Plotly take it."""
    return ", ".join(name if name in GENERIC else f"'{name}'" for name in TOKENS["font"]["ui"])


def _properties(theme: Theme) -> list[str]:
    return [f"  --{name.replace('_', '-')}: {token['value']};" for name, token in TOKENS["color"][theme].items()]


def _shared() -> list[str]:
    neutral = [f"  --series-{i}: {value};" for i, value in enumerate(TOKENS["color"]["series_neutral_dark"], 1)]
    motion = [
        f"  --{k.removesuffix('_ms').replace('_', '-')}: {v}ms;"
        for k, v in TOKENS["motion"].items()
        if k.endswith("_ms")
    ]
    return [*neutral, *motion, f"  --font: {font_stack()};", "  --u: calc(100vh / 1080);"]


def stylesheet() -> str:
    """``assets/tokens.css``: every token as a custom property, dark by default, light where a page asks for it."""
    dark, light, shared = _properties("dark"), _properties("light"), _shared()
    blocks = [
        "/* Written by layouts/theme.py from layouts/tokens.json. */",
        ":root,\n[data-theme='dark'] {",
        *dark,
        "}",
        "[data-theme='light'] {",
        *light,
        "}",
        ":root {",
        *shared,
        "}",
    ]
    return "\n".join(blocks) + "\n"


if __name__ == "__main__":
    (Path(__file__).parent.parent / "assets" / "tokens.css").write_text(stylesheet(), encoding="utf-8")
