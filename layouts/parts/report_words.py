"""What reports, their kinds, states and periods are called; instants of the archive."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from dashboard.reports.acting import OFFICE, SCHEDULE
from dashboard.reports.archive import Entry
from dashboard.reports.snapshot import check_code
from layouts.address import REPORT, Address
from layouts.i18n import Lang, messages, say, text
from layouts.parts.numerals import MISSING

_SIGNS = {"draft": "○", "appeals": "◔", "frozen": "◑", "issued": "●"}
_PERIODS = {
    "month": re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})"),
    "quarter": re.compile(r"(?P<year>\d{4})-Q(?P<quarter>[1-4])"),
    "year": re.compile(r"(?P<year>\d{4})"),
}


def kind_words(lang: Lang, kind: str) -> str:
    """What a kind of reports is called."""
    return text(lang, f"reports.kind.{kind}")


def state_words(lang: Lang, state: str) -> str:
    """What a state is called."""
    return text(lang, f"reports.state.{state}")


def state_mark(lang: Lang, state: str) -> str:
    """A state with a sign before it that says also without colour how far a report has come."""
    return f"{_SIGNS[state]} {state_words(lang, state)}"


def period_words(lang: Lang, period: str) -> str:
    """A period as people say it: 2026年10月, 2026年第4季度, 2026年; two days as they stand."""
    for name, pattern in _PERIODS.items():
        if found := pattern.fullmatch(period):
            parts = {key: int(value) for key, value in found.groupdict().items()}
            return say(lang, f"reports.period.{name}", **parts, text=period)
    return period.replace("..", " – ") or MISSING


def title_words(lang: Lang, entry: Entry) -> str:
    """A report's title, or kind and period where it has none yet."""
    return entry.title or f"{kind_words(lang, entry.asked.kind)} · {period_words(lang, entry.asked.period)}"


def day_and_minute(at: int, zone: str) -> str:
    """``2026-11-03 08:30`` of an instant (epoch ms) in a zone; ``—`` for 0."""
    return datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if at else MISSING


def code(entry: Entry) -> str:
    """The short check code of an entry, as its pages print it."""
    return check_code(entry.hash)


def who_words(lang: Lang, name: str) -> str:
    """Who did something: a person by the name of the account, the schedule, or somebody at the keyboard."""
    key = {SCHEDULE.name: "schedule", OFFICE.name: "command"}.get(name)
    return text(lang, f"reports.who.{key}") if key else name


def said_words(lang: Lang, said: str) -> str:
    """What the last form came to; empty where an address names nothing that was ever said."""
    key = f"reports.said.{said}"
    return text(lang, key) if said and key in messages(lang) else ""


def report_address(address: Address, id_: str) -> Address:
    """The page of one report in the language of an address."""
    return Address(REPORT, id=id_, lang=address.lang)
