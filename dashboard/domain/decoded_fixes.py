"""What a decoder of fixes gives: columns of what could be read, and what could not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.fixes import Fixes

NO_FIXES = Fixes(np.zeros(0, object), np.zeros(0, np.int64), np.zeros(0), np.zeros(0))


@dataclass(frozen=True, slots=True)
class Unread:
    """An item that is no fix: its place, one of ``fix_dialects.REASONS``, a sentence, and the item as it came."""

    index: int
    reason: str
    detail: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Decoded:
    """Columns of what could be read, ``index`` telling the place of each among the items, and what could not."""

    fixes: Fixes
    index: NDArray[np.intp]
    unread: tuple[Unread, ...] = ()

    def pair(self) -> tuple[Fixes, list[tuple[bytes, str]]]:
        """The columns, and raw items with reasons as a ``Batch`` carries them."""
        return self.fixes, [(item.raw, item.reason) for item in self.unread]
