"""The residents' register (人房管理): the newest figure of each metric of the region.

Metrics are named ``persons.PART``, ``houses.PART`` (or a plain total), ``accuracy`` (a share of one, ``sample`` records
checked) and ``tasks.KIND`` (done of ``sample``; ``KIND`` is the name of the task, an English one after a bar).
"""

from typing import Any

from dashboard.base_data.rows import MetricRow
from dashboard.boards.names import name, region_name
from dashboard.boards.scope import Scope

Own = dict[str, MetricRow]


def stock(scope: Scope) -> dict[str, Any] | None:
    """None where nothing was imported for the region."""
    own = _own(scope, scope.code)
    if not own:
        return None
    return {
        "updated": scope.state.days.start(max(row.day for row in own.values())),
        "persons": _counted(own, "persons"),
        "houses": _counted(own, "houses"),
        "accuracy": _accuracy(scope, own),
        "tasks": _tasks(own),
    }


def _own(scope: Scope, code: str) -> Own:
    return scope.state.metrics.get(code, {})


def _counted(own: Own, key: str) -> dict[str, Any] | None:
    """A total with its parts, largest first; the sum of the parts where no total was told."""
    prefix = f"{key}."
    parts = [(round(row.value), row.metric.removeprefix(prefix)) for row in _starting(own, prefix)]
    if key not in own and not parts:
        return None
    total = round(own[key].value) if key in own else sum(value for value, _ in parts)
    return {"value": total, "parts": [{"key": part, "value": value} for value, part in sorted(parts, reverse=True)]}


def _accuracy(scope: Scope, own: Own) -> dict[str, Any] | None:
    if "accuracy" not in own:
        return None
    tree = scope.base.tree
    children = [(node, _own(scope, tree.regions[node].code).get("accuracy")) for node in scope.children]
    rows = [
        {"code": tree.regions[node].code, "name": region_name(tree, node), **_share(row)}
        for node, row in children
        if row is not None
    ]
    return {**_share(own["accuracy"]), "target": scope.state.settings.targets.accuracy, "rows": rows}


def _share(row: MetricRow) -> dict[str, int]:
    """A share of one with its sample as two counts; nothing known about the sample: of 10,000."""
    sample = row.sample or 10_000
    return {"n": round(row.value * sample), "d": sample}


def _tasks(own: Own) -> list[dict[str, Any]]:
    rows = ((row.metric.removeprefix("tasks."), row) for row in _starting(own, "tasks."))
    return [
        {"key": key, "name": name(*key.split("|", 1)), "n": round(row.value), "d": row.sample or 0} for key, row in rows
    ]


def _starting(own: Own, prefix: str) -> list[MetricRow]:
    return [row for metric, row in sorted(own.items()) if metric.startswith(prefix)]
