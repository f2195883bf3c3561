"""Words of the screens, shared with the browser code: ``assets/i18n/{zh-CN,en}.json``."""

import json
from functools import cache
from pathlib import Path
from typing import Literal

Lang = Literal["zh-CN", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh-CN", "en")
FOLDER = Path(__file__).parent.parent / "assets" / "i18n"
Message = str | dict[str, str]


@cache
def messages(lang: Lang) -> dict[str, Message]:
    """Every message of a language; a plural message is a dict of ``one`` and ``other``."""
    loaded: dict[str, Message] = json.loads((FOLDER / f"{lang}.json").read_text(encoding="utf-8"))
    return loaded


def language(asked: str | None) -> Lang:
    """The language of a page: what its address asks for, else Chinese."""
    return "en" if asked and asked.lower().startswith("en") else "zh-CN"


def text(lang: Lang, key: str) -> str:
    """A message without placeholders; ``KeyError`` when the key does not exist."""
    message = messages(lang)[key]
    return message if isinstance(message, str) else message["other"]
