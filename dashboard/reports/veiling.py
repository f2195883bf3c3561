"""Names of persons in the titles of listed cases: a report circulates, so nobody reads them in it."""

import msgspec
from sqlalchemy import Connection, Engine, bindparam, text

from dashboard.queries.drill_answers import CaseLine
from dashboard.reports.snapshot import Snapshot
from dashboard.security.masking import CaseVeil

AT_ONCE = 500
_EVENTS = text("SELECT case_id, raw FROM event WHERE case_id IN :ids AND seq <= :seq").bindparams(
    bindparam("ids", expanding=True)
)


def veiled(engine: Engine, snapshot: Snapshot) -> Snapshot:
    """The snapshot whose titles of cases name nobody whom an event of the case names."""
    ids = sorted({line.id for lines in snapshot.lists.values() for line in lines})
    veils: dict[str, CaseVeil] = {}
    with engine.connect() as connection:
        for start in range(0, len(ids), AT_ONCE):
            veils |= _veils(connection, ids[start : start + AT_ONCE], snapshot.cut.seq)
    lists = {name: [_line(line, veils) for line in lines] for name, lines in snapshot.lists.items()}
    return msgspec.structs.replace(snapshot, lists=lists)


def _veils(connection: Connection, ids: list[str], seq: int) -> dict[str, CaseVeil]:
    data: dict[str, list[dict[str, object]]] = {}
    for case, raw in connection.execute(_EVENTS, {"ids": ids, "seq": seq}):
        found = msgspec.json.decode(raw).get("data")
        data.setdefault(case, []).extend([found] if isinstance(found, dict) else [])
    return {case: CaseVeil(events) for case, events in data.items()}


def _line(line: CaseLine, veils: dict[str, CaseVeil]) -> CaseLine:
    veil = veils.get(line.id)
    return line if veil is None else msgspec.structs.replace(line, title=veil.text(line.title))
