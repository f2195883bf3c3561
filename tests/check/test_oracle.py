import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from dashboard.check import check
from tests.check.cities import SETTINGS, city, raws
from tests.domain.happenings import at, event, streams

NOW = at(40_000)


@settings(max_examples=25, phases=[Phase.generate], deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(streams(10), min_size=1, max_size=6), st.randoms(use_true_random=False), st.integers(0, 25_000))
def test_oracle_agrees_with_every_stream(told: list, random, minute: int) -> None:
    sent = [raw for number, stream in enumerate(told) for raw in raws(number, stream)]
    sent += random.sample(sent, len(sent) // 3)
    random.shuffle(sent)
    cuts = sorted(random.sample(range(len(sent) + 1), min(2, len(sent))))
    with tempfile.TemporaryDirectory() as directory, city(Path(directory), NOW) as town:
        for start, end in zip([0, *cuts], [*cuts, len(sent)], strict=True):
            town.send(sent[start:end])
        _, found = check(town.store.engine, SETTINGS, at(minute))
    assert found.disagreements == []
    assert found.compared > 0


def test_a_wrong_figure_is_found(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0), event("closed", 30)]))
        with town.store.write() as connection:
            connection.execute(text("UPDATE tally SET closed_flow = 7 WHERE region = 'd1' AND period = 202610"))
        _, found = check(town.store.engine, SETTINGS)
    assert [(wrong.of, wrong.figure, wrong.stored, wrong.recounted) for wrong in found.disagreements] == [
        ("d1 202610", "closed_flow", 7, 1)
    ]
