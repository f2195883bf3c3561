"""The example alerts speak of metrics that exist, with labels that they have."""

import re
from pathlib import Path

import yaml
from prometheus_client.parser import text_string_to_metric_families

from dashboard.api.services import Vitals
from dashboard.domain.changes import SourceState
from tests.api.doors import door

ROOT = Path(__file__).resolve().parents[2]
RULES = yaml.safe_load((ROOT / "docs" / "deployment" / "alerts.yml").read_text(encoding="utf-8"))
OURS, LABELS = re.compile(r"\byiping_\w+"), re.compile(r"(yiping_\w+)\{([^}]*)\}")
SOURCE = SourceState("cases", "cases", 1_790_000_000_000, 1_790_000_000_000, 9, 1, {"future": 2})


def told(directory: Path) -> dict[str, set[str]]:
    """Every metric of a role by name, with the names of its labels."""
    vitals = Vitals(seq=1, tick_age=0.5, sources=[SOURCE], screens=2)
    with door(directory, vitals=lambda: vitals) as at_door:
        at_door.city.send([b"no json"])
        text = at_door.client.get("/metrics", headers=at_door.key("read")).get_data(as_text=True)
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {sample.name: set(sample.labels) for sample in samples}


def of_gateway() -> set[str]:
    """The names are made in one line of the gateway, which its own tests scrape."""
    source = (ROOT / "data_sources" / "gateway" / "door.py").read_text(encoding="utf-8")
    figures = re.search(r"figures = \{(.*?)\}", source, re.DOTALL)
    assert figures
    return {f"yiping_gateway_{name}" for name in re.findall(r'"(\w+)":', figures[1])}


def test_every_alert_can_fire(tmp_path: Path) -> None:
    known, gateway = told(tmp_path), of_gateway()
    rules = [rule for group in RULES["groups"] for rule in group["rules"]]
    assert len(rules) == len({rule["alert"] for rule in rules}) > 8
    for rule in rules:
        names = set(OURS.findall(rule["expr"]))
        assert names or "up{" in rule["expr"], rule["alert"]
        assert names <= known.keys() | gateway, (rule["alert"], names - known.keys())
        for name, labels in LABELS.findall(rule["expr"]):
            assert set(re.findall(r"(\w+)\s*=", labels)) <= known[name], rule["alert"]
        shown = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"])) - {"job", "instance"}
        assert shown <= set().union(*(known.get(name, set()) for name in names)), rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")
