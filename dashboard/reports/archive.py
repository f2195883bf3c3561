"""The archive of reports as one caller may see it: list, search, one report, the files of an issued one.

An issued report circulates: by default every signed-in reader may see it (``public`` of ``office``); otherwise only
those whose region holds the report's region. What is not issued yet is seen by those who make reports for its region,
and while appeals are heard by those who are judged in it. The wall's rotation asks ``latest_issued``.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from dashboard.domain.regions import RegionTree
from dashboard.reports.snapshot import Asked, Cut
from dashboard.security.caller import Caller
from dashboard.security.scope import lies_in, sees_region

DRAFT, APPEALS, FROZEN, ISSUED = STATES = ("draft", "appeals", "frozen", "issued")
KINDS = ("month", "week", "quarter", "year", "excerpt", "notice")
FORMATS = ("docx", "pdf", "xlsx", "html", "json")
FOLDER = "reports"
"""Issued files lie in ``DIR/reports/ID/``."""
PAGE = 50
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class Entry(msgspec.Struct, frozen=True):
    """One report without its numbers. Instants are of the data directory's clock (epoch ms UTC), 0: not yet.

    ``title`` and ``number`` are as the document has them, ``until`` the end of the time for appeals, ``of`` the id of
    the report that this one revises, ``hash`` that of the snapshot, ``corrected`` how many accepted appeals are in it.
    """

    id: str
    asked: Asked
    state: str
    made: int
    made_by: str
    cut: Cut
    hash: str
    title: str = ""
    number: str = ""
    until: int = 0
    frozen: int = 0
    issued: int = 0
    issued_by: str = ""
    of: str = ""
    corrected: int = 0


class Wanted(msgspec.Struct, frozen=True):
    """What the archive is searched for; empty fields narrow nothing. ``words`` are looked for in title and number."""

    kind: str = ""
    period: str = ""
    region: str = ""
    state: str = ""
    words: str = ""


class Listed(msgspec.Struct, frozen=True):
    """A page of the archive, newest first; ``next`` is the cursor of the following page or empty."""

    entries: list[Entry]
    next: str
    total: int


def sees_report(tree: RegionTree, caller: Caller, entry: Entry, public: bool = True) -> bool:
    """Whether a caller may see the report itself."""
    if not caller.may("read"):
        return False
    inside = sees_region(tree, caller, _region(tree, entry)) and not caller.unit
    if entry.state == ISSUED:
        return public or inside
    return inside and caller.may("reports")


def hears_appeals(tree: RegionTree, caller: Caller, entry: Entry) -> bool:
    """Whether a caller is judged by a report whose appeals are open: it sees the head, its own rows and its appeals."""
    if entry.state not in (APPEALS, FROZEN) or not caller.may("read"):
        return False
    region = _region(tree, entry)
    return lies_in(tree, region, caller.region or region) or sees_region(tree, caller, region)


def _region(tree: RegionTree, entry: Entry) -> str:
    return entry.asked.region or (tree.regions[0].code if len(tree) else "")


def listed(
    entries: Sequence[Entry], wanted: Wanted, sees: Callable[[Entry], bool], cursor: str = "", limit: int = PAGE
) -> Listed:
    """Entries (newest first) that fit and may be seen. The cursor is the id of the last one shown."""
    found = [entry for entry in entries if fits(entry, wanted) and sees(entry)]
    ids = [entry.id for entry in found]
    start = ids.index(cursor) + 1 if cursor in ids else 0
    shown = found[start : start + limit]
    return Listed(shown, shown[-1].id if start + limit < len(found) else "", len(found))


def fits(entry: Entry, wanted: Wanted) -> bool:
    """Whether an entry is what is looked for; the period may be the beginning of one (``2026``)."""
    asked = entry.asked
    fields = ((asked.kind, wanted.kind), (asked.region, wanted.region), (entry.state, wanted.state))
    if any(want and have != want for have, want in fields):
        return False
    text = f"{entry.title} {entry.number} {asked.period}".casefold()
    return asked.period.startswith(wanted.period) and all(word in text for word in wanted.words.casefold().split())


def latest_issued(entries: Sequence[Entry], region: str = "") -> Entry | None:
    """The month's report that was issued last for a region (empty: the city): what the wall's rotation links to."""
    months = (one for one in entries if one.asked.kind == "month" and one.asked.region == region)
    issued = [one for one in months if one.state == ISSUED]
    return max(issued, key=lambda one: (one.asked.period, one.issued), default=None)


def before(entries: Sequence[Entry], entry: Entry) -> Entry | None:
    """The issued report of the same kind and region for the nearest earlier period."""
    same = [
        one for one in entries
        if one.state == ISSUED and one.asked.kind == entry.asked.kind and one.asked.region == entry.asked.region
        and one.asked.period < entry.asked.period
    ]  # fmt: skip
    return max(same, key=lambda one: (one.asked.period, one.issued), default=None)


def formats_of(directory: Path, id_: str) -> list[str]:
    """The formats in which the files of an issued report lie there."""
    return [format_ for format_ in FORMATS if file_of(directory, id_, format_) is not None]


def file_of(directory: Path, id_: str, format_: str) -> Path | None:
    """The file of an issued report, None where there is none; nothing but an id and a format decides."""
    if format_ not in FORMATS or not _ID.fullmatch(id_):
        return None
    root = (directory / FOLDER).resolve()
    for path in sorted((root / id_).glob(f"*.{format_}")):
        found = path.resolve()
        return found if found.is_file() and found.is_relative_to(root) else None
    return None
