"""A condition on one column, as SQL and on arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Sign = Literal["=", "<", "between", "in", "true"]


@dataclass(frozen=True)
class Test:
    """``column`` compared with whole numbers of our own: one for ``=`` and ``<``, two (both included) for ``between``,
    any for ``in`` (nothing is in none), none for ``true``."""

    __test__ = False

    column: str
    sign: Sign
    values: tuple[int, ...] = ()

    @property
    def sql(self) -> str:
        """The condition with its numbers written out."""
        values = [str(int(value)) for value in self.values]
        if self.sign == "between":
            return f"{self.column} BETWEEN {values[0]} AND {values[1]}"
        if self.sign == "in":
            return f"{self.column} IN ({','.join(values)})" if values else "false"
        return self.column if self.sign == "true" else f"{self.column} {self.sign} {values[0]}"

    def holds(self, columns: Mapping[str, NDArray[np.integer]]) -> NDArray[np.bool_]:
        """Which rows it holds for."""
        column = columns[self.column]
        if self.sign == "true":
            return column.astype(np.bool_)
        if self.sign == "in":
            return np.isin(column, self.values)
        if self.sign == "between":
            return (column >= self.values[0]) & (column <= self.values[1])
        return column == self.values[0] if self.sign == "=" else column < self.values[0]
