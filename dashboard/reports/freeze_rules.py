"""What an office may set about the frozen numbers of a report."""

from typing import Annotated

import msgspec
from msgspec import Meta

_Some = Annotated[int, Meta(ge=1)]


class FreezeRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``repeat_days``: a complaint about the same at the same place within so many days is a repeated one.
    ``bottom_periods``: who stood last so many periods running is named. ``list_length``: cases of each list that are
    kept, all of them are counted. ``crossing_tag``: the tag of cases that belong into the list 三跨. ``units``: whether
    责任单位 are ranked."""

    repeat_days: _Some = 30
    bottom_periods: _Some = 3
    list_length: _Some = 500
    crossing_tag: str = "三跨"
    units: bool = True
