"""Every word of every screen exists in both languages, says the same things, and is used."""

import json
import re
from pathlib import Path

import pytest

from dashboard.domain.events import ORDER
from layouts.i18n import FOLDER, Message, messages

ROOT = Path(__file__).resolve().parents[2]
CHINESE = re.compile("[\u3400-\u9fff\uff01-\uff5e\u3001-\u3011]")
OTHER_LANGUAGE = {"shell.other_language", "doors.language"}
"""Words that name the other language, in it."""
ONLY_CHINESE = {"unit.per_day"}
"""Units that English leaves out."""
AREAS = sorted(path.name.removesuffix(".zh-CN.json") for path in FOLDER.glob("*.zh-CN.json"))
CODE = [
    path
    for folder, pattern in (
        ("layouts", "*.py"), ("callbacks", "*.py"), ("layouts/forms", "*.html"), ("frontend/src", "*.ts"),
        ("dashboard", "*.py"),
    )
    for path in sorted((ROOT / folder).rglob(pattern))
]  # fmt: skip


def forms(message: Message) -> list[str]:
    return [message] if isinstance(message, str) else [message[form] for form in sorted(message)]


@pytest.mark.parametrize("area", AREAS)
def test_an_area_has_the_same_keys_in_both_languages(area: str) -> None:
    chinese, english = (
        json.loads((FOLDER / f"{area}.{lang}.json").read_text(encoding="utf-8")) for lang in ("zh-CN", "en")
    )
    assert chinese.keys() == english.keys()


def test_english_is_english_and_nothing_is_empty() -> None:
    for key, message in messages("en").items():
        for form in forms(message):
            assert form.strip() or key in ONLY_CHINESE, key
            assert key in OTHER_LANGUAGE or not CHINESE.search(form), (key, form)


def test_every_key_that_code_names_exists() -> None:
    known = set(messages("zh-CN"))
    areas = {key.partition(".")[0] for key in known}
    call = r"(?<!\.)\b(?:text|say|t)\(\s*(?:\w+(?:\.\w+|\(\))*\s*,\s*)?"
    named = re.compile(call + r"""["']([a-z_]+(?:\.[a-z0-9_]+)+)["']""")
    for path in CODE:
        for key in named.findall(path.read_text(encoding="utf-8")):
            assert key in known or key in ORDER or key.partition(".")[0] not in areas, (path.name, key)


def test_no_word_is_left_over() -> None:
    """A key is used where it stands in the code, or where a beginning of it stands before a hole."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in CODE)
    beginnings = set(re.findall(r"""["'`]([a-z_]+(?:\.[a-z0-9_]+)*\.?)(?:\$?\{|["'`] *[~+?])""", code))
    endings = set(re.findall(r"""\}(\.[a-z_]+(?:\.[a-z_]+)*)["'`]""", code))
    left = [
        key
        for key in messages("zh-CN")
        if f'"{key}"' not in code and f"'{key}'" not in code and f"`{key}`" not in code
        and not any(key.startswith(beginning) for beginning in beginnings if "." in beginning)
        and not any(key.endswith(ending) for ending in endings)
    ]  # fmt: skip
    assert left == []
