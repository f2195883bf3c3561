import io
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from dashboard.check import check, check_command
from dashboard.check.comparing import Comparison, Disagreement
from dashboard.domain.tallies import COUNTERS
from tests.check.cities import SETTINGS, city, raws
from tests.domain.happenings import at, event, streams

NOW = at(40_000)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
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


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (
            "UPDATE tally SET closed_flow = 7 WHERE region = 'd1' AND period = 202610",
            ("d1 202610", "closed_flow", 7, 1),
        ),
        ("DELETE FROM tally WHERE region = 's1' AND period = 20261012", ("s1 20261012", "accepted", 0, 1)),
        ('UPDATE "case" SET handled_at = 1', ("case C1", "handled_at", "1", "1791765000000")),
        ('UPDATE "case" SET closed_at = NULL', ("c", "open", 1, 0)),
        ("UPDATE inflow SET n = 3 WHERE region = 'c' AND dimension = 'hour'", ("c 20261012 hour", "08", 3, 1)),
        ("DELETE FROM histogram WHERE region = 'r1' AND clock = 'work'", ("r1 202610 work", "0", 0, 1)),
    ],
)
def test_a_wrong_figure_is_found(tmp_path: Path, damage: str, found: tuple[object, ...]) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0), event("closed", 30)]))
        with town.store.write() as connection:
            connection.execute(text(damage))
        _, told = check(town.store.engine, SETTINGS)
    assert found in [(wrong.of, wrong.figure, wrong.stored, wrong.recounted) for wrong in told.disagreements]


def test_the_command_says_how_many_figures_it_compared(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        town.send(raws(1, [event("accepted", 0), event("closed", 30)]))
        good = io.StringIO()
        assert check_command(tmp_path, good) == 0
        with town.store.write() as connection:
            connection.execute(text("UPDATE tally SET closed_flow = 7 WHERE region = 'd1' AND period = 202610"))
        bad = io.StringIO()
        assert check_command(tmp_path, bad) == 1
    assert re.fullmatch(r"as of event 2: \d{3,} figures compared, all agree\n", good.getvalue())
    assert bad.getvalue().startswith("d1 202610: closed_flow stored 7, recounted 1\n")


@pytest.mark.parametrize("settings_text", [None, "zone = 7"])
def test_what_cannot_be_checked_is_said(tmp_path: Path, settings_text: str | None) -> None:
    if settings_text:
        (tmp_path / "config.toml").write_text(settings_text)
    said = io.StringIO()
    assert check_command(tmp_path, said) == 2
    assert str(tmp_path) in said.getvalue()
    assert not (tmp_path / "yiping.db").exists()


def test_an_empty_system_agrees(tmp_path: Path) -> None:
    with city(tmp_path, NOW) as town:
        assert check(town.store.engine, SETTINGS) == (0, Comparison(0, []))
        with town.store.write() as connection:
            columns = ", ".join(f"0 AS {name}" for name in COUNTERS)
            connection.execute(text(f"INSERT INTO tally SELECT 202610, 'c', 1, {columns}"))
            connection.execute(text("UPDATE tally SET closed_flow = 7"))
        _, told = check(town.store.engine, SETTINGS)
    assert told.disagreements == [Disagreement("c 202610", "closed_flow", 7, 0)]
