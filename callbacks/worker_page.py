"""The worker page: a purpose first, then the day."""

import msgspec
from dash.development.base_component import Component

from callbacks.pages import Content, Visit
from dashboard.domain.regions import RegionTree
from dashboard.queries.errors import NotFoundHere, Refused
from dashboard.queries.worker_answers import WorkerDay
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
    if address.language == "en":
        day = in_english(day, desk.base.tree)
    return worker_page.layout(
        address, day, look.purpose, look.until, who=desk.caller.name, at=desk.wall_clock(), zone=desk.settings.zone
    )


def in_english(day: WorkerDay, tree: RegionTree) -> WorkerDay:
    """The day with the English names of its stops' and cells' regions, where they have one."""

    def named(code: str, name: str) -> str:
        node = tree.latest.get(code)
        if node is None:
            return name
        own, *above = (tree.regions[n].called(True) for n in tree.chain(node))
        return f"{above[0]} · {own}" if above and " · " in name else own

    stops = [msgspec.structs.replace(stop, region_name=named(stop.region, stop.region_name)) for stop in day.stops]
    cells = [msgspec.structs.replace(cell, name=named(cell.code, cell.name)) for cell in day.cells]
    return msgspec.structs.replace(day, stops=stops, cells=cells)


def _way(visit: Visit, person: Person) -> tuple[Crumb, ...]:
    """The regions above the worker, named in the language of the page."""
    tree, english = visit.desk.base.tree, visit.address.language == "en"
    steps = [(code, tree.regions[tree.latest[code]].called(english)) for code, _ in person.crumbs]
    return tuple(Crumb(name, visit.address.plain(REGION, region=code).href) for code, name in steps)
