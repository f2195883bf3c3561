"""From a snapshot and an office's settings to a document: one file for each section, one line in a tuple."""

from collections.abc import Callable, Iterable, Sequence

from dashboard.reports.content.analysis import analysis
from dashboard.reports.content.analysis_tables import analysis_tables
from dashboard.reports.content.basis import basis
from dashboard.reports.content.crew import crew, crew_table
from dashboard.reports.content.figures import figure_tables
from dashboard.reports.content.head import addressees, data_line, number, opening, organ, title
from dashboard.reports.content.issues import issues
from dashboard.reports.content.list_tables import list_blocks
from dashboard.reports.content.lists import lists
from dashboard.reports.content.material import Material, parts_of
from dashboard.reports.content.next_steps import next_steps
from dashboard.reports.content.periods import period_words
from dashboard.reports.content.ranking import ranking
from dashboard.reports.content.ranking_tables import ranking_annexes
from dashboard.reports.content.total import total
from dashboard.reports.document import Annex, Block, Document, Section, Table
from dashboard.reports.office_settings import Office
from dashboard.reports.snapshot import Snapshot, check_code, digest

SECTIONS: dict[str, tuple[str, Callable[[Material], Sequence[Block]]]] = {
    "total": ("总体情况", total),
    "analysis": ("案件分析", analysis),
    "ranking": ("排名情况", ranking),
    "crew": ("队伍运行", crew),
    "lists": ("超期、督办、挂账和三跨案件", lists),
    "issues": ("存在问题", issues),
    "next": ("下步要求", next_steps),
}
"""Heading and writer of each part that an office may have."""
ANNEXES: tuple[tuple[str, Callable[[Material], Iterable[tuple[str, Sequence[Block]]]]], ...] = (
    ("ranking", ranking_annexes),
    ("total", lambda m: [("主要指标", figure_tables(m))]),
    ("analysis", lambda m: [("案件分析数据", analysis_tables(m))]),
    ("crew", lambda m: [("队伍运行数据", crew_table(m))]),
    ("lists", lambda m: [("超期、督办、挂账和三跨案件清单", list_blocks(m))]),
    ("", lambda m: [("指标口径、计分办法和数据核对", basis(m))]),
)
"""Titles and blocks of annexes, each with the part that it belongs to (empty: to the whole)."""
NUMERALS = "一二三四五六七八九十"


def compose(snapshot: Snapshot, office: Office, *, issued: int = 0, draft: bool = True) -> Document:
    """The report of a snapshot in the office's words; ``issued`` is the local day ``YYYYMMDD`` of the issue."""
    m = Material(snapshot, office, period_words(snapshot))
    annexes, hashed = _annexes(m), digest(snapshot)
    return Document(
        masthead=office.masthead, number=number(m), organ=organ(m, office.organ), title=title(m), to=addressees(m),
        opening=opening(m), sections=_sections(m), annexes=annexes, cc=office.cc,
        printed_by=organ(m, office.printed_by), issued=issued, footer=data_line(m), hash=hashed,
        code=check_code(hashed), demo=snapshot.demo, draft=draft, logo=office.logo,
    )  # fmt: skip


def _annexes(m: Material) -> list[Annex]:
    """The annexes; their tables are then known to the sections."""
    shown = [write for part, write in ANNEXES if not part or part in parts_of(m)]
    found = [(title, list(blocks)) for write in shown for title, blocks in write(m) if blocks]
    for place, (_, blocks) in enumerate(found, 1):
        for table in (block for block in blocks if isinstance(block, Table)):
            m.tables[table.key], m.annexes[table.key] = table, place
    return [Annex(place, title, blocks) for place, (title, blocks) in enumerate(found, 1)]


def _sections(m: Material) -> list[Section]:
    written = [(key, SECTIONS[key][0], list(SECTIONS[key][1](m))) for key in parts_of(m)]
    shown = [each for each in written if each[2]]
    return [Section(key, NUMERALS[place], heading, blocks) for place, (key, heading, blocks) in enumerate(shown)]
