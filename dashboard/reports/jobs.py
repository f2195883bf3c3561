"""What takes long about a report, as a record that another process can be handed."""

from collections.abc import Callable

import msgspec

from dashboard.reports.acting import Actor
from dashboard.reports.snapshot import Asked, Cut
from dashboard.security.caller import Caller

Tell = Callable[[float], None]
"""Takes the share that is done, 0 to 1."""
MAKE, CORRECT, FREEZE, ISSUE = JOBS = ("make", "correct", "freeze", "issue")


class Job(msgspec.Struct, frozen=True):
    """``act`` is one of ``JOBS``; ``report`` the id of the report (``make``: of the issued one that is revised, or
    empty). ``now`` is the clock of the data directory when the work began, ``real`` the machine's (epoch ms UTC);
    ``cut`` is where a draft is frozen (None: at the last event that is stored). With ``once`` a report that is there
    already is left as it is."""

    act: str
    asked: Asked
    caller: Caller
    now: int
    real: int
    address: str = ""
    report: str = ""
    cut: Cut | None = None
    once: bool = False

    @property
    def actor(self) -> Actor:
        """Who asked for it."""
        return Actor(self.caller, self.now, self.real, self.address)


Doing = Callable[[Job, Tell], str]
"""Does a job, here or in another process, and returns the id of its report; ``WorkFailed`` says why it cannot."""
