"""Handlers of reports: the archive and what a report says; neither makes one nor takes one further."""

from typing import TYPE_CHECKING

from dashboard.api.asking import Nothing, ReportQuestion
from dashboard.api.problems import Problem
from dashboard.api.reading import Call
from dashboard.api.services import Services
from dashboard.reports.archive import Listed, Wanted
from dashboard.reports.document import Document
from dashboard.reports.refused import ReportRefused

if TYPE_CHECKING:
    from dashboard.reports.workflow import Reports


def reports(services: Services, call: Call[ReportQuestion]) -> Listed:
    """A page of the archive as the caller may see it, newest first."""
    ask = call.question
    return _archive(services).page(
        call.caller, Wanted(ask.kind, ask.period, ask.region, ask.state, ask.words), ask.cursor
    )


def report(services: Services, call: Call[Nothing]) -> Document:
    """What one report says; a report that the caller may not see does not exist for the caller."""
    try:
        return _archive(services).document(call.caller, call.path["id"])
    except ReportRefused as problem:
        raise Problem(404, str(problem), "id") from problem


def _archive(services: Services) -> "Reports":
    if services.reports is None:
        raise Problem(503, "no reports are kept in this process", headers={"Retry-After": "30"})
    return services.reports
