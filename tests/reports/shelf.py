"""Reports for tests of the archive: an entry, its numbers and a document of a few words, without freezing anything."""

import msgspec

from dashboard.reports.archive import DRAFT, Entry
from dashboard.reports.document import Column, Document, Paragraph, Section, Table, Words
from dashboard.reports.snapshot import Asked, Cut, Snapshot, check_code, digest
from dashboard.reports.store import settled
from dashboard.security.caller import RIGHTS, Caller
from tests.reports import invented

SEPTEMBER = Asked("month", "2026-09")
MADE = 1_790_900_000_000


def caller(role: str, region: str = "", unit: str = "", name: str = "") -> Caller:
    return Caller(name or f"{role}{region}{unit}", role, RIGHTS[role], region, unit)


def numbers(asked: Asked = SEPTEMBER) -> Snapshot:
    return settled(msgspec.structs.replace(invented.snapshot(), asked=asked, cut=Cut(7, MADE)))


def words(snapshot: Snapshot, title: str = "关于2026年9月工作运行情况的通报") -> Document:
    """A document with one sentence and the streets' ranking."""
    hashed = digest(snapshot)
    rows = [[row.place.code, row.place.name, row.score] for row in snapshot.leagues["street"].rows]
    columns = [Column("code", "编码", detail=True), Column("name", "单位"), Column("score", "得分", "score")]
    ranking = Section("ranking", "三", "排名", [Paragraph([Words("如下。")]), Table("street", "街道", columns, rows)])
    return Document(
        "通报", "〔2026〕第9期", "综治中心", [title], "各县：", [Paragraph([Words("现通报如下。")])], [ranking], [], "",
        "综治中心", 0, "", hashed, check_code(hashed), False, True,
    )  # fmt: skip


def entry(snapshot: Snapshot, id_: str = "report-one", state: str = DRAFT, **more: object) -> Entry:
    made = Entry(id_, snapshot.asked, state, MADE, "张", snapshot.cut, digest(snapshot), "通报", "〔2026〕第9期")
    return msgspec.structs.replace(made, **more)
