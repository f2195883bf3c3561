"""The same answers from SQLite and PostgreSQL."""

import msgspec

from dashboard.check import check
from dashboard.queries.cases import CaseFilters
from dashboard.queries.queries import Queries
from dashboard.security.keys import create_key, find_key
from tests.check.cities import SETTINGS, city_at, raws
from tests.domain.happenings import at, event
from tests.servers import database_url, postgres_url

__all__ = ["database_url", "postgres_url"]
NOW = at(20_000)


def test_every_kind_of_question(database_url: str) -> None:
    with city_at(database_url, NOW) as town:
        town.send(raws(1, [event("accepted", 0, category="natural"), event("closed", 30), event("rated", 40, score=4)]))
        town.send(raws(2, [event("accepted", 7000, category="work", region="r2"), event("suspended", 7100)]))
        town.send(raws(3, [event("reported", 20)]))
        queries = Queries(town.store, lambda: town.base, SETTINGS, town.clock.now)
        month, day, past = (
            queries.kpis("c", *asked).equation for asked in (("2026-10",), ("2026-10-12",), ("2026-10", "3"))
        )
        part = {f.key: f.value for f in queries.kpis("s1", "2026-10-10..2026-10-14").figures}
        ranked = [[row.code for row in queries.ranking(level, "2026-10").rows] for level in ("street", "grid")]
        listed = [case.id for case in queries.cases(CaseFilters("s2", state="suspended", category="wo")).cases]
        caller = find_key(town.store.engine, create_key(town.store.engine, "k", ["read"]))
        _, found = check(town.store.engine, SETTINGS)
    assert [msgspec.structs.astuple(equation) for equation in (month, day, past)] == [
        (0, 2, 0, 1, 0, 1),
        (0, 1, 0, 1, 0, 0),
        (0, 1, 0, 1, 0, 0),
    ]
    assert part["handling_hours"] is not None and part["on_time_rate"] == 1.0
    assert ranked == [["s1", "s2"], ["r1", "r2"]]
    assert listed == ["C2"]
    assert caller is not None and caller.may("read") and not caller.may("write")
    assert found.disagreements == []
