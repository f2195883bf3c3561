"""Workers of a region."""

from dashboard.domain.base import BaseData
from dashboard.queries.answers import WorkerRecord


def workers_inside(base: BaseData, node: int) -> list[WorkerRecord]:
    """Workers whose own region is the node or lies in it, in slot order."""
    people, regions = base.workers, base.tree.regions
    span = people.inside(base.tree, node)
    return [
        WorkerRecord(
            people.ids[slot],
            people.names[slot],
            people.roles[slot],
            regions[int(people.home[slot])].code,
            None,
            None,
            None,
        )
        for slot in range(span.start, span.stop)
    ]
