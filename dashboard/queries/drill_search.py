"""What a search finds: regions, cases and workers by their names and codes, within what the caller may see."""

from collections.abc import Iterator, Sequence

from dashboard.domain.base import BaseData
from dashboard.domain.regions import LEVELS
from dashboard.extract import View
from dashboard.queries.case_lines import finds_titles, places_of
from dashboard.queries.drill_answers import Hit
from dashboard.queries.drill_lines import containing
from dashboard.queries.drill_where import Condition
from dashboard.security.caller import Caller
from dashboard.security.masking import mask_name, mask_text
from dashboard.security.scope import sees_case, sees_region


def region_hits(q: str, base: BaseData, caller: Caller) -> Iterator[Hit]:
    """Regions whose code begins with the text or whose name contains it, the highest first."""
    tree, folded = base.tree, q.casefold()
    found = [
        node
        for code, node in tree.latest.items()
        if code.startswith(q) or q in tree.regions[node].name or folded in tree.regions[node].name_en.casefold()
    ]
    for node in sorted(found, key=lambda n: (tree.level[n], n)):
        region = tree.regions[node]
        if sees_region(tree, caller, region.code):
            above = [tree.regions[n].name for n in reversed(tree.chain(node)[1:])]
            yield Hit("region", region.code, region.name, f"{LEVELS[region.level]} {' / '.join(above)}".strip())


def case_hits(q: str, view: View, base: BaseData, caller: Caller, limit: int) -> list[Hit]:
    """Cases whose id begins with the text or whose title contains it, newest first."""
    where = containing(Condition(), q, finds_titles(caller, q))
    if caller.region:
        where = where.also(f"region IN ({','.join(map(str, _inside(view, base, caller.region))) or 'NULL'})")
    if caller.unit:
        where = where.also(f"unit = {view.words.find(caller.unit)}")
    query = f"SELECT id, title, region, unit FROM cases WHERE {where.sql} ORDER BY last_at DESC, id"
    hits = []
    for case_id, title, number, unit in view.rows(f"{query} LIMIT {int(limit)}", where.values):
        region = view.places.codes[number] if number >= 0 else ""
        if sees_case(base.tree, caller, region, view.words.text(unit)):
            shown = title if caller.may("personal") else mask_text(title)
            hits.append(Hit("case", case_id, shown, " / ".join(places_of(region, base))))
    return hits


def _inside(view: View, base: BaseData, region: str) -> list[int]:
    """Numbers of the regions that lie in a region now."""
    tree = base.tree
    node = tree.latest.get(region)
    codes = [] if node is None else [tree.regions[n].code for n in range(node, int(tree.end[node]))]
    return sorted({view.places.number[code] for code in codes if code in view.places.number})


def worker_hits(q: str, base: BaseData, caller: Caller) -> Iterator[Hit]:
    """Workers whose id begins with the text or whose name contains it; nobody for callers without the right tracks.

    Who may not read names finds workers by id alone and sees them masked.
    """
    if not caller.may("tracks") or caller.unit:
        return
    people, regions, named = base.workers, base.tree.regions, caller.may("personal")
    for slot, (worker, name) in enumerate(zip(people.ids, people.names, strict=True)):
        if worker.startswith(q) or (named and q in name):
            region = regions[int(people.home[slot])].code
            if sees_region(base.tree, caller, region):
                places = " / ".join(places_of(region, base))
                yield Hit("worker", worker, name if named else mask_name(name), places)


def shared_out(kinds: Sequence[list[Hit]], limit: int) -> list[Hit]:
    """At most ``limit`` hits, each kind having at least its share where it found as many."""
    share = max(1, limit // max(1, len(kinds)))
    first = [hit for hits in kinds for hit in hits[:share]]
    rest = [hit for hits in kinds for hit in hits[share:]]
    kept = {(hit.kind, hit.id) for hit in (first + rest)[:limit]}
    return [hit for hits in kinds for hit in hits if (hit.kind, hit.id) in kept]
