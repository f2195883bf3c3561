"""The text of a report: each number as its fact is written, no other digits than those of dates and names, and every
sentence's evidence there.
"""

import re
from collections.abc import Iterable, Iterator

from dashboard.queries.score_answers import League
from dashboard.reports.content.known import Known
from dashboard.reports.content.material import CHANNELS, name
from dashboard.reports.document import Document, Num, Paragraph, Run, Table, Words
from dashboard.reports.fault import Fault
from dashboard.reports.numbers import written
from dashboard.reports.reading import blocks_of
from dashboard.reports.snapshot import Snapshot
from dashboard.reports.wording import DATE

BEFORE = 8
"""Characters of the text before a wrong number that are told."""
_DIGIT = re.compile(r"\d")
_BARE = re.compile(r"[\d.,%−–\s]+")


def text_faults(document: Document, known: Known) -> Iterator[Fault]:
    """Everything that is wrong in titles, paragraphs and notes."""
    for place, text in _plain(document):
        if _DIGIT.search(DATE.sub("", text)):
            yield Fault(place, f"“{text}”中有未经核对的数字")
    names = _names(document, known.snapshot)
    own = {id(block) for section in document.sections if section.key == "next" for block in section.blocks}
    cases = {case.id for rows in known.snapshot.lists.values() for case in rows}
    for place, block in blocks_of(document):
        if isinstance(block, Paragraph):
            yield from (Fault(place, what) for what in _paragraph(block, known, names, cases))
            if id(block) not in own and any(isinstance(run, Words) and run.role == "own" for run in block.runs):
                yield Fault(place, "不在下步要求之中，不得有自行撰写的文字")
        elif isinstance(block, Table):
            yield from _notes(place, block)


def _plain(document: Document) -> Iterator[tuple[str, str]]:
    """Headings, which say no number."""
    yield from ((f"{section.number}、", section.heading) for section in document.sections)


def _notes(place: str, table: Table) -> Iterator[Fault]:
    for note in table.notes:
        if _DIGIT.search(DATE.sub("", note)):
            yield Fault(f"{place}·表“{table.title}”附注", f"“{note}”中有未经核对的数字")


def _paragraph(paragraph: Paragraph, known: Known, names: frozenset[str], cases: set[str]) -> Iterator[str]:
    for number, run in enumerate(paragraph.runs):
        what = _number(run, known) if isinstance(run, Num) else _words(run, names)
        if what:
            yield f"“{_text(paragraph.runs[:number])[-BEFORE:]}”之后：{what}"
    for key in paragraph.evidence:
        if key not in known.tables and key not in cases:
            yield f"依据{key}不存在"


def _text(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)


def _number(run: Num, known: Known) -> str:
    fact = known.fact(run.fact)
    wanted = written(fact.value, fact.unit, fact.n, fact.d, run.form)
    return "" if run.text == wanted else f"写作{run.text}，应为{wanted}（{run.fact}）"


def _words(run: Words, names: frozenset[str]) -> str:
    if run.role == "own" or not _DIGIT.search(run.text):
        return ""
    if run.role == "date":
        return f"“{run.text}”不是日期" if _DIGIT.search(DATE.sub("", run.text)) else ""
    if run.role == "name":
        return f"“{run.text}”不是已知的名称" if _BARE.fullmatch(run.text) and run.text not in names else ""
    return f"“{run.text}”中有未经核对的数字"


def _names(document: Document, snapshot: Snapshot) -> frozenset[str]:
    """Names that may look like numbers: those of the snapshot, its model's version, the annexes' numbers."""
    rows = [row.place for league in _leagues(snapshot) for row in league.rows]
    given = (*snapshot.names.values(), snapshot.model.version, snapshot.place.name, *CHANNELS)
    places = [text for place in rows for text in (place.name, place.code)]
    codes = [key.partition(".")[2] for key in snapshot.facts if key.startswith(("category.", "channel.", "grid."))]
    codes += [snapshot.own.group] if snapshot.own else []
    numbers = [str(annex.number) for annex in document.annexes]
    return frozenset(name(text).text for text in (*given, *snapshot.names, *places, *codes, *numbers))


def _leagues(snapshot: Snapshot) -> Iterator[League]:
    yield from (snapshot.leagues[level] for level in snapshot.levels)
    if snapshot.units is not None:
        yield snapshot.units
