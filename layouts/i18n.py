"""Words of the screens, one pair of files for each area: ``assets/i18n/AREA.{zh-CN,en}.json``.

The browser code has those that it writes itself from the same files.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Literal

Lang = Literal["zh-CN", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh-CN", "en")
FOLDER = Path(__file__).parent.parent / "assets" / "i18n"
Message = str | dict[str, str]
HOLE = re.compile(r"\{[*!^]?(\w+)\}")


@cache
def messages(lang: Lang) -> dict[str, Message]:
    """Every message of a language; a plural message is a dict of ``one`` and ``other``.

    ``ValueError`` names a key that two areas have.
    """
    found: dict[str, Message] = {}
    for path in sorted(FOLDER.glob(f"*.{lang}.json")):
        area: dict[str, Message] = json.loads(path.read_text(encoding="utf-8"))
        if twice := found.keys() & area.keys():
            raise ValueError(f"{path.name}: {min(twice)} stands in another area too")
        found |= area
    return found


def language(asked: str | None) -> Lang:
    """The language of a page: what its address asks for, else Chinese."""
    return "en" if asked and asked.lower().startswith("en") else "zh-CN"


def text(lang: Lang, key: str) -> str:
    """A message without placeholders; ``KeyError`` when the key does not exist."""
    message = messages(lang)[key]
    return message if isinstance(message, str) else message["other"]


def say(lang: Lang, key: str, **values: object) -> str:
    """A message with its ``{holes}`` filled; a plural one follows ``n``. ``KeyError`` for a missing key or value."""
    message = messages(lang)[key]
    if not isinstance(message, str):
        message = message["one" if str(values.get("n")) == "1" else "other"]
    return HOLE.sub(lambda hole: str(values[hole[1]]), message)
