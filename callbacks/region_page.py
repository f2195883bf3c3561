"""The region page: the answers it is drawn from."""

from collections.abc import Sequence

import msgspec
from dash.development.base_component import Component

from callbacks.pages import Content, Visit
from callbacks.report_link import report_link
from dashboard.domain.periods import LocalDays
from dashboard.domain.regions import LEVELS, STREET, RegionTree
from dashboard.extract import NotReady
from dashboard.queries.desk import Desk
from dashboard.queries.drill_answers import Breakdown, CaseLine, CaseLines
from dashboard.queries.score_answers import League
from dashboard.queries.selection import Selection
from dashboard.security.scope import sees_region
from layouts.address import REGION, Address
from layouts.i18n import Lang, text
from layouts.pages.region import RegionView, heading_note, layout
from layouts.parts.attention import LISTED
from layouts.parts.case_table import case_table
from layouts.parts.filters import Choices
from layouts.parts.league import league_panel
from layouts.parts.numerals import instant
from layouts.parts.shell import Crumb
from layouts.sheets.cases import channel_name
from layouts.sheets.figures import place_name

OPEN_CASES = 10
RANKED_EVERY = 5 * 60_000
"""Ms between two rankings on a page of many things, as on the wall; the page of the ranking itself ranks anew."""
MOST_WORKERS = 2000
"""Workers on duty that a page names; more are counted."""


def region(visit: Visit) -> Content:
    """How a region stands, why, and who is on it."""
    address, desk = visit.address, visit.desk
    code = desk.region(address.region)
    address = address.to(region=code, cursor=address.cursor)
    with desk.one_moment():
        view = _view(address, desk)
    lang, settings = address.language, desk.settings
    cases = case_table(address, view.lines, lang, zone=settings.zone, soon=settings.rules.due_soon * 60_000)
    ranking = None if view.league is None else _ranking(address, view.league, settings.zone)
    body = layout(address, view, desk.caller, ranking, cases)
    place = view.kpis.region
    crumbs = tuple(Crumb(name, address.plain(REGION, region=above).href) for above, name in view.crumbs[:-1])
    return Content(place_name(place, lang), body, crumbs, heading_note(lang, view), report_link(visit, code))


def _view(address: Address, desk: Desk) -> RegionView:
    asked, tree = address.selection, desk.base.tree
    node = tree.latest[asked.region]
    breakdown, prepared = _breakdown(desk, asked)
    people = desk.base.workers.inside(tree, node)
    on_duty = [] if desk.caller.unit else desk.on_duty(asked.region, MOST_WORKERS)
    return RegionView(
        kpis=desk.kpis(asked), children=desk.children(asked), lines=_open_cases(desk, asked),
        supervised=_supervised(desk, asked), compared=desk.compared(asked),
        breakdown=breakdown, prepared=prepared,
        league=_below(address, desk), peers=_peers(address, desk), on_duty=on_duty, choices=choices(desk, address),
        crumbs=desk.way(asked.region, address.language == "en"), layers=_layers(address, desk), now=desk.now(),
        zone=desk.settings.zone, live=_live(address, desk), targets=desk.settings.targets, counts=_counts(desk, node),
        workers=people.stop - people.start,
        places={one.region: _below_here(tree, one.region, node, address.language == "en") for one in on_duty},
    )  # fmt: skip


def _ranking(address: Address, league: League, zone: str) -> Component:
    lang = address.language
    return league_panel(address, league, lang, as_of=f"{text(lang, 'region.as_of')} {instant(league.as_of.time, zone)}")


def _below_here(tree: RegionTree, code: str, here: int, english: bool) -> str:
    """Names of the regions between the page's own and one of its workers, the last three at most."""
    names = [tree.regions[node].called(english) for node in tree.chain(tree.latest[code]) if node > here]
    return " ".join(reversed(names[:3])) or tree.regions[here].called(english)


def _breakdown(desk: Desk, asked: Selection) -> tuple[Breakdown | None, float | None]:
    try:
        return desk.breakdown(asked), None
    except NotReady as problem:
        return None, problem.share


def _open_cases(desk: Desk, asked: Selection) -> CaseLines:
    """The open cases with the least time left, or those of the state that is filtered for."""
    if asked.state in ("", "open"):
        asked = msgspec.structs.replace(asked, state="open")
    try:
        return desk.case_lines(asked, "deadline" if asked.state == "open" else "", limit=OPEN_CASES)
    except NotReady:
        return CaseLines([], 0, None, desk.as_of())


def _supervised(desk: Desk, asked: Selection) -> Sequence[CaseLine]:
    """The open cases under supervision that are late the longest."""
    try:
        return desk.case_lines(msgspec.structs.replace(asked, state="supervised"), "deadline", limit=LISTED).rows
    except NotReady:
        return []


def _below(address: Address, desk: Desk) -> League | None:
    """The regions directly below by score; None where there are none."""
    tree = desk.base.tree
    below = tree.children(tree.latest[address.region])
    if not below or desk.caller.unit:
        return None
    return desk.league(LEVELS[int(tree.level[below[0]])], address.period, address.region, address.model, RANKED_EVERY)


def _peers(address: Address, desk: Desk) -> League | None:
    """The region among all of its level that the caller may see; None for the top of what the caller may see."""
    tree, top = desk.base.tree, desk.region()
    node = tree.latest[address.region]
    if desk.caller.unit or address.region == top or int(tree.level[node]) > STREET:
        return None
    return desk.league(LEVELS[int(tree.level[node])], address.period, top, address.model, RANKED_EVERY)


def _layers(address: Address, desk: Desk) -> list[tuple[str, str]]:
    word = "zh" if address.language == "zh-CN" else "en"
    return [(line.name, line.label[word]) for line in desk.layers(address.region)]


def _counts(desk: Desk, node: int) -> list[tuple[str, int]]:
    """(level, number of regions) of everything below a node."""
    tree = desk.base.tree
    levels = tree.level[tree.inside(node)]
    return [(LEVELS[level], len(tree.at_level(level, node))) for level in sorted(set(levels.tolist()))[1:]]


def _live(address: Address, desk: Desk) -> bool:
    """Whether the page shows the running month, or today, of everything: what the board of the region shows too."""
    today = LocalDays(desk.settings.zone).local(desk.now()).date().isoformat()
    return not address.selection.filtered and address.period in ("", desk.running_month(), today)


def choices(desk: Desk, address: Address) -> Choices:
    """What the filters offer, named in the language of the page."""
    lang, base = address.language, desk.base
    categories = [(one.code, _named(lang, one.name, one.name_en)) for one in base.categories.values()]
    channels = [(key, channel_name(key, lang)) for key in desk.channels()]
    own = desk.caller.unit
    units = [
        (one.code, _named(lang, one.name, one.name_en))
        for one in base.units.values()
        if own in ("", one.code) and (not one.region or sees_region(base.tree, desk.caller, one.region))
    ]
    return Choices(sorted(categories), channels, units)


def _named(lang: Lang, name: str, name_en: str) -> str:
    return (name_en if lang == "en" else "") or name
