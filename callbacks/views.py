"""The pages: from a visit to answers to content. A new page is a function and a line in ``PAGES``."""

from collections.abc import Mapping

from callbacks.pages import Content, Page, Visit
from callbacks.region_page import choices, region
from callbacks.report_link import report_link
from callbacks.report_pages import compare, report, reports
from callbacks.worker_page import worker
from dashboard.domain.regions import LEVELS
from dashboard.queries.errors import NotFoundHere
from layouts.address import CASE, CASES, COMPARE, RANKING, REGION, REPORT, REPORTS, SCORE, WORKER
from layouts.i18n import say, text
from layouts.pages import case as case_page
from layouts.pages import cases as cases_page
from layouts.pages import ranking as ranking_page
from layouts.pages import score as score_page
from layouts.parts.filters import filter_bar
from layouts.parts.shell import Crumb


def cases(visit: Visit) -> Content:
    """The list of cases, and what a search found."""
    address, desk = visit.address, visit.desk
    lines = desk.case_lines(address.selection, address.sort, address.cursor, q=address.q)
    hits = desk.search(address.q) if address.q else []
    settings = desk.settings
    bar = filter_bar(address, choices(desk, address), desk.now(), settings.zone)
    body = cases_page.layout(
        address, lines, hits, bar, may_export=desk.caller.may("export"), zone=settings.zone, soon=_soon(visit),
        personal=desk.caller.may("personal"),
    )  # fmt: skip
    return Content(text(address.language, "shell.cases"), body, way(visit, address.region))


def case(visit: Visit) -> Content:
    """One case."""
    found = visit.desk.case(visit.address.id)
    if found is None:
        raise NotFoundHere("", "id")
    may_export = visit.desk.caller.may("export")
    body = case_page.layout(visit.address, found, visit.desk.settings.zone, _soon(visit), may_export=may_export)
    heading = say(visit.address.language, "page.case", id=found.line.id)
    return Content(heading, body, way(visit, found.line.region, whole=True))


def ranking(visit: Visit) -> Content:
    """Units of a level in order."""
    address = visit.address
    found = visit.desk.league(address.level, address.period, address.region, address.model)
    zone, levels = visit.desk.settings.zone, _levels_below(visit, found.under)
    body = ranking_page.layout(address, found, visit.desk.caller, zone, levels)
    note = ranking_page.heading_note(address.language, found, zone)
    link = report_link(visit, found.under)
    return Content(text(address.language, "shell.ranking"), body, way(visit, address.region), note, link)


def _levels_below(visit: Visit, region: str) -> list[str]:
    """Levels that can be ranked inside a region."""
    tree = visit.desk.base.tree
    node = tree.latest[region]
    below = set(tree.level[tree.inside(node)].tolist()) - {int(tree.level[node])}
    return [LEVELS[level] for level in sorted(below) if LEVELS[level] in ranking_page.CHOICES]


def score(visit: Visit) -> Content:
    """Why a unit has its score."""
    address = visit.address
    found = visit.desk.explain(address.region, address.period, address.model)
    lang, zone = address.language, visit.desk.settings.zone
    body = score_page.layout(address, found, visit.desk.caller, zone)
    note = score_page.heading_note(lang, found, zone)
    return Content(score_page.heading(lang, found), body, score_page.crumbs(address, found), note)


def way(visit: Visit, region: str, whole: bool = False) -> tuple[Crumb, ...]:
    """The regions above one, each a link to its page; ``whole`` keeps the region itself as the last step."""
    code = visit.desk.region(region)
    steps = visit.desk.way(code, visit.address.language == "en")
    return tuple(
        Crumb(name, visit.address.plain(REGION, region=code).href) for code, name in (steps if whole else steps[:-1])
    )


def _soon(visit: Visit) -> int:
    return visit.desk.settings.rules.due_soon * 60_000


PAGES: Mapping[str, Page] = {
    REGION: region, CASES: cases, CASE: case, WORKER: worker, RANKING: ranking, SCORE: score, REPORTS: reports,
    REPORT: report, COMPARE: compare,
}  # fmt: skip
"""Every page under its path."""
