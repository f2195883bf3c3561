import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from callbacks.application import create_pages
from layouts.i18n import LANGUAGES, language, messages, text
from layouts.pages import wall
from layouts.panels import PANELS

FRONTEND = Path(__file__).parent.parent.parent / "frontend" / "src"


def props(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for child in node for found in props(child)]
    if not isinstance(node, dict) or "props" not in node:
        return []
    return [node["props"], *props(node["props"].get("children"))]


def page(**address: str) -> list[dict[str, Any]]:
    return props(json.loads(json.dumps(wall.layout(**address).to_plotly_json(), default=lambda c: c.to_plotly_json())))


def ids(**address: str) -> list[str]:
    return [prop["id"] for prop in page(**address) if "id" in prop]


@pytest.fixture(scope="module")
def client() -> Any:
    server = Flask("test")
    create_pages(server, "宁川市网格化治理")
    return server.test_client()


def test_ids_are_unique() -> None:
    assert [name for name, n in Counter(ids()).items() if n > 1] == []


def test_every_element_that_the_browser_code_looks_up_is_in_the_layout() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in FRONTEND.rglob("*.ts"))
    wanted = set(re.findall(r'element\("([\w-]+)"\)', sources))
    assert len(wanted) > 40
    assert wanted - set(ids()) == set()


def test_every_message_that_the_browser_code_says_exists() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in FRONTEND.rglob("*.ts"))
    said = set(re.findall(r'(?:say|segments)\("([\w.]+)"', sources))
    assert len(said) > 60
    for lang in LANGUAGES:
        assert said - messages(lang).keys() == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_panel_builds_in_every_language_and_starts_as_loading(lang: str) -> None:
    for build in PANELS:
        assert build(language(lang)).to_plotly_json()
    states = [prop["data-state"] for prop in page(lang=lang) if "data-state" in prop]
    assert states and set(states) == {"loading"}


def test_the_address_chooses_region_and_language() -> None:
    root = page(region="4302", lang="en")[0]
    assert (root["data-region"], root["data-lang"], root["lang"]) == ("4302", "en", "en")
    assert page()[0]["data-lang"] == "zh-CN"


@pytest.mark.parametrize(
    "asked, spoken", [(None, "zh-CN"), ("", "zh-CN"), ("fr", "zh-CN"), ("en", "en"), ("EN-us", "en")]
)
def test_languages_that_are_not_there_are_chinese(asked: str | None, spoken: str) -> None:
    assert language(asked) == spoken


def test_a_word_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        text("en", "no.such.word")


def test_the_root_leads_to_the_wall(client: Any) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/wall")


def test_the_page_loads_each_script_and_style_once_and_from_here(client: Any) -> None:
    html = client.get("/wall").get_data(as_text=True)
    found = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert [address for address in found if "//" in address] == []
    names = Counter(address.split("?")[0] for address in found)
    assert [name for name, n in names.items() if n > 1] == []
    assert {"/assets/tokens.css", "/assets/wall.css", "/assets/wall_wide.css"} <= names.keys()


def test_scripts_of_the_page_are_files_except_those_of_dash_itself(client: Any) -> None:
    html = client.get("/wall").get_data(as_text=True)
    inline = re.findall(r"<script(?![^>]*src)[^>]*id=\"([^\"]+)\"", html)
    assert set(inline) <= {"_dash-config", "_dash-renderer"}


def test_nothing_that_citizens_wrote_can_become_markup() -> None:
    writers = [
        path.name
        for path in FRONTEND.rglob("*.ts")
        if re.search(r"innerHTML|insertAdjacentHTML|outerHTML|document\.write", path.read_text(encoding="utf-8"))
    ]
    assert writers == []
