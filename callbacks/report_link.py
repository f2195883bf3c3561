"""From figures of a closed period to the report that was issued about them."""

from callbacks.pages import Visit
from dashboard.reports.archive import ISSUED, Entry, Wanted
from layouts.address import Address
from layouts.i18n import say
from layouts.parts.report_words import kind_words, report_address
from layouts.parts.shell import Crumb

WHOLE = ("month", "week", "quarter", "year")
"""Kinds of reports about all cases of a period."""


def report_link(visit: Visit, region: str) -> Crumb | None:
    """The issued report of the visit's period about a region, else about the whole city; None where there is none."""
    address, known = visit.address, visit.reports
    if known is None or not address.period or address.selection.filtered:
        return None
    wanted = Wanted(period=address.period, state=ISSUED)
    found = [one for one in known.page(visit.desk.caller, wanted).entries if _is_about(one, address)]
    by_region = {one.asked.region: one for one in reversed(found)}
    entry = by_region.get(region) or by_region.get("")
    if entry is None:
        return None
    words = say(address.language, "reports.of_period", kind=kind_words(address.language, entry.asked.kind))
    return Crumb(words, report_address(address, entry.id).href)


def _is_about(entry: Entry, address: Address) -> bool:
    return entry.asked.period == address.period and entry.asked.kind in WHOLE
