"""What a search finds: regions, cases and workers by their names and codes, within what the caller may see."""

from collections.abc import Iterator, Sequence

from dashboard.domain.base import BaseData
from dashboard.domain.regions import LEVELS
from dashboard.extract import View
from dashboard.queries.case_lines import finds_titles, places_of
from dashboard.queries.drill_answers import Hit
from dashboard.queries.drill_contacts import told
from dashboard.queries.drill_lines import containing, worded
from dashboard.queries.drill_names import nodes_named, words_of
from dashboard.queries.drill_where import Condition
from dashboard.security.caller import Caller
from dashboard.security.masking import mask_name, mask_text
from dashboard.security.scope import sees_case, sees_region
from dashboard.store.store import Store

OUT_OF_SCOPE = 20
"""For each case that is shown so many are read: others may lie where the caller sees nothing."""
SHORTEST_PHONE = 4
"""Digits of a phone number that find a worker."""


def region_hits(q: str, base: BaseData, caller: Caller) -> Iterator[Hit]:
    """Regions whose code begins with the text or that its words name, the highest first."""
    tree = base.tree
    coded = [node for code, node in tree.latest.items() if code.startswith(q)]
    named = nodes_named(words_of(q), tree)
    for node in sorted({*coded, *named}, key=lambda n: (tree.level[n], n)):
        region = tree.regions[node]
        if sees_region(tree, caller, region.code):
            above = [tree.regions[n].name for n in reversed(tree.chain(node)[1:])]
            yield Hit("region", region.code, region.name, f"{LEVELS[region.level]} {' / '.join(above)}".strip())


def case_hits(q: str, view: View, base: BaseData, caller: Caller, limit: int) -> list[Hit]:
    """Cases whose id begins with the text or whose title contains it, newest first; of several words each may also
    name a place around the case."""
    where = _fitting(q, view, base, caller)
    if caller.region:
        where = where.also(f"region IN ({','.join(map(str, _inside(view, base, caller.region))) or 'NULL'})")
    if caller.unit:
        where = where.also(f"unit = {view.words.find(caller.unit)}")
    query = f"SELECT id, title, region, unit FROM cases WHERE {where.sql} ORDER BY last_at DESC, id"
    hits = []
    for case_id, title, number, unit in view.rows(f"{query} LIMIT {int(limit)}", where.values):
        region = view.places.codes[number] if number >= 0 else ""
        if sees_case(base.tree, caller, region, view.words.text(unit)):
            hits.append(_case_hit(case_id, title, region, base, caller))
    return hits


def _fitting(q: str, view: View, base: BaseData, caller: Caller) -> Condition:
    """One word at least is about the case itself: what lies in a place is the list's to say."""
    titles = finds_titles(caller, q)
    about = [containing(Condition(), word, finds_titles(caller, word)) for word in words_of(q)]
    own, values = " OR ".join(part.sql for part in about), [value for part in about for value in part.values]
    return worded(Condition(), q, view, base.tree, titles).also(f"({own})", *values)


def _case_hit(case_id: str, title: str, region: str, base: BaseData, caller: Caller) -> Hit:
    shown = title if caller.may("personal") else mask_text(title)
    return Hit("case", case_id, shown, " / ".join(places_of(region, base)))


def told_hits(q: str, store: Store, base: BaseData, caller: Caller, limit: int) -> list[Hit]:
    """Cases by address, phone or name of the citizen, for callers who may read these."""
    if not caller.may("personal"):
        return []
    with store.read() as connection:
        wanted = told(connection, q, limit * OUT_OF_SCOPE)
        rows = {row.id: row for row in store.cases(set(wanted), connection)}
    seen = [rows[id] for id in wanted if id in rows and sees_case(base.tree, caller, rows[id].region, rows[id].unit)]
    return [_case_hit(row.id, row.title, row.region, base, caller) for row in seen]


def _inside(view: View, base: BaseData, region: str) -> list[int]:
    """Numbers of the regions that lie in a region now."""
    tree = base.tree
    node = tree.latest.get(region)
    codes = [] if node is None else [tree.regions[n].code for n in range(node, int(tree.end[node]))]
    return sorted({view.places.number[code] for code in codes if code in view.places.number})


def worker_hits(q: str, base: BaseData, caller: Caller) -> Iterator[Hit]:
    """Workers whose id begins with the text or whose name or phone contains it; nobody for callers without the right
    tracks.

    Who may not read names finds workers by id and by the surname that stands in the masked name.
    """
    if not caller.may("tracks") or caller.unit:
        return
    people, regions, named = base.workers, base.tree.regions, caller.may("personal")
    for slot, (worker, name) in enumerate(zip(people.ids, people.names, strict=True)):
        if worker.startswith(q) or (_person_fits(q, base, slot) if named else mask_name(name).rstrip("*") == q):
            region = regions[int(people.home[slot])].code
            if sees_region(base.tree, caller, region):
                places = " / ".join(places_of(region, base))
                yield Hit("worker", worker, name if named else mask_name(name), places)


def _person_fits(q: str, base: BaseData, slot: int) -> bool:
    people = base.workers
    phone = people.phones[slot] if people.phones else ""
    return q in people.names[slot] or (len(q) >= SHORTEST_PHONE and q in phone)


def shared_out(kinds: Sequence[list[Hit]], limit: int) -> list[Hit]:
    """At most ``limit`` hits, each kind having at least its share where it found as many."""
    share = max(1, limit // max(1, len(kinds)))
    first = [hit for hits in kinds for hit in hits[:share]]
    rest = [hit for hits in kinds for hit in hits[share:]]
    kept = {(hit.kind, hit.id) for hit in (first + rest)[:limit]}
    return [hit for hits in kinds for hit in hits if (hit.kind, hit.id) in kept]
