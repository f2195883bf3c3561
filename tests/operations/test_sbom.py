"""The bill of materials names everything that is installed or bundled, with hashes, and is the same each time."""

import re
from collections import Counter

from scripts.write_sbom import ROOT, document


def test_everything_of_the_locks_is_in_it() -> None:
    made = document()
    components = made["components"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    named = {name.lower() for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*?\])?==", lock, re.M)}
    python = {one["name"] for one in components if one["purl"].startswith("pkg:pypi/")}
    assert python == named and {"dash", "sqlalchemy", "alembic"} <= python
    browser = {one["name"] for one in components if one["purl"].startswith("pkg:npm/")}
    assert {"socket.io-client", "maplibre-gl", "@fontsource/noto-sans-sc"} <= browser
    assert not {"typescript", "esbuild"} & browser, "they build pages and are in none"


def test_each_is_told_once_with_its_hashes() -> None:
    made = document()
    assert max(Counter(one["bom-ref"] for one in made["components"]).values()) == 1
    for one in made["components"]:
        assert one["version"] and one["hashes"], one["name"]
        for digest in one["hashes"]:
            assert re.fullmatch(r"[0-9a-f]{64}|[0-9a-f]{128}", digest["content"])
    assert made["bomFormat"] == "CycloneDX" and made["specVersion"] == "1.6"
    assert document() == made
