"""The one scope predicate: pages, callbacks, API, sockets, search, exports and counts all ask here."""

from dashboard.domain.regions import RegionTree
from dashboard.security.caller import Caller


class OutOfScope(Exception):  # noqa: N818
    """What was asked for lies outside of what the caller may see. ``where`` names the parameter."""

    def __init__(self, detail: str, where: str = "region") -> None:
        super().__init__(detail)
        self.where = where


class UnknownRegion(LookupError):  # noqa: N818
    """There is no region of that code."""


def lies_in(tree: RegionTree, outer: str, inner: str) -> bool:
    """Whether a region code lies in another one (or is it), as the borders stand now. Empty ``outer`` holds all."""
    if not outer or outer == inner:
        return True
    above, below = tree.node(outer), tree.node(inner)
    return above is not None and below is not None and above <= below < int(tree.end[above])


def sees_region(tree: RegionTree, caller: Caller, region: str) -> bool:
    """Whether the caller may see figures, cases and workers of a region."""
    return lies_in(tree, caller.region, region)


def sees_case(tree: RegionTree, caller: Caller, region: str, unit: str) -> bool:
    """Whether the caller may see a case: it lies in the caller's region and, for a unit, is the unit's own."""
    return sees_region(tree, caller, region) and (not caller.unit or caller.unit == unit)


def bounded(tree: RegionTree, caller: Caller, asked: str = "") -> str:
    """The region to answer for; empty ``asked`` means the caller's own, empty for both the root.

    Raises ``UnknownRegion``, also while no regions have been imported, and ``OutOfScope``.
    """
    region = asked or caller.region or (tree.regions[0].code if len(tree) else "")
    if not region or tree.node(region) is None:
        raise UnknownRegion(f"there is no region {region!r}" if region else "no regions have been imported yet")
    if not sees_region(tree, caller, region):
        raise OutOfScope(f"{caller.name} is bound to region {caller.region}")
    return region
