"""The worker page: a purpose first, then the day."""

from dash.development.base_component import Component

from callbacks.pages import Content, Visit
from dashboard.queries.errors import NotFoundHere, Refused
from dashboard.queries.worker_days import Person
from dashboard.queries.worker_looks import Look
from layouts.address import REGION
from layouts.pages import worker as worker_page
from layouts.parts.shell import Crumb


def worker(visit: Visit) -> Content:
    """One worker's day where a purpose holds, else the form that asks for one."""
    address, desk = visit.address, visit.desk
    if not address.id:
        raise NotFoundHere("", "id")
    person = desk.person(address.id)
    look = desk.look(address.id)
    body = worker_page.purpose_form(address, person.name, visit.frame.csrf) if look is None else _day(visit, look)
    return Content(worker_page.title(address, person.name), body, _way(visit, person))


def _day(visit: Visit, look: Look) -> Component:
    address, desk = visit.address, visit.desk
    try:
        day = desk.worker_day(address.id, address.date, look.purpose)
    except (NotFoundHere, Refused) as problem:
        if problem.where != "date":
            raise
        return worker_page.no_such_day(address)
    return worker_page.layout(
        address, day, look.purpose, look.until, who=desk.caller.name, at=desk.wall_clock(), zone=desk.settings.zone
    )


def _way(visit: Visit, person: Person) -> tuple[Crumb, ...]:
    return tuple(Crumb(name, visit.address.plain(REGION, region=code).href) for code, name in person.crumbs)
