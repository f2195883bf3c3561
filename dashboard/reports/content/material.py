"""What a section is written from: the frozen numbers, the office's sentences and names, the tables so far."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from dashboard.domain.periods import LocalDays
from dashboard.reports.content.known import Known, given
from dashboard.reports.content.periods import PeriodWords, moment_words
from dashboard.reports.document import Num, Paragraph, Run, Table, Words
from dashboard.reports.numbers import written
from dashboard.reports.office_settings import Office
from dashboard.reports.snapshot import Snapshot, Unit
from dashboard.reports.wording import WORDING, Filling, fill

LONGEST_NAME = 30
"""Ideographs of a name in a text, Latin letters counting half; tables have all of it."""
CHANNELS = {
    "patrol": "网格员巡查上报", "grid": "网格员巡查上报", "worker": "网格员巡查上报", "grid_worker": "网格员巡查上报",
    "public": "市民随手拍", "citizen": "市民随手拍", "app": "市民随手拍", "hotline": "12345热线", "12345": "12345热线",
    "video": "视频智能识别", "superior": "上级交办", "other": "其他", "": "来源未注明",
}  # fmt: skip
"""Names of channels where neither base data nor the office has any."""
KINDS = {"event": "事件类", "part": "部件类", "": "性质未注明"}
_SPACE = re.compile(r"[\s\x00-\x1f\x7f\u2028\u2029]+")


@dataclass
class Material:
    """``tables`` are those of the annexes by key, ``annexes`` the number of the annex in which each stands."""

    snapshot: Snapshot
    office: Office
    words: PeriodWords
    tables: dict[str, Table] = field(default_factory=dict)
    annexes: dict[str, int] = field(default_factory=dict)
    known: Known = field(init=False)

    def __post_init__(self) -> None:
        self.known = Known(self.snapshot, self.tables)

    def value(self, key: str) -> float | None:
        """The value of a fact."""
        return self.known.fact(key).value

    def num(self, key: str, form: str = "") -> Num:
        """A number as it is written in a text."""
        fact = self.known.fact(key)
        return Num(key, form, written(fact.value, fact.unit, fact.n, fact.d, form))

    def given(self, value: float, unit: Unit = "number", form: str = "") -> Num:
        """A number that the office set."""
        return self.num(given(value, unit), form)

    def say(self, key: str, **holes: Filling) -> list[Run]:
        """A sentence, no runs where it has nothing to say."""
        template = self.office.wording.get(key, WORDING[key])
        return fill(template, holes, self.num)

    def name_of(self, code: str) -> Words:
        """A name by its code, the code where it has none."""
        return name(self.snapshot.names.get(code) or code)

    def name_of_place(self) -> Words:
        """The name of the region that the report is about."""
        return name(self.snapshot.place.name or self.snapshot.place.code)

    def channel(self, code: str) -> Words:
        """A channel's name: the office's, that of the snapshot, the usual one."""
        told = self.snapshot.names.get(code) if code else ""
        return name(self.office.channels.get(code) or told or CHANNELS.get(code) or code)

    def moment(self, year: bool = False) -> Words:
        """The instant of the cut-off, with its year where asked for or where that is not the period's."""
        at, zone = self.snapshot.cut.time, self.snapshot.zone
        later = LocalDays(zone).day(at - 1) // 10_000 != self.snapshot.last // 10_000
        return date(moment_words(at, zone, year or later))

    def annex(self, table: str) -> Words | None:
        """The number of the annex that holds a table, None where there is none."""
        number = self.annexes.get(table)
        return None if number is None else name(str(number))


def name(text: str, most: int = LONGEST_NAME) -> Words:
    """A name as a text has it: one line, not too long."""
    return Words(shortened(text, most), role="name")


def shortened(text: str, most: int = LONGEST_NAME) -> str:
    """In one line, cut with … where it is longer than ``most`` ideographs."""
    line = _SPACE.sub(" ", text).strip()
    if em(line) <= most:
        return line
    ends = accumulate(0.5 if letter.isascii() else 1.0 for letter in line)
    return line[: sum(end <= most - 1 for end in ends)] + "…"


def em(text: str) -> float:
    """The width of a text in ideographs: Latin letters and digits are half as wide."""
    return sum(0.5 if letter.isascii() else 1.0 for letter in text)


def date(text: str) -> Words:
    """A date or period."""
    return Words(text, role="date")


def joined(items: Sequence[Sequence[Run]], mark: str = "、") -> list[Run]:
    """Runs of several items with a mark between them; empty items left out."""
    found: list[Run] = []
    for item in items:
        if item:
            found += [Words(mark), *item] if found else item
    return found


def paragraph(*sentences: Sequence[Run], evidence: Sequence[str] = ()) -> list[Paragraph]:
    """One paragraph of sentences; none where they say nothing."""
    runs = [run for sentence in sentences for run in sentence]
    return [Paragraph(runs, list(evidence))] if runs else []


def parts_of(m: Material) -> Sequence[str]:
    """The parts that this kind of report has, in order."""
    parts: Sequence[str] = getattr(m.office.sections, m.snapshot.asked.kind, m.office.sections.month)
    return parts
