"""Which region a point lies in, for millions of points a second.

A grid of cells covers the city. A cell that no border touches has one answer, read from a table. In a cell that a
border does touch, only the few pieces of border inside that cell decide: a path runs from the cell's lower left corner
up and then right to the point, and each piece of a region's border that it crosses turns "inside" into "outside" or
back. This is the even-odd rule on the coordinates as they are, holes included, and its cost does not depend on how
many vertices a region has.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

OUTSIDE = -1


@dataclass(frozen=True, slots=True)
class Cells:
    """A grid of ``columns`` x ``rows`` cells over a box; ``width``/``height`` of a cell in degrees."""

    west: float
    south: float
    width: float
    height: float
    columns: int
    rows: int

    def column(self, lon: Floats) -> Longs:
        """Column of each longitude, clipped to the grid."""
        return clip_cell((lon - self.west) / self.width, self.columns)

    def row(self, lat: Floats) -> Longs:
        """Row of each latitude, clipped to the grid."""
        return clip_cell((lat - self.south) / self.height, self.rows)

    def left(self, column: Longs) -> Floats:
        """Longitude of the left side of each column."""
        return column.astype(np.float64) * self.width + self.west

    def bottom(self, row: Longs) -> Floats:
        """Latitude of the lower side of each row."""
        return row.astype(np.float64) * self.height + self.south


def clip_cell(position: Floats, count: int) -> Longs:
    """Whole cell of a position measured in cells, clipped to ``0 .. count - 1``."""
    clipped: Longs = np.clip(np.floor(position), 0, count - 1).astype(np.int64)
    return clipped


@dataclass(frozen=True, slots=True)
class Edges:
    """Pieces of border as columns: ends in degrees and the rank of the region whose border it is."""

    x1: Floats
    y1: Floats
    x2: Floats
    y2: Floats
    rank: Ints

    def __len__(self) -> int:
        return len(self.rank)


@dataclass(frozen=True)
class RasterIndex:
    """The finished index; build it with ``raster_build``.

    ``table`` holds for each cell a node, ``OUTSIDE``, or ``-2 - b`` for border cell ``b``. Border cell ``b`` has the
    answer ``fallback[b]`` unless one of its pairs ``pairs[b] .. pairs[b + 1]`` contains the point, the first of them
    winning. Pair ``p`` is a region ``node[p]``, whether the cell's lower left corner is in it, and its pieces of
    border in this cell.
    """

    cells: Cells
    bounds: tuple[float, float, float, float]
    table: Ints
    fallback: Ints
    pairs: Longs
    node: Ints
    corner: NDArray[np.bool_]
    pieces: Longs
    piece_edge: Ints
    edges: Edges

    def locate(self, lon: ArrayLike, lat: ArrayLike) -> Ints:
        """Tree node of the deepest region around each WGS-84 point, ``OUTSIDE`` where there is none (NaN included)."""
        x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        west, south, east, north = self.bounds
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        found = np.full(len(x), OUTSIDE, np.int32)
        if len(near) == 0:
            return found
        x, y = x[near], y[near]
        column, row = self.cells.column(x), self.cells.row(y)
        answer = self.table[row * self.cells.columns + column]
        border = np.flatnonzero(answer < OUTSIDE)
        if len(border):
            at = column[border], row[border]
            answer[border] = self._decide(-2 - answer[border], x[border], y[border], *at)
        found[near] = answer
        return found

    def _decide(self, cell: Ints, x: Floats, y: Floats, column: Longs, row: Longs) -> Ints:
        pair, point = _spread(self.pairs, cell)
        piece, of_pair = _spread(self.pieces, pair)
        of_point = point[of_pair]
        left, below = self.cells.left(column), self.cells.bottom(row)
        path = x[of_point], y[of_point], left[of_point], below[of_point]
        crossed = _crossed(self.edges, self.piece_edge[piece], *path)
        crossings = np.bincount(of_pair[crossed], minlength=len(pair))
        inside = np.flatnonzero(self.corner[pair] ^ (crossings & 1).astype(np.bool_))[::-1]
        answer = self.fallback[cell]
        answer[point[inside]] = self.node[pair[inside]]  # backwards: of several, the first pair is written last
        return answer


def _spread(starts: Longs, groups: Ints | Longs) -> tuple[Longs, Longs]:
    """Members of CSR groups, one after another, and for each the place in ``groups`` it came from."""
    first = starts[groups]
    counts = starts[groups + 1] - first
    origin = np.repeat(np.arange(len(groups)), counts)
    ends = np.cumsum(counts)
    return np.arange(len(origin)) - (ends - counts - first)[origin], origin


def _crossed(edges: Edges, edge: Ints, x: Floats, y: Floats, left: Floats, below: Floats) -> NDArray[np.bool_]:
    """Whether the path (left, below) - (left, y) - (x, y) crosses an edge an odd number of times."""
    x1, y1, x2, y2 = edges.x1[edge], edges.y1[edge], edges.x2[edge], edges.y2[edge]
    with np.errstate(divide="ignore", invalid="ignore"):
        at_y = x1 + (y - y1) * (x2 - x1) / (y2 - y1)
        at_left = y1 + (left - x1) * (y2 - y1) / (x2 - x1)
    across: NDArray[np.bool_] = ((y1 > y) != (y2 > y)) & (at_y > left) & (at_y <= x)
    up: NDArray[np.bool_] = ((x1 > left) != (x2 > left)) & (at_left > below) & (at_left <= y)
    return across ^ up
