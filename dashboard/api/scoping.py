"""The region of a key bounds every row and count: a question may narrow it, never widen it."""

from dashboard.api.keys import Access
from dashboard.api.problems import Problem
from dashboard.domain.base import BaseData


def inside(base: BaseData, outer: str, inner: str) -> bool:
    """Whether a region code lies in another one (or is it), as the borders stand now. Empty ``outer`` holds all."""
    if not outer or outer == inner:
        return True
    above, below = base.tree.node(outer), base.tree.node(inner)
    return above is not None and below is not None and above <= below < int(base.tree.end[above])


def bounded(base: BaseData, access: Access, asked: str, where: str = "region") -> str:
    """The region to answer for. Empty ``asked`` means the caller's own; 403 outside of it, 404 where there is none."""
    region = asked or access.region or (base.tree.regions[0].code if len(base.tree) else "")
    if not region:
        raise Problem(404, "no regions have been imported yet", where)
    if base.tree.node(region) is None:
        raise Problem(404, f"there is no region {region!r}", where)
    if not inside(base, access.region, region):
        raise Problem(403, f"the key is bound to region {access.region}", where)
    return region


def unbounded(access: Access) -> None:
    """403 for a key that is bound to a region, at addresses whose rows belong to no region."""
    if access.region:
        raise Problem(403, "this address is closed to keys that are bound to a region", "Authorization")
