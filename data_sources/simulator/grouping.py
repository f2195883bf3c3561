"""Which cell belongs to which community, street and district: compact groups of neighbours."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Groups = NDArray[np.intp]


def apportion(total: int, weights: NDArray[np.float64], most: NDArray[np.intp]) -> NDArray[np.intp]:
    """``total`` in whole parts by weight, each between 1 and ``most``. ValueError where that is impossible."""
    if not len(weights) <= total <= int(most.sum()):
        raise ValueError(f"{total} cannot be split into {len(weights)} parts between 1 and {most.tolist()[:5]}…")
    parts: NDArray[np.intp] = np.clip(np.floor(total * weights / weights.sum()).astype(np.intp), 1, most)
    while (rest := total - int(parts.sum())) != 0:
        wish = total * weights / weights.sum() - parts
        free = parts < most if rest > 0 else parts > 1
        order = np.argsort(np.where(free, -wish if rest > 0 else wish, np.inf), kind="stable")
        chosen = order[: min(abs(rest), int(free.sum()))]
        parts[chosen] += 1 if rest > 0 else -1
    return parts


def group(rng: np.random.Generator, points: Points, weights: NDArray[np.float64], count: int) -> Groups:
    """Number of its group for every point: weighted k-means, no group empty; needs ``count <= len(points)``."""
    if count == 1:
        return np.zeros(len(points), np.intp)
    centres = _first_centres(rng, points, weights, count)
    for _ in range(7):
        owner = nearest(points, centres)
        mass = np.bincount(owner, weights, count)
        sums = np.column_stack([np.bincount(owner, weights * points[:, axis], count) for axis in (0, 1)])
        centres = np.where(mass[:, None] > 0, sums / np.maximum(mass, 1e-12)[:, None], centres)
    return _without_empty(points, nearest(points, centres), count)


def nearest(points: Points, centres: Points) -> Groups:
    """Index of the nearest centre for every point."""
    owner = np.empty(len(points), np.intp)
    for first in range(0, len(points), 8192):
        part = points[first : first + 8192]
        owner[first : first + 8192] = np.argmin(((part[:, None, :] - centres) ** 2).sum(-1), axis=1)
    return owner


def _first_centres(rng: np.random.Generator, points: Points, weights: NDArray[np.float64], count: int) -> Points:
    """Spread-out starting centres: each new one likely far from those chosen (k-means++)."""
    chosen = [int(rng.integers(len(points)))]
    distance = np.full(len(points), np.inf)
    for _ in range(count - 1):
        distance = np.minimum(distance, ((points - points[chosen[-1]]) ** 2).sum(1))
        chance = np.cumsum(distance * weights)
        found = int(np.searchsorted(chance, rng.random() * chance[-1], side="right"))
        chosen.append(min(found, len(points) - 1))
    return points[chosen]


def _without_empty(points: Points, owner: Groups, count: int) -> Groups:
    sizes = np.bincount(owner, minlength=count)
    for empty in np.flatnonzero(sizes == 0):
        largest = int(np.argmax(sizes))
        members = np.flatnonzero(owner == largest)
        spread = ((points[members] - points[members].mean(0)) ** 2).sum(1)
        moved = members[int(np.argmax(spread))]
        owner[moved] = empty
        sizes[largest] -= 1
        sizes[empty] += 1
    return owner
