"""What a page asks about: a region, a period of acceptance and filters. The address of the page spells the same."""

import msgspec


class Selection(msgspec.Struct, frozen=True):
    """``period`` is a period text (empty: the running month). Empty filters narrow nothing.

    ``category`` may be the beginning of a code (a main category); ``state`` is one of ``queries.cases`` (``open``,
    ``closed``, ``overdue``, ``suspended``, ``supervised``, ``due_soon``); ``hour`` is ``00``..``23`` and ``weekday``
    ``1`` (Monday)..``7`` of the acceptance.
    """

    region: str = ""
    period: str = ""
    category: str = ""
    channel: str = ""
    unit: str = ""
    state: str = ""
    hour: str = ""
    weekday: str = ""

    @property
    def filtered(self) -> bool:
        """Whether anything but region and period narrows it."""
        return any((self.category, self.channel, self.unit, self.state, self.hour, self.weekday))
