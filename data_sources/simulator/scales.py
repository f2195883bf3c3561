"""How large each simulated place is.

Only the scale is real (published figures of five cities, 2022 to 2024); names, codes, shapes and people are invented.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """The size and habits of one place.

    ``counts`` gives the exact number of regions of each level under the root, coarse to fine; the last one is the level
    of the cells all others are made of. ``home`` is the level workers belong to. ``radius_km`` is half the mean width.
    ``cases_per_day`` is the mean of a working day. ``phase_s`` spaces the fixes of one worker; ``track_s`` those of the
    part of today that lies before a first start.
    """

    key: str
    name: str
    name_en: str
    prefix: str
    code: str
    root: str
    counts: tuple[tuple[str, int], ...]
    workers: int
    cases_per_day: float
    lon: float
    lat: float
    radius_km: float
    home: str = "grid"
    special_grids: int = 0
    rural_grids: int = 0
    police_grids: int = 0
    mediation_grids: int = 0
    stations: int = 0
    units: int = 0
    houses: int = 0
    persons: int = 0
    check_ins: bool = False
    phase_s: int = 10
    track_s: int = 120

    def count(self, level: str) -> int:
        """Number of regions of a level under the root; KeyError where the level does not exist."""
        return dict(self.counts)[level]


SCALES: dict[str, Scale] = {
    scale.key: scale
    for scale in (
        Scale(
            key="zhuzhou", name="宁川市", name_en="Ningchuan", prefix="NC", code="9902", root="city",
            counts=(("district", 9), ("street", 105), ("community", 806), ("grid", 3261)),
            workers=3390, cases_per_day=478, lon=112.42, lat=27.95, radius_km=58,
            houses=1_412_000, persons=3_876_000,
        ),
        Scale(
            key="erqi", name="望槐区", name_en="Wanghuai District", prefix="WH", code="990103", root="district",
            counts=(("street", 17), ("community", 175), ("grid", 846), ("microgrid", 5657)),
            workers=900, cases_per_day=222, lon=114.21, lat=34.11, radius_km=7.5,
            houses=402_000, persons=1_061_000,
        ),
        Scale(
            key="daqing", name="霖原市", name_en="Linyuan", prefix="LY", code="9906", root="city",
            counts=(("district", 10), ("street", 121), ("community", 1024), ("grid", 4967)),
            workers=5330, cases_per_day=1130, lon=124.35, lat=46.35, radius_km=72,
            special_grids=87, police_grids=1047, mediation_grids=731, stations=3350, units=407,
            houses=1_330_000, persons=2_147_000,
        ),
        Scale(
            key="zhangjiakou", name="岚口市", name_en="Lankou", prefix="LK", code="9907", root="city",
            counts=(("district", 17), ("street", 231), ("community", 4491), ("grid", 17422)),
            workers=30_000, cases_per_day=1450, lon=114.05, lat=40.55, radius_km=82,
            houses=1_720_000, persons=4_090_000, check_ins=True, track_s=180,
        ),
        Scale(
            key="baoding", name="安淀市", name_en="Andian", prefix="AD", code="9908", root="city",
            counts=(("district", 24), ("street", 332), ("community", 6210), ("grid", 90_317)),
            workers=90_317, cases_per_day=2600, lon=115.05, lat=38.6, radius_km=74,
            rural_grids=67_138, houses=4_260_000, persons=11_540_000, track_s=300,
        ),
    )
}
