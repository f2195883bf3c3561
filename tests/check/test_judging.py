"""The arrays and the SQL of the oracle judge every stream of events alike."""

import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.check.clocks import Clocks, deadlines, minutes
from dashboard.check.facts import Facts, read_facts
from dashboard.check.judging import judge
from dashboard.check.ledger import BUCKETS, NONE, Ledger, in_order, keys_of
from dashboard.check.oracle import recount
from tests.check.cities import SETTINGS, City, city, raws
from tests.domain.happenings import at, streams

NOW = at(40_000)
INSTANTS = ("accepted_at", "voided_at", "closed_at", "handled_at", "suspended_at", "supervised_at")
FLAGS = ("ever_handled", "ever_closed", "reopened", "escalated")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(streams(12), min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_arrays_and_sql_judge_alike(told: list, random) -> None:
    sent = [raw for number, stream in enumerate(told) for raw in raws(number, stream)]
    random.shuffle(sent)
    with tempfile.TemporaryDirectory() as directory, city(Path(directory), NOW) as town:
        town.send(sent)
        cases, flows = _in_arrays(town)
        facts = read_facts(town.store.engine, SETTINGS)
        with town.store.engine.begin() as connection:
            found = recount(connection, facts, town.store.last_seq(), NOW, 120)
    assert cases == _in_sql(found.cases)
    assert flows == _flows_in_sql(found.tallies, facts)


def _in_arrays(town: City) -> tuple[dict[int, dict[str, object]], Counter[str]]:
    cases: dict[int, dict[str, object]] = {}
    flows: Counter[str] = Counter()
    facts = read_facts(town.store.engine, SETTINGS)
    with town.store.engine.begin() as connection:
        ledger = Ledger(connection, town.store.last_seq())
        clocks = Clocks(facts, ledger)
        kinds = {ledger.number(code): ledger.number(kind) for code, kind in facts.categories[["code", "kind"]].values}
        for number in range(BUCKETS):
            judged = judge(in_order(connection, ledger.bucket(number)), kinds)
            due, (timed, natural, work) = deadlines(judged, clocks), minutes(judged, clocks)
            for name, flow in judged.flows.items():
                flows[name] += len(flow.case)
            for n, key in enumerate(judged.columns["key"].tolist()):
                case = {name: _known(judged.columns[name][n]) for name in INSTANTS}
                case |= {name: bool(judged.flags[name][n]) for name in FLAGS}
                case |= {
                    name: ledger.texts[judged.columns[name][n]] for name in ("region", "category", "channel", "kind")
                }
                case["reworked"] = bool(judged.flags["failed_check"][n] and judged.flags["ever_handled"][n])
                case["deadline"] = _known(due[n])
                case["natural_minutes"] = int(natural[n]) if timed[n] else None
                case["work_minutes"] = int(work[n]) if timed[n] else None
                cases[key] = case
    return cases, flows


def _known(value: np.int64) -> int | None:
    return None if value == NONE else int(value)


def _in_sql(cases: pd.DataFrame) -> dict[int, dict[str, object]]:
    names = (*INSTANTS, *FLAGS, "region", "category", "channel", "kind", "reworked", "deadline", "natural_minutes",
             "work_minutes")  # fmt: skip
    accepted = cases[cases.accepted_at.notna()] if len(cases) else cases
    keys = keys_of(accepted.id.tolist()).tolist()
    return {
        key: {name: _plain(row[name]) for name in names}
        for key, (_, row) in zip(keys, accepted.iterrows(), strict=True)
    }


def _plain(value: object) -> object:
    if isinstance(value, str | bool | np.bool_):
        return value if isinstance(value, str) else bool(value)
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]


def _flows_in_sql(tallies: pd.DataFrame, facts: Facts) -> Counter[str]:
    root = tallies[(tallies.region == "c") & (tallies.period < 1_000_000)] if len(tallies) else tallies
    names = ("accepted_flow", "filed_flow", "closed_flow", "reopened_flow", "voided_flow", "handled_flow",
             "failed_check_flow", "returned_flow", "rated")  # fmt: skip
    counted = Counter(dict.fromkeys(names, 0))
    for counter, n in zip(root.get("counter", []), root.get("n", []), strict=True):
        if counter in counted:
            counted[counter] += int(n)
    return counted
