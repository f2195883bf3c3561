"""Where fuzzing begins: one good message of each kind, and what has broken a decoder before."""

import json
from collections.abc import Mapping

import numpy as np

from dashboard.domain.fix_formats import encode_packed, encode_texts
from dashboard.domain.fixes import Fixes
from dashboard.domain.frames import FrameState, Keyframe, difference, encode
from tests.sources.deliveries import EVENTS

_FIX = {"worker_id": "W1", "time": "2026-10-17T09:12:04+08:00", "lon": 113.1, "lat": 27.8, "crs": "gcj02"}
_ONE = json.dumps(_FIX).encode()
_OWNTRACKS = b'{"_type": "location", "tst": 1792199524, "lat": 27.8, "lon": 113.1, "tid": "W1"}'
_FORWARDED = (
    b'{"position": {"fixTime": "2026-10-17T01:12:04Z", "latitude": 27.8, "longitude": 113.1, "valid": true}, '
    b'"device": {"uniqueId": "8600"}}'
)
_CLIENT = (
    b'{"location": {"timestamp": "2026-10-17T01:12:04Z", "coords": {"latitude": 1.5, "longitude": 2}}, '
    b'"device_id": 7}'
)
_COLUMNS = np.array([1_792_199_524_000] * 2), np.array([113.1, np.nan]), np.array([27.8, 400.0])
_HUGE = "1" + "0" * 5000
_DEEP = b"[" * 5000 + b"]" * 5000
_BROKEN = [
    b"", b"\xff\xfe", b"\xef\xbb\xbf{}", b"{", b"[", b"[]", b"{}", b"null", b"NaN", b'"\\ud800"', b"[1" + b",{}" * 50,
    _DEEP, b'{"x":' + _DEEP + b"}", b'{"a":' * 3000,
    *(json.dumps(_FIX | {field: "@"}).replace('"@"', value).encode()
      for field in _FIX for value in (_HUGE, "1e999", "NaN", "null", "[]", '"\\u0000"', '"\\ud800"', "-0.0")),
    b'{"_type": []}', b'{"_type": "location", "tst": 1e400, "lat": 1, "lon": 1}', b'{"location": 1, "device_id": 1}',
    _OWNTRACKS.replace(b"1792199524", _HUGE.encode()), _CLIENT.replace(b": 7", b": " + _HUGE.encode()),
    json.dumps(_FIX | {"time": "0001-01-01T00:00:00+23:59"}).encode(),
    json.dumps(_FIX | {"time": "9999-12-31T23:59:59-23:59"}).encode(),
]  # fmt: skip
_LISTS = [b"[" + _ONE + b"," + _OWNTRACKS + b"]", _ONE + b"\n" + _FORWARDED]
_FIXES = [_ONE, *_LISTS, _FORWARDED, _CLIENT, _OWNTRACKS, *_BROKEN]


def _frames() -> list[bytes]:
    x = np.arange(20, dtype=np.int32)
    state, heading = np.ones(20, np.uint8), np.zeros(20, np.uint8)
    first = Keyframe(1, 5, 1, x, x, state, heading)
    shown = FrameState(slab=0, version=-1)
    shown.apply(first)
    return [encode(first), encode(difference(shown, x + 3, x, state, 2, 6))]


CORPUS: Mapping[str, list[bytes]] = {
    "events": [*EVENTS[:3], b"[" + EVENTS[0] + b"," + EVENTS[1] + b"]", EVENTS[0] + b"\n" + EVENTS[1], *_BROKEN],
    "binary_events": [b'{"region": "1", "category": "01"}', EVENTS[0], *_BROKEN],
    "fixes": _FIXES,
    "packed": [
        encode_packed(Fixes(np.array([1, 7], np.int32), *_COLUMNS[:1], np.zeros(2), np.zeros(2), slots=True), 1),
        encode_packed(Fixes(np.array(["1", "7"], object), *_COLUMNS[:1], np.zeros(2), np.zeros(2))),
        encode_texts(Fixes(np.array(["W1", "张三"], object), *_COLUMNS)), b"", b"YPF\xff", b"x" * 32,
    ],
    "queries": [
        b"id=W1&lat=27.8&lon=113.1&timestamp=1792199524", b"deviceid=1&location=1,2&timestamp=2014-06-04 09:10:11",
        b"id=1&lat=nan&lon=inf", b"id=1&lat=1&lon=1&timestamp=1e999", b"id=1&lat=1&lon=1&timestamp=0001-01-01",
        b"id=1&lat=1&lon=1&timestamp=nan", b"id=%ff&lat=1&lon=1", b"id=1&location=1", b"&&==", b"",
        b"id=1&lat=1&lon=1&timestamp=9999-12-31T23:59:59-23:59", b"id=1&lat=1&lon=1&timestamp=" + _HUGE.encode(),
    ],
    "messages": [b"positions/x\0" + body for body in _FIXES] + [b"owntracks/W/p\0" + _OWNTRACKS, b"\xff\0YPF\xff"],
    "frames": [*_frames(), b"", b"YP", b"YP\x01\x01" + b"\xff" * 60],
    "credentials": [
        b"Bearer yp_x", b"Basic YTpi", b"Basic ????", b"Basic /w==", b"Basic /w\x90=", b"", b"\xff\xfe \x00",
    ],
}  # fmt: skip
