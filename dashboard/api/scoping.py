"""The scope predicate in the words of HTTP: 404 for what is not there, 403 for what is not the caller's."""

from dashboard.api.problems import Problem
from dashboard.domain.base import BaseData
from dashboard.security import scope
from dashboard.security.caller import Caller


def bounded(base: BaseData, caller: Caller, asked: str, where: str = "region") -> str:
    """The region to answer for. Empty ``asked`` means the caller's own; 403 outside of it, 404 where there is none."""
    try:
        return scope.bounded(base.tree, caller, asked)
    except scope.UnknownRegion as problem:
        raise Problem(404, str(problem), where) from problem
    except scope.OutOfScope as problem:
        raise Problem(403, str(problem), where) from problem


def unbounded(caller: Caller) -> None:
    """403 for a caller bound to a region or unit, at addresses whose rows belong to neither."""
    if caller.region or caller.unit:
        raise Problem(403, "this address is closed to keys that are bound to a region or unit", "Authorization")


def every_unit(caller: Caller) -> None:
    """403 for a caller bound to a unit, at addresses that count cases of all units."""
    if caller.unit:
        raise Problem(403, f"{caller.name} sees the cases of unit {caller.unit}, not figures of all", "Authorization")
