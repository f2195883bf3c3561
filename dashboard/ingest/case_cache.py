"""Folded cases in memory: all open ones, and of the others those that changed last."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator

import msgspec

from dashboard.domain.life_cycle import Case

KEPT = 20_000
"""Cases that are not open held in memory."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Case).decode


def pack(case: Case) -> bytes:
    """A case as the store keeps it beside its row."""
    return _encode(case)


def unpack(fold: bytes) -> Case:
    """A case out of ``pack``."""
    return _decode(fold)


class CaseCache:
    """Not thread-safe; one writer owns it."""

    def __init__(self, open_cases: Iterable[bytes] = ()) -> None:
        self.open = {case.id: case for case in map(unpack, open_cases)}
        self._others: OrderedDict[str, Case] = OrderedDict()

    def get(self, ids: Iterable[str], read: Callable[[list[str]], dict[str, bytes]]) -> dict[str, Case]:
        """The cases of these ids that exist; ``read`` brings the folds of those not in memory."""
        found: dict[str, Case] = {}
        missing = []
        for case_id in ids:
            case = self.open.get(case_id) or self._others.get(case_id)
            if case is None:
                missing.append(case_id)
            else:
                found[case_id] = case
        if missing:
            found |= {case_id: unpack(fold) for case_id, fold in read(missing).items()}
        return found

    def put(self, cases: Iterable[Case]) -> None:
        """Keep what was committed."""
        for case in cases:
            if case.open:
                self.open[case.id] = case
                self._others.pop(case.id, None)
            else:
                self.open.pop(case.id, None)
                self._others[case.id] = case
                self._others.move_to_end(case.id)
        while len(self._others) > KEPT:
            self._others.popitem(last=False)

    def __iter__(self) -> Iterator[Case]:
        return iter(self.open.values())
