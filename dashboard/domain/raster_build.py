"""Builds the raster index from borders: scan lines and sorted keys over all regions at once, no loop over cells.

A region's *rank* orders who wins: deeper levels over higher ones, then earlier nodes. Sorted keys of (rank, row,
column) describe which cell corners lie inside which region as intervals; cells touched by a border are cut out of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.base import BaseData, Ring
from dashboard.domain.raster import Cells, Edges, Floats, Ints, Longs, RasterIndex, clip_cell
from dashboard.domain.regions import RegionTree

FEWEST_CELLS, MOST_CELLS, CELLS_PER_REGION = 1 << 16, 1 << 23, 512
_SLACK = 1e-6  # of a cell: a border on the line between two cells belongs to both, whatever the rounding
_CHUNK = 1 << 22


class RasterCache:
    """``build`` that remembers its last answer, for several users of one snapshot. Thread-safe."""

    def __init__(self, build: Callable[[BaseData], RasterIndex] | None = None) -> None:
        self._build = build or raster_of
        self._lock = Lock()
        self._last: tuple[BaseData, RasterIndex] | None = None

    def __call__(self, base: BaseData) -> RasterIndex:
        """The index of ``base``, built once."""
        with self._lock:
            if self._last is None or self._last[0] is not base:
                self._last = (base, self._build(base))
            return self._last[1]


def raster_of(base: BaseData) -> RasterIndex:
    """Index over the borders of all regions in force, the deepest region winning where several contain a point."""
    tree = base.tree
    return build_raster(tree, {n: r for n, r in base.geometry.items() if tree.latest[tree.regions[n].code] == n})


def build_raster(tree: RegionTree, geometry: Mapping[int, Sequence[Ring]]) -> RasterIndex:
    """Index over given borders; 90,000 regions take seconds. Where two regions of one level overlap the first wins."""
    nodes = sorted(geometry, key=lambda n: (int(tree.level[n]), -n))
    edges = _edges([geometry[n] for n in nodes])
    if len(edges) == 0:
        return _empty(edges)
    bounds = _bounds(edges)
    cells = _grid(bounds, len(nodes))
    edge, cell = _touched(edges, cells)
    order = np.lexsort((-edges.rank[edge], cell))
    edge, cell = edge[order], cell[order]
    starts, ends = _inside_corners(edges, cells)
    owner = _owners(cells, (starts, ends), _keys(cells, edges.rank[edge], cell))
    keep = edges.rank[edge] > owner[cell]
    return _assemble(np.array(nodes, np.int32), cells, bounds, edges, owner, edge[keep], cell[keep], (starts, ends))


def _edges(regions: Sequence[Sequence[Ring]]) -> Edges:
    rings = [(rank, _open(ring.points)) for rank, rings in enumerate(regions) for ring in rings if len(ring.points)]
    if not rings:
        none = np.zeros(0)
        return Edges(none, none, none, none, np.zeros(0, np.int32))
    sizes = np.array([len(points) for _, points in rings])
    points = np.concatenate([points for _, points in rings]).astype(np.float64)
    after = np.arange(1, len(points) + 1)
    after[np.cumsum(sizes) - 1] = np.cumsum(sizes) - sizes
    rank = np.repeat(np.array([rank for rank, _ in rings], np.int32), sizes)
    x, y = points[:, 0].copy(), points[:, 1].copy()
    return Edges(x, y, x[after], y[after], rank)


def _open(points: Floats) -> Floats:
    return points[:-1] if len(points) > 1 and (points[0] == points[-1]).all() else points


def _bounds(edges: Edges) -> tuple[float, float, float, float]:
    return float(edges.x1.min()), float(edges.y1.min()), float(edges.x1.max()), float(edges.y1.max())


def _grid(bounds: tuple[float, float, float, float], regions: int) -> Cells:
    west, south, east, north = bounds
    total = min(max(CELLS_PER_REGION * regions, FEWEST_CELLS), MOST_CELLS)
    wide, high = max(east - west, 1e-9), max(north - south, 1e-9)
    columns = int(np.clip(np.sqrt(total * wide / high), 1, total))
    rows = max(1, total // columns)
    return Cells(west, south, wide / columns, high / rows, columns, rows)


def _rows_of(edges: Edges, cells: Cells) -> tuple[NDArray[np.intp], Longs]:
    """Every (edge, row of cells) that meet."""
    low, high = np.minimum(edges.y1, edges.y2), np.maximum(edges.y1, edges.y2)
    first = clip_cell((low - cells.south) / cells.height - _SLACK, cells.rows)
    last = clip_cell((high - cells.south) / cells.height + _SLACK, cells.rows)
    counts = last - first + 1
    edge = np.repeat(np.arange(len(edges)), counts)
    return edge, np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts - first, counts)


def _touched(edges: Edges, cells: Cells) -> tuple[Ints, Longs]:
    """Every (edge, cell) that meet, each once."""
    edge, row = _rows_of(edges, cells)
    a, b = (_x_at(edges, edge, cells.bottom(line)) for line in (row, row + 1))
    flat = edges.y1[edge] == edges.y2[edge]
    left = np.where(flat, np.minimum(edges.x1[edge], edges.x2[edge]), np.minimum(a, b))
    right = np.where(flat, np.maximum(edges.x1[edge], edges.x2[edge]), np.maximum(a, b))
    first = clip_cell((left - cells.west) / cells.width - _SLACK, cells.columns)
    last = clip_cell((right - cells.west) / cells.width + _SLACK, cells.columns)
    counts = last - first + 1
    column = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts - first, counts)
    return np.repeat(edge, counts).astype(np.int32), np.repeat(row, counts) * cells.columns + column


def _x_at(edges: Edges, edge: NDArray[np.intp], y: Floats) -> Floats:
    """Where an edge stands at a height, or at its end where the height is beyond it."""
    x1, y1, x2, y2 = edges.x1[edge], edges.y1[edge], edges.x2[edge], edges.y2[edge]
    level = np.clip(y, np.minimum(y1, y2), np.maximum(y1, y2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(y1 == y2, x1, x1 + (level - y1) * (x2 - x1) / (y2 - y1))


def _keys(cells: Cells, rank: Ints, cell: Longs) -> Longs:
    """(rank, row, column) as one number; a row has one column more than cells, for intervals that end at its end."""
    return (rank.astype(np.int64) * cells.rows + cell // cells.columns) * (cells.columns + 1) + cell % cells.columns


def _inside_corners(edges: Edges, cells: Cells) -> tuple[Longs, Longs]:
    """Runs of cells whose lower left corner lies inside a region, as sorted disjoint intervals of keys."""
    edge, row = _rows_of(edges, cells)
    y = cells.bottom(row)
    crossing = np.flatnonzero((edges.y1[edge] > y) != (edges.y2[edge] > y))
    edge, row, y = edge[crossing], row[crossing], y[crossing]
    x1, y1, x2, y2 = edges.x1[edge], edges.y1[edge], edges.x2[edge], edges.y2[edge]
    column = _first_right_of(cells, x1 + (y - y1) * (x2 - x1) / (y2 - y1))
    key = np.sort((edges.rank[edge].astype(np.int64) * cells.rows + row) * (cells.columns + 1) + column)
    return key[0::2], key[1::2]


def _first_right_of(cells: Cells, x: Floats) -> Longs:
    """First column whose left side is not left of ``x``, decided by the very numbers that a query compares."""
    column = np.ceil((x - cells.west) / cells.width).astype(np.int64)
    column -= cells.left(column - 1) >= x
    column += cells.left(column) < x
    clipped: Longs = np.clip(column, 0, cells.columns)
    return clipped


def _owners(cells: Cells, corners: tuple[Longs, Longs], border: Longs) -> Ints:
    """Highest rank that covers each cell whole, -1 where none does."""
    starts, ends = corners
    border = np.sort(border)
    border = border[np.diff(border, prepend=-1) != 0]
    cut = border[_contains(corners, border)]
    starts, ends = np.sort(np.concatenate([starts, cut + 1])), np.sort(np.concatenate([cut, ends]))
    owner = np.full(cells.columns * cells.rows, -1, np.int32)
    for first, last in _chunks(ends - starts):
        counts = ends[first:last] - starts[first:last]
        key = np.repeat(starts[first:last] - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))
        line, column = np.divmod(key, cells.columns + 1)
        rank, row = np.divmod(line, cells.rows)
        owner[row * cells.columns + column] = rank  # keys ascend, so the highest rank is written last
    return owner


def _chunks(sizes: Longs) -> Iterator[tuple[int, int]]:
    """Slices of intervals whose sizes add up to about ``_CHUNK``, to bound memory."""
    total = np.cumsum(sizes)
    first = 0
    while first < len(sizes):
        done = int(total[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(total, done + _CHUNK, "right")))
        yield first, last
        first = last


def _contains(intervals: tuple[Longs, Longs], key: Longs) -> NDArray[np.bool_]:
    starts, ends = intervals
    at = np.searchsorted(starts, key, "right") - 1
    inside: NDArray[np.bool_] = (at >= 0) & (key < ends[at]) if len(starts) else np.zeros(len(key), np.bool_)
    return inside


def _assemble(
    nodes: Ints,
    cells: Cells,
    bounds: tuple[float, float, float, float],
    edges: Edges,
    owner: Ints,
    edge: Ints,
    cell: Longs,
    corners: tuple[Longs, Longs],
) -> RasterIndex:
    rank = edges.rank[edge]
    new_pair = np.flatnonzero((np.diff(cell, prepend=-1) != 0) | (np.diff(rank, prepend=-1) != 0))
    pair_cell, pair_rank = cell[new_pair], rank[new_pair]
    new_cell = np.flatnonzero(np.diff(pair_cell, prepend=-1))
    border = pair_cell[new_cell]
    names = np.append(nodes, np.int32(-1))  # rank -1 (nobody) reads the last entry
    table = names[owner]
    fallback = table[border]
    table[border] = -2 - np.arange(len(border), dtype=np.int32)
    return RasterIndex(
        cells,
        bounds,
        table,
        fallback,
        np.append(new_cell, len(new_pair)),
        nodes[pair_rank],
        _contains(corners, _keys(cells, pair_rank, pair_cell)),
        np.append(new_pair, len(edge)),
        edge,
        edges,
    )


def _empty(edges: Edges) -> RasterIndex:
    nothing, start = np.zeros(0, np.int32), np.zeros(1, np.int64)
    nowhere = (np.inf, np.inf, -np.inf, -np.inf)
    cells = Cells(0.0, 0.0, 1.0, 1.0, 1, 1)
    table = np.full(1, -1, np.int32)
    return RasterIndex(cells, nowhere, table, nothing, start, nothing, nothing.astype(np.bool_), start, nothing, edges)
