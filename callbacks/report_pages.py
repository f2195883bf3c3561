"""The pages about reports: from a visit to what the caller may see of reports to content."""

from collections.abc import Callable, Sequence
from functools import wraps

from callbacks.pages import Content, Visit
from callbacks.region_page import choices
from dashboard.domain.periods import LocalDays
from dashboard.domain.regions import LEVELS, STREET, Region
from dashboard.queries.desk import Desk
from dashboard.queries.errors import NotFoundHere
from dashboard.reports.appeals import LODGERS
from dashboard.reports.archive import ISSUED, Entry, Wanted, before
from dashboard.reports.checks import Fault
from dashboard.reports.fault_words import in_words
from dashboard.reports.refused import ReportRefused
from dashboard.reports.workflow import Reports
from dashboard.reports.works import Work
from dashboard.security.caller import Caller
from layouts.address import REPORTS, Address
from layouts.i18n import Lang, say, text
from layouts.pages import report as report_page
from layouts.pages import report_compare as compare_page
from layouts.pages import reports as archive_page
from layouts.parts.report_appeals import Hearing
from layouts.parts.report_make import MAKE, Making
from layouts.parts.report_words import kind_words, period_words
from layouts.parts.shell import Crumb

WORKS_SHOWN = 5
"""Works of which the archive tells."""
DISTRICT, LOWEST = LEVELS.index("district"), LEVELS.index("community")


def _found(make: Callable[[Visit, Reports], Content]) -> Callable[[Visit], Content]:
    """A page that does not exist where its reports do not, for this caller."""

    @wraps(make)
    def page(visit: Visit) -> Content:
        if visit.reports is None:
            raise NotFoundHere("", "id")
        try:
            return make(visit, visit.reports)
        except ReportRefused as problem:
            raise NotFoundHere("", problem.where) from problem

    return page


@_found
def reports(visit: Visit, known: Reports) -> Content:
    """The archive, or the form that asks for a report."""
    address, desk = visit.address, visit.desk
    desk.region(address.region)
    wanted = Wanted(address.kind, address.period, address.region, address.state, address.q)
    found, works = known.page(desk.caller, wanted, address.cursor), known.works(desk.caller)[:WORKS_SHOWN]
    view = archive_page.Archive(
        found, works, names(desk, address.language), regions(desk, address.language, DISTRICT, STREET),
        desk.settings.zone, {one.id: known.formats(desk.caller, one) for one in found.entries}, _making(desk, address),
    )  # fmt: skip
    crumbs = (_archive(address),) if address.view == MAKE else ()
    body = archive_page.layout(address, view, visit.frame.csrf)
    return Content(archive_page.heading(address, view), body, crumbs)


@_found
def report(visit: Visit, known: Reports) -> Content:
    """One report."""
    address, caller = visit.address, visit.desk.caller
    entry = known.one(caller, address.id)
    faults = known.faults(caller, entry.id)
    makes = faults is not None
    view = report_page.ReportView(
        entry, known.document(caller, entry.id), names(visit.desk, address.language), visit.desk.settings.zone,
        formats=known.formats(caller, entry), acts=known.acts(caller, entry), works=works_of(known, caller, entry.id),
        makes=makes, whole=known.sees_all(caller, entry), faults=_faults(visit, faults or ()),
        hearing=Hearing(known.appeals(caller, entry.id), _lodges(visit, entry), makes, caller.name),
    )  # fmt: skip
    return Content(_heading(visit, entry), report_page.layout(address, view, visit.frame.csrf), (_archive(address),))


@_found
def compare(visit: Visit, known: Reports) -> Content:
    """Two reports beside each other; without a second one the one before."""
    address, caller = visit.address, visit.desk.caller
    first = known.one(caller, address.a)
    wanted = Wanted(first.asked.kind, region=first.asked.region, state=ISSUED)
    same = [one for one in known.page(caller, wanted).entries if one.asked.region == first.asked.region]
    earlier = before(same, first)
    second = address.b or (earlier.id if earlier else "")
    found = known.compare(caller, first.id, second) if second else None
    body = compare_page.layout(address.to(a=first.id, b=second), same, found, _categories(visit))
    heading = say(address.language, "reports.compare.heading", scope=_scope(visit, first))
    return Content(heading, body, (_archive(address),))


def _faults(visit: Visit, found: Sequence[Fault]) -> list[tuple[str, str]]:
    """(where, what) of each, the place in words as the report itself is."""
    if not found:
        return []
    base = visit.desk.base
    known = {region.code: region.name for region in base.tree.regions}
    known |= {unit.code: unit.name for unit in base.units.values()}
    known |= {category.code: category.name for category in base.categories.values()}
    return [(in_words(one.where, known), one.what) for one in found]


def _categories(visit: Visit) -> dict[str, str]:
    """Names of categories in the page's language, where base data have them."""
    if visit.address.language != "en":
        return {}
    return {code: category.name_en for code, category in visit.desk.base.categories.items() if category.name_en}


def _archive(address: Address) -> Crumb:
    return Crumb(text(address.language, "shell.reports"), Address(REPORTS, lang=address.lang).href)


def _heading(visit: Visit, entry: Entry) -> str:
    lang = visit.address.language
    kind, period = kind_words(lang, entry.asked.kind), period_words(lang, entry.asked.period)
    return say(lang, "reports.heading", kind=kind, period=period, scope=_scope(visit, entry))


def _scope(visit: Visit, entry: Entry) -> str:
    return names(visit.desk, visit.address.language).get(entry.asked.region, entry.asked.region)


def _lodges(visit: Visit, entry: Entry) -> bool:
    """Whether the caller is judged and the time for appeals runs; each case is looked at when it is named."""
    caller = visit.desk.caller
    judged = caller.role in LODGERS and bool(caller.unit or caller.region)
    return (judged or caller.via == "demo") and visit.desk.now() < entry.until


def works_of(known: Reports, caller: Caller, id_: str) -> list[Work]:
    """The newest work about a report, while it is not done."""
    mine = [work for work in known.works(caller) if work.report == id_][:1]
    return [work for work in mine if work.state != "done"]


def names(desk: Desk, lang: Lang) -> dict[str, str]:
    """Names of the regions that reports are about by code in a language, empty code: the whole city."""
    tree = desk.base.tree
    known = {region.code: _named(region, lang) for region in tree.regions if region.level <= LOWEST}
    return {"": text(lang, "reports.city")} | known


def _named(region: Region, lang: Lang) -> str:
    return (region.name_en if lang == "en" else "") or region.name


def regions(desk: Desk, lang: Lang, *levels: int) -> list[tuple[str, str]]:
    """(code, name) of the regions of some levels that a caller sees, in the order of the tree."""
    tree, top = desk.base.tree, desk.region()
    nodes = sorted(int(node) for level in levels for node in tree.at_level(level, tree.latest[top]))
    return [(tree.regions[node].code, _named(tree.regions[node], lang)) for node in nodes]


def _making(desk: Desk, address: Address) -> Making | None:
    """What the caller may ask for; None for whoever makes no reports."""
    caller, lang = desk.caller, address.language
    if not caller.may("reports") or caller.unit:
        return None
    today = LocalDays(desk.settings.zone).day(desk.now())
    known, streets = regions(desk, lang, DISTRICT, STREET), regions(desk, lang, STREET)
    return Making(today, known, streets, not caller.region, choices(desk, address))
