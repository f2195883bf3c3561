"""Who asks and what he, she or it may do: the same record for pages, callbacks, API, sockets, search and exports."""

from collections.abc import Mapping
from typing import Literal

import msgspec

Role = Literal["leader", "center", "street", "unit", "auditor", "admin", "wall"]
Right = Literal[
    "read", "write", "wall", "map", "personal", "tracks", "export", "audit", "accounts", "quarantine", "reports",
    "status",
]  # fmt: skip
"""``read`` figures and cases, ``write`` events, ``wall`` boards without personal data, ``map`` borders of regions,
``personal`` names, numbers and addresses in clear, ``tracks`` a worker's day (with a purpose), ``export`` files,
``audit`` the audit log, ``accounts`` people, devices and sessions, ``quarantine`` refused messages and the state of
sources, ``reports`` to make reports of one's region and take them further up to the issue, ``status`` how the
installation is."""

RIGHTS: Mapping[str, frozenset[str]] = {
    "leader": frozenset({"read", "wall", "map", "tracks", "export"}),
    "center": frozenset({"read", "wall", "map", "personal", "tracks", "export", "quarantine", "reports", "status"}),
    "street": frozenset({"read", "wall", "map", "personal", "tracks", "export"}),
    "unit": frozenset({"read", "map", "personal", "export"}),
    "auditor": frozenset({"audit"}),
    "admin": frozenset({"accounts", "status"}),
    "wall": frozenset({"wall", "map"}),
}
"""Rights of each role. Those who run accounts see no cases, those who audit see the log alone (三员分立)."""

ROLES: tuple[str, ...] = tuple(RIGHTS)
Via = Literal["session", "key", "device", "demo"]


class Caller(msgspec.Struct, frozen=True):
    """One caller as the doors recognised it.

    ``region`` is the code whose subtree bounds every row and count (empty: the whole city); ``unit`` the code of the
    handling unit whose cases alone are shown (empty: all). ``id`` is the public id of the session, key or device, by
    which it is revoked.
    """

    name: str
    role: str
    rights: frozenset[str]
    region: str = ""
    unit: str = ""
    via: Via = "session"
    id: str = ""

    def may(self, right: str) -> bool:
        """Whether the caller has a right."""
        return right in self.rights


DEMO = Caller(
    "demo",
    "leader",
    frozenset({"read", "wall", "map", "tracks", "export", "audit", "quarantine", "reports", "status"}),
    via="demo",
    id="demo",
)
"""Anybody on the machine of a demonstration: sees everything invented, changes no accounts."""
