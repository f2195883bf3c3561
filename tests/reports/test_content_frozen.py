"""What is really frozen from stored events is composed without fault."""

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dashboard.domain.ranking import Model
from dashboard.queries.score_models import SHIPPED, load_models
from dashboard.reports.checks import faults
from dashboard.reports.content import compose
from dashboard.reports.office import Office
from dashboard.reports.reading import tables_of
from dashboard.reports.snapshot import Asked
from tests.domain.happenings import event, streams
from tests.reports.frozen import MONTH, frozen, frozen_at
from tests.reports.test_content_any import sound

KINDS = (
    MONTH, Asked("week", "2026-10-12..2026-10-18"), Asked("excerpt", "2026-10", "s2"),
    Asked("notice", "2026-10-13..2026-10-20", filters={"category": "natural"}),
    Asked("notice", "2026-10", filters={"unit": "u1"}), Asked("notice", "2026-10", filters={"state": "open"}),
)  # fmt: skip
FEW = settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)


@FEW
@given(st.lists(streams(10), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_every_stream_of_events(told: list, chance: random.Random) -> None:  # type: ignore[type-arg]
    with tempfile.TemporaryDirectory() as directory, frozen(Path(directory)) as town:
        for number, stream in enumerate(told):
            town.send(number, stream)
        snapshot = town.freeze(chance.choice(KINDS))
    sound(snapshot)


def test_a_ranked_month(tmp_path: Path) -> None:
    with frozen(tmp_path) as town:
        for n in range(120):
            region, category = ("r2", "natural") if n % 3 else ("r1", "work")
            told = [event("accepted", 90 * n, category=category, region=region, channel="hotline", unit=f"u{n % 2}")]
            told += [event("handled", 90 * n + 40), event("closed", 90 * n + 70)] if n % 4 else []
            town.send(n, told)
        for asked in KINDS:
            snapshot = town.freeze(asked)
            assert faults(compose(snapshot, Office()), snapshot) == []


@pytest.mark.parametrize("model", load_models(SHIPPED).values(), ids=lambda model: model.key)
def test_every_shipped_score_model(tmp_path: Path, model: Model) -> None:
    with frozen_at(f"sqlite:///{tmp_path / 'yiping.db'}", models={model.key: model}) as town:
        for n in range(100):
            region = "r2" if n % 3 else "r1"
            told = [event("accepted", 90 * n, category="natural", region=region, channel="hotline", unit="u1")]
            told += [event("handled", 90 * n + 40), event("closed", 90 * n + 70)] if n % 4 else []
            town.send(n, told)
        snapshot = town.freeze()
    document = sound(snapshot)
    table = tables_of(document)["ranking.district.1"]
    assert next(column for column in table.columns if column.key == "score").formula and table.rows
