"""Packed columns of fixes, for senders of many: a fixed number of bytes a fix and nothing to parse.

Little endian, bare records (``PACKED``, worker slots) or behind a header of 16 bytes: magic ``YPF\\xff``; u8 coordinate
system (index in ``coordinates.CRS``); u8 kind; u16 zero; u32 base-data version that slots belong to (0: whichever is in
force); u32 number of fixes n. After it, by kind:

* ``SLOTS``, ``NUMERIC_IDS``: n records ``PACKED``, whose worker is a slot or an id that is all digits.
* ``TEXT_IDS``: ``i64 time[n]`` (epoch ms), ``f64 lon[n]``, ``f64 lat[n]`` (degrees, NaN allowed), ``u32 worker[n]``
  (places in the list that follows), then the distinct worker ids as UTF-8, each ended by a line feed. Nothing is
  rounded: what a gateway packs counts exactly as if it had been sent by itself.
"""

import struct

import numpy as np
from numpy.typing import NDArray

from dashboard.domain.coordinates import CRS
from dashboard.domain.decoded_fixes import Decoded
from dashboard.domain.fix_dialects import LONGEST_ID
from dashboard.domain.fixes import PACKED, Fixes

SLOTS, NUMERIC_IDS, TEXT_IDS = 0, 1, 2
"""What the ``worker`` of packed fixes is."""

MAGIC = b"YPF\xff"
"""Begins no JSON and no text, so that packed columns are known by it."""

_HEAD = struct.Struct("<4sBBHII")
_TEXT_ROW = 8 + 8 + 8 + 4


def decode_packed(body: bytes, crs: str = "wgs84", version: int | None = None) -> Decoded:
    """Packed columns; ``crs`` is the system of bare records, ``version`` that of the base data in force.

    ValueError where the length is wrong, the ids are none, or the slots are of another version.
    """
    if body[:4] != MAGIC or len(body) < _HEAD.size:
        return _records(body, crs, SLOTS)
    _, system, kind, _, slots_of, count = _HEAD.unpack_from(body)
    rest = memoryview(body)[_HEAD.size :]
    if system >= len(CRS):
        raise ValueError(f"packed fixes of the coordinate system {system}, which does not exist")
    if kind == TEXT_IDS:
        return _texts(rest, CRS[system], count)
    if kind not in (SLOTS, NUMERIC_IDS) or len(rest) != count * PACKED.itemsize:
        raise ValueError("the header of packed fixes does not fit what follows")
    if kind == SLOTS and slots_of and version is not None and slots_of != version:
        raise ValueError(f"packed fixes name slots of base data {slots_of}, in force is {version}")
    return _records(rest, CRS[system], kind)


def encode_packed(fixes: Fixes, version: int = 0) -> bytes:
    """Fixes as packed records behind a header: slots, or worker ids that are all numbers (else ValueError)."""
    records = np.empty(len(fixes), PACKED)
    records["worker"] = fixes.worker if fixes.slots else np.array(fixes.worker.tolist(), np.uint32)
    records["second"] = fixes.time // 1000
    records["lon"], records["lat"] = np.rint(fixes.lon * 1e7), np.rint(fixes.lat * 1e7)
    return _head(fixes, SLOTS if fixes.slots else NUMERIC_IDS, version) + records.tobytes()


def encode_texts(fixes: Fixes) -> bytes:
    """Fixes by worker id as columns of kind ``TEXT_IDS``; the ids hold no line ends (``worker_of`` lets none in)."""
    places: dict[str, int] = {}
    worker = np.array([places.setdefault(id_, len(places)) for id_ in fixes.worker.tolist()], "<u4")
    columns = fixes.time.astype("<i8"), fixes.lon.astype("<f8"), fixes.lat.astype("<f8"), worker
    ids = "".join(f"{id_}\n" for id_ in places).encode()
    return b"".join((_head(fixes, TEXT_IDS, 0), *(column.tobytes() for column in columns), ids))


def _head(fixes: Fixes, kind: int, version: int) -> bytes:
    return _HEAD.pack(MAGIC, CRS.index(fixes.crs), kind, 0, version, len(fixes))


def _records(body: bytes | memoryview, crs: str, kind: int) -> Decoded:
    if len(body) % PACKED.itemsize:
        raise ValueError(f"{len(body)} bytes are no whole number of packed fixes")
    records = np.frombuffer(body, PACKED)
    worker: NDArray[np.int32] | NDArray[np.object_] = np.minimum(records["worker"], 2**31 - 1).astype(np.int32)
    if kind == NUMERIC_IDS:
        worker = records["worker"].astype(np.str_).astype(object)
    time = records["second"].astype(np.int64) * 1000
    fixes = Fixes(worker, time, records["lon"] / 1e7, records["lat"] / 1e7, crs, kind == SLOTS)
    return Decoded(fixes, np.arange(len(records)))


def _texts(body: memoryview, crs: str, count: int) -> Decoded:
    if len(body) < count * _TEXT_ROW:
        raise ValueError(f"{len(body)} bytes are too few for {count} packed fixes")
    at = [count * size for size in (0, 8, 16, 24, 28)]
    time, lon, lat = (
        np.frombuffer(body[start:end], kind).astype(kind[1:])
        for start, end, kind in zip(at[:3], at[1:4], ("<i8", "<f8", "<f8"), strict=True)
    )
    ids = _ids(bytes(body[at[4] :]))
    place = np.frombuffer(body[at[3] : at[4]], "<u4")
    if count and int(place.max()) >= len(ids):
        raise ValueError(f"packed fixes name worker {int(place.max())} of {len(ids)}")
    if count and int(np.abs(time // 2).max()) > 5 * 10**14:
        raise ValueError("packed fixes of an instant that is no time")
    return Decoded(Fixes(np.array(ids, object)[place], time, lon, lat, crs), np.arange(count))


def _ids(text: bytes) -> list[str]:
    """ValueError where an id is empty, too long, or nothing that can be shown, as it is in JSON."""
    *ids, rest = text.decode("utf-8").split("\n")
    if rest or any(not id_ or len(id_) > LONGEST_ID or not id_.isprintable() or id_ != id_.strip() for id_ in ids):
        raise ValueError("packed fixes with a worker id that is none")
    return ids
