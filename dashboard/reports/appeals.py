"""Appeals (申诉) against cases of a report: lodged by who is judged, decided once, kept for good.

Instants are of the data directory's clock, epoch ms UTC. Every act stands in the audit log in the same transaction.
"""

import secrets
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Column, Connection, Engine, MetaData, RowMapping, String, Table, Text, select, update

from dashboard.domain.regions import RegionTree
from dashboard.reports.acting import Actor
from dashboard.reports.appeal_changes import CHANGES
from dashboard.reports.snapshot import Correction
from dashboard.security.caller import Caller
from dashboard.security.masking import mask_name, mask_text
from dashboard.security.scope import sees_case
from dashboard.security.storable import storable
from dashboard.store.engine import writing
from dashboard.store.schema import Key

LODGED, ACCEPTED, REJECTED = "lodged", "accepted", "rejected"
LONGEST = 4000
"""Characters kept of a reason, of evidence and of why something was decided."""
SHORTEST = 2
LODGERS = frozenset({"unit", "street"})
"""Roles of those who are judged."""

metadata = MetaData()
appeal = Table(
    "appeal",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("report", String(64), nullable=False, index=True),
    Column("case", Key, nullable=False),
    Column("region", Key, nullable=False),  # of the case
    Column("unit", Key, nullable=False),  # of the case
    Column("change", String(20), nullable=False),
    Column("counts", Text, nullable=False),  # counter -> what an acceptance adds, as JSON
    Column("reason", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("by", Key, nullable=False),
    Column("role", String(20), nullable=False),
    Column("lodged", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("decided", BigInteger, nullable=False),
    Column("decided_by", Key, nullable=False),
    Column("why", Text, nullable=False),
)


class Appeal(msgspec.Struct, frozen=True):
    """One appeal. ``change`` is a key of ``appeal_changes.CHANGES``, ``counts`` what its acceptance adds to the
    counters of the case's region; ``decided`` is 0 while nobody has decided."""

    id: str
    report: str
    case: str
    region: str
    unit: str
    change: str
    counts: dict[str, int]
    reason: str
    evidence: str
    by: str
    role: str
    lodged: int
    state: str = LODGED
    decided: int = 0
    decided_by: str = ""
    why: str = ""


class Grounds(msgspec.Struct, frozen=True):
    """What a person writes: the case, what should change, why, and what shows it."""

    case: str
    change: str
    reason: str
    evidence: str


class AppealRefused(Exception):  # noqa: N818
    """An appeal that cannot be lodged or decided. ``key`` says why: ``words``, ``change``, ``again``, ``decided``,
    ``own``, ``missing``."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def create_appeal_table(engine: Engine) -> None:
    """Create the table where it does not exist."""
    with writing(engine) as connection:
        metadata.create_all(connection)


def may_lodge(tree: RegionTree, caller: Caller, region: str, unit: str) -> bool:
    """Whether a caller may appeal against a case: a unit against its own, a street against those of its region."""
    bound = caller.unit if caller.role == "unit" else caller.region
    judged = caller.role in LODGERS and bool(bound)
    return (judged or caller.via == "demo") and sees_case(tree, caller, region, unit)


def fit(grounds: Grounds) -> Grounds:
    """The grounds as they are stored; ``AppealRefused`` where words are missing or the change is none."""
    reason, evidence = (storable(words.strip(), LONGEST) for words in (grounds.reason, grounds.evidence))
    if grounds.change not in CHANGES:
        raise AppealRefused("change")
    if len(reason) < SHORTEST or len(evidence) < SHORTEST:
        raise AppealRefused("words")
    return Grounds(storable(grounds.case.strip(), 400), grounds.change, reason, evidence)


def lodge(connection: Connection, told: Appeal, actor: Actor) -> Appeal:
    """Store an appeal inside a transaction of ``writing``; its id is given here.

    ``AppealRefused`` where one about the same is not rejected yet, and where there is nothing to change.
    """
    same = (appeal.c.report == told.report) & (appeal.c.case == told.case) & (appeal.c.change == told.change)
    if connection.execute(select(appeal.c.id).where(same, appeal.c.state != REJECTED)).first():
        raise AppealRefused("again")
    if not told.counts:
        raise AppealRefused("change")
    found = msgspec.structs.replace(told, id=secrets.token_urlsafe(12))
    connection.execute(appeal.insert().values(_row(found)))
    actor.note(connection, "appeal.lodged", found.report, appeal=found.id, case=found.case, change=found.change)
    return found


def decide(connection: Connection, id_: str, report: str, accepted: bool, why: str, actor: Actor) -> Appeal:
    """Accept or reject an appeal against a report inside a transaction of ``writing``, once: of two people the second
    hears ``decided``.

    Who may is for ``workflow`` to say; nobody decides on his or her own appeal, and not without a reason.
    """
    words = storable(why.strip(), LONGEST)
    if len(words) < SHORTEST:
        raise AppealRefused("words")
    found, who = _one(connection, id_), actor.caller.name
    if found.report != report:
        raise AppealRefused("missing")
    if found.by == who and actor.caller.via != "demo":
        raise AppealRefused("own")
    state = ACCEPTED if accepted else REJECTED
    values: dict[str, Any] = {"state": state, "decided": actor.now, "decided_by": who, "why": words}
    still = (appeal.c.id == id_) & (appeal.c.state == LODGED)
    if connection.execute(update(appeal).where(still).values(values)).rowcount != 1:
        raise AppealRefused("decided")
    actor.note(connection, "appeal.decided", found.report, appeal=id_, state=state, why=words)
    return msgspec.structs.replace(found, **values)


def find_appeal(engine: Engine, id_: str) -> Appeal | None:
    """An appeal by its id."""
    with engine.connect() as connection:
        try:
            return _one(connection, id_)
        except AppealRefused:
            return None


def appeals_of(engine: Engine, report: str) -> list[Appeal]:
    """All appeals against a report in the order they came."""
    with engine.connect() as connection:
        return appeals_in(connection, report)


def appeals_in(connection: Connection, report: str) -> list[Appeal]:
    """The same inside a transaction."""
    question = select(appeal).where(appeal.c.report == report).order_by(appeal.c.lodged, appeal.c.case, appeal.c.id)
    return [_read(row) for row in connection.execute(question).mappings()]


def undecided(connection: Connection, report: str) -> int:
    """How many appeals against a report wait for a decision."""
    question = select(appeal.c.id).where(appeal.c.report == report, appeal.c.state == LODGED)
    return len(connection.execute(question).all())


def shown_to(tree: RegionTree, caller: Caller, found: list[Appeal]) -> list[Appeal]:
    """What of the appeals a caller may know of: those whose case the caller sees; texts masked without ``personal``."""
    visible = [one for one in found if sees_case(tree, caller, one.region, one.unit)]
    if caller.may("personal"):
        return visible
    return [
        msgspec.structs.replace(
            one, reason=mask_text(one.reason), evidence=mask_text(one.evidence), why=mask_text(one.why),
            by=one.by if one.by == caller.name else mask_name(one.by), decided_by=mask_name(one.decided_by),
        )
        for one in visible
    ]  # fmt: skip


def corrections(found: list[Appeal]) -> list[Correction]:
    """The accepted appeals as a snapshot records them; reasons masked, because a report circulates."""
    return [
        Correction(one.id, one.case, one.region, one.counts, mask_text(f"{one.reason}；{one.why}"))
        for one in found
        if one.state == ACCEPTED
    ]


def _one(connection: Connection, id_: str) -> Appeal:
    row = connection.execute(select(appeal).where(appeal.c.id == id_[:40])).mappings().first()
    if row is None:
        raise AppealRefused("missing")
    return _read(row)


def _row(found: Appeal) -> dict[str, Any]:
    return msgspec.structs.asdict(found) | {"counts": msgspec.json.encode(found.counts).decode()}


def _read(row: RowMapping) -> Appeal:
    values = {str(name): value for name, value in row.items()}
    return msgspec.convert(values | {"counts": msgspec.json.decode(row["counts"])}, Appeal)

