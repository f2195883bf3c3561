"""An invented city's September: a snapshot by hand with the figures of the design's mockups, for tests of reports."""

import random
from collections.abc import Callable, Iterable, Sequence
from functools import cache

import msgspec

from dashboard.config import Rules
from dashboard.domain.indicators import INDICATORS, Figures
from dashboard.domain.periods import LocalDays, parse_period
from dashboard.domain.ranking import DEFAULT
from dashboard.domain.regions import LEVELS, Region
from dashboard.queries.answers import AsOf, Place
from dashboard.queries.drill_answers import CaseLine
from dashboard.queries.score_answers import League
from dashboard.queries.score_league import league_rows, model_info, standing
from dashboard.reports.snapshot import Asked, Cut, Fact, ModelTerm, Restated, Snapshot

CITY = Place("9902", "宁川市", "Ningchuan", "city", None)
DISTRICTS = (
    ("高新区", "区", 1025), ("望川区", "区", 1353), ("临岚县", "县", 908), ("雁湖区", "区", 3277),
    ("泽安县", "县", 977),
    ("梧岭区", "区", 1684), ("栗溪县", "县", 700), ("青渡区", "区", 1373), ("北屏区", "区", 1121),
)  # fmt: skip
"""Name, kind and cases accepted, as mockup 08b shows them; together 12418."""
STREETS = 105
FIRST = "高桥科苑雁东云台渡口川南学府路体育场纺织苗圃育才嵩阳北关南塘青山红旗里栗城石佛站前云雾槐荫汀洲"
SECOND = "安宁和平永兴长春文昌临江松柏光明团结胜利"
CHANNELS = (
    ("patrol", "网格员巡查上报", 7120), ("public", "市民随手拍", 2284), ("hotline", "12345热线", 1935),
    ("video", "视频智能识别", 702), ("superior", "上级交办", 377),
)  # fmt: skip
CATEGORIES = (
    ("0101", "暴露垃圾", 1362), ("0401", "占道经营", 1180), ("0402", "机动车乱停放", 1067),
    ("0203", "楼道飞线充电", 884), ("0301", "井盖破损", 640), ("0102", "非法小广告", 611),
    ("0601", "供水问题", 505), ("0901", "路灯不亮", 488),
    ("0501", "邻里纠纷", 431), ("0701", "施工扰民", 402), ("1001", "绿化缺株", 377), ("0302", "下水道堵塞", 350),
    ("0801", "露天焚烧", 290), ("", "其他", 3831),
)  # fmt: skip
BEFORE_CATEGORIES = {"0101": 1340, "0401": 1204, "0402": 901, "0203": 671, "0301": 655, "0102": 590}
UNITS = (
    "城管局", "住建局", "消防救援大队", "市政中心", "司法局", "民政局", "生态环境分局", "交警大队", "园林中心",
    "供电公司",
)  # fmt: skip
TOTALS: dict[str, tuple[int, int | None]] = {
    "accepted": (12418, None), "filed": (12391, None), "closed": (12360, None), "reopened": (31, None),
    "voided": (44, None), "due_to_close": (12405, None), "no_deadline": (0, None), "closure_rate": (12360, 12405),
    "closed_share": (12360, 12418), "on_time_rate": (12229, 12405), "closed_late": (131, None),
    "overdue_open": (45, None), "due_soon": (18, None), "rework_rate": (58, 12360), "reopen_rate": (31, 12360),
    "satisfaction": (7269, 7321), "open": (297, None), "suspended": (12, None), "supervised": (11, None),
}  # fmt: skip
BEFORE: dict[str, tuple[int, int | None]] = TOTALS | {
    "accepted": (12106, None), "filed": (12080, None), "closed": (12051, None), "due_to_close": (12099, None),
    "closure_rate": (12041, 12099), "on_time_rate": (11897, 12099), "rework_rate": (66, 12041),
    "reopen_rate": (35, 12041), "satisfaction": (6934, 6988), "overdue_open": (58, None), "open": (283, None),
    "closed_late": (144, None), "supervised": (9, None), "suspended": (14, None),
}  # fmt: skip
YEAR: dict[str, tuple[int, int | None]] = TOTALS | {
    "accepted": (11020, None), "filed": (10990, None), "closed": (10911, None), "due_to_close": (10998, None),
    "closure_rate": (10899, 10998), "on_time_rate": (10702, 10998), "rework_rate": (93, 10899),
    "reopen_rate": (44, 10899), "satisfaction": (5871, 5944), "overdue_open": (99, None), "open": (301, None),
}  # fmt: skip
HOURS = {"handling_hours": (4.53, 4.71, 5.02), "handling_hours_p90": (21.9, 23.2, 26.4), "work_hours": (2.13, 2.2, 2.4)}
OTHER = ("workers_online", "moving", "still", "silent", "workers_here")
COUNTS = (
    "accepted", "on_time", "handled_due", "overdue_cohort", "closed_due", "reworked", "ever_handled", "reopened",
    "ever_closed", "satisfied", "rated",
)  # fmt: skip
Counts = dict[str, int]


def regions(communities: int = 3) -> dict[str, Region]:
    """The city, 9 districts, 105 streets and as many communities under each street as asked, by code."""
    found = [Region(CITY.code, CITY.name, 0)]
    stems = iter(f"{a}{b}" for a in _pairs(FIRST) for b in ("", *_pairs(SECOND)))
    for number, (name, kind, _) in enumerate(DISTRICTS, 1):
        district = f"{CITY.code}{number:02d}"
        found.append(Region(district, name, 1, CITY.code, kind, f"{kind}组"))
        for street in range(STREETS // 9 + (number <= STREETS % 9)):
            found += _street(f"{district}{street + 1:03d}", district, next(stems), street, communities)
    return {region.code: region for region in found}


def _pairs(text: str) -> list[str]:
    return [text[n : n + 2] for n in range(0, len(text), 2)]


def _street(code: str, district: str, stem: str, number: int, communities: int) -> list[Region]:
    kind = ("街道", "街道", "镇", "乡")[number % 4]
    below = [Region(f"{code}{n + 1:03d}", f"{stem}{'东西南北中'[n % 5]}社区", 3, code) for n in range(communities)]
    return [Region(code, f"{stem}{kind}", 2, district, kind, "街道组" if kind == "街道" else "乡镇组"), *below]


def _shared(total: int, weights: Sequence[float]) -> list[int]:
    """``total`` shared out by weight, largest remainders first."""
    whole = sum(weights) or 1
    exact = [total * weight / whole for weight in weights]
    found = [int(each) for each in exact]
    for n in sorted(range(len(exact)), key=lambda i: found[i] - exact[i])[: total - sum(found)]:
        found[n] += 1
    return found


def _spread_out(total: int, room: Sequence[int], seed: int) -> list[int]:
    """``total`` cases dealt at random over units, some of which draw more often, none more than it has room for."""
    rng = random.Random(seed)
    luck = [rng.lognormvariate(0, 1.1) for _ in room]
    tickets = sorted((rng.random() ** (1 / luck[n]), n) for n, limit in enumerate(room) for _ in range(limit))
    found = [0] * len(room)
    for _, n in tickets[len(tickets) - total :]:
        found[n] += 1
    return found


def _counts(accepted: Sequence[int], totals: dict[str, tuple[int, int | None]], seed: int) -> list[Counts]:
    """Counts of units that sum to the city's totals."""
    due_total, closed_total = totals["due_to_close"][0], totals["closure_rate"][0]
    not_due = _spread_out(sum(accepted) - due_total, accepted, seed)
    due = [a - n for a, n in zip(accepted, not_due, strict=True)]
    overdue = _spread_out(due_total - closed_total, due, seed + 1)
    closed = [d - o for d, o in zip(due, overdue, strict=True)]
    late = _spread_out(closed_total - totals["on_time_rate"][0], closed, seed + 2)
    reworked = _spread_out(totals["rework_rate"][0], closed, seed + 3)
    reopened = _spread_out(totals["reopen_rate"][0], closed, seed + 4)
    satisfied, all_rated = totals["satisfaction"]
    rated = _spread_out(all_rated or 0, closed, seed + 5)
    unhappy = _spread_out((all_rated or 0) - satisfied, rated, seed + 6)
    rows = zip(accepted, closed, overdue, late, reworked, reopened, rated, unhappy, strict=True)
    return [
        dict(zip(COUNTS, (a, c - la, c, o, c, rw, c, ro, c, r - u, r), strict=True))
        for a, c, o, la, rw, ro, r, u in rows
    ]


def _accepted(streets: Sequence[str], total: int, seed: int) -> list[int]:
    """Cases accepted by street; districts have the mockup's share, one street is empty and two have a few."""
    rng = random.Random(seed)
    found: list[int] = []
    parts = _shared(total, [n for *_, n in DISTRICTS])
    for number, part in enumerate(parts, 1):
        inside = [code for code in streets if code.startswith(f"{CITY.code}{number:02d}")]
        weights = [rng.uniform(0.5, 1.6) for _ in inside]
        if number == 7:
            weights[-2:] = [0.03, 0.0]
        found += _shared(part, weights)
    return found


def _added(parts: Iterable[Counts]) -> Counts:
    rows = list(parts)
    return {name: sum(row[name] for row in rows) for name in COUNTS}


def _levels(totals: dict[str, tuple[int, int | None]], seed: int, communities: int) -> dict[str, dict[str, Counts]]:
    everywhere = regions(communities)
    leaves = [code for code, region in everywhere.items() if region.level == 2]
    streets = dict(zip(leaves, _counts(_accepted(leaves, totals["accepted"][0], seed), totals, seed), strict=True))
    return {
        "district": {
            code: _added(row for street, row in streets.items() if street.startswith(code))
            for code, region in everywhere.items() if region.level == 1
        },
        "street": streets,
        "community": {
            f"{code}{n + 1:03d}": {name: _shared(count, range(1, communities + 1))[n] for name, count in row.items()}
            for code, row in streets.items() for n in range(communities)
        },
        "unit": dict(zip(
            (f"u{n:02d}" for n in range(len(UNITS))),
            _counts(_shared(totals["accepted"][0], [30, 12, 9, 14, 8, 5, 6, 9, 6, 0.1]), totals, seed + 50),
            strict=True,
        )),
    }  # fmt: skip


def _figures(counts: Counts) -> Figures:
    return Figures(counts)


def _league(
    level: str, now: dict[str, Counts], before: dict[str, Counts] | None, period: str, cut: Cut, communities: int
) -> League:
    rules, known = Rules(), {code: _figures(row) for code, row in now.items()}
    places = {f"u{n:02d}": Region(f"u{n:02d}", name, 1) for n, name in enumerate(UNITS)} | regions(communities)
    excluded = {f"{CITY.code}02004": "泄洪期间不可抗力"} if level == "street" else {}
    here = standing(known, DEFAULT, rules, excluded)
    there = None if before is None else standing({c: _figures(row) for c, row in before.items()}, DEFAULT, rules, {})
    info = model_info(DEFAULT)
    return League(
        level, period, CITY.code, info, [info], rules.min_due, rules.small_sample, here.ranking.median,
        AsOf(cut.seq, cut.time), league_rows(here, there, places),
    )  # fmt: skip


def _fact(key: str, counts: tuple[int, int | None]) -> Fact:
    unit = "share" if counts[1] is not None else "cases"
    n, d = counts
    return Fact(n / d, unit, n, d) if d else Fact(n, unit, n)


def changed_by(now: Fact, then: Fact) -> Fact:
    """The difference of two facts."""
    if now.value is None or then.value is None:
        return Fact(None, now.unit)
    if now.d and then.d and now.n is not None and then.n is not None and now.unit == "share":
        return Fact(now.value - then.value, "points", now.n * then.d - then.n * now.d, now.d * then.d)
    return Fact(now.value - then.value, now.unit)


def totals() -> dict[str, Fact]:
    """The indicators of the month, of the month before and the year before, and their changes."""
    facts: dict[str, Fact] = {}
    for key, counts in TOTALS.items():
        facts[f"total.{key}"], facts[f"before.total.{key}"] = _fact(key, counts), _fact(key, BEFORE[key])
        facts[f"year.total.{key}"] = _fact(key, YEAR[key])
    for key, hours in HOURS.items():
        for prefix, value in zip(("", "before.", "year."), hours, strict=True):
            facts[f"{prefix}total.{key}"] = Fact(value, "hours", None, 12360)
    for key in [key.removeprefix("total.") for key in facts if key.startswith("total.")]:
        now = facts[f"total.{key}"]
        facts[f"change.total.{key}"] = changed_by(now, facts[f"before.total.{key}"])
        facts[f"change_year.total.{key}"] = changed_by(now, facts[f"year.total.{key}"])
    return facts


def _analysis() -> dict[str, Fact]:
    def cases(n: int) -> Fact:
        return Fact(n, "cases", n)

    facts = {f"channel.{key}": cases(n) for key, _, n in CHANNELS}
    facts |= {f"category.{key}": cases(n) for key, _, n in CATEGORIES}
    facts |= {f"before.category.{key}": cases(n) for key, n in BEFORE_CATEGORIES.items()}
    facts |= {"kind.event": cases(9905), "kind.part": cases(2513)}
    hours = _shared(12418, [1, 0.7, 0.5, 0.4, 0.5, 1, 3, 7, 15, 17, 16, 12, 8, 9, 14, 15, 13, 10, 7, 5, 4, 3, 2, 1.5])
    facts |= {f"hour.{hour:02d}": cases(n) for hour, n in enumerate(hours)}
    facts |= {f"grid.9902040010010{n:02d}": cases(64 - 5 * n) for n in range(8)}
    return facts | {"repeat.1": cases(17), "repeat.2": cases(12), "repeat.3": cases(9)}


CREW = {"workers": 3390.0, "on_duty": 3213.0, "grids": 3261.0, "hours": 402_117.5, "metres": 9_412_350.0}


def _crew(codes: Sequence[str]) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    parts = {key: _shared(int(value), range(5, 5 + len(codes))) for key, value in CREW.items()}
    covered = [grids - grids // 19 for grids in parts["grids"]]
    units = {"workers": "people", "on_duty": "people", "grids": "number", "hours": "hours", "metres": "metres"}
    for n, code in enumerate(codes):
        facts |= {f"crew.{code}.{key}": Fact(parts[key][n], units[key]) for key in CREW}
        facts[f"crew.{code}.coverage"] = Fact(covered[n] / parts["grids"][n], "share", covered[n], parts["grids"][n])
    facts |= {f"crew.{CITY.code}.{key}": Fact(sum(parts[key]), units[key]) for key in CREW}
    facts[f"crew.{CITY.code}.coverage"] = Fact(sum(covered) / 3261, "share", sum(covered), 3261)
    return facts


def case(number: int, title: str = "楼道飞线充电", **changes: object) -> CaseLine:
    """A case of a list; ``changes`` replace its fields."""
    at = LocalDays("Asia/Shanghai").start(20260917) + number * 3_600_000
    line = CaseLine(
        f"NC202609{17 + number % 12:02d}-{number:04d}", title, "open", 2, "9902001001", ["高桥街道", "高桥东社区"],
        "0203", "楼道飞线充电", "hotline", "u02", "消防救援大队",
        at, None, None, at + 86_400_000, True, False, False, None,
    )  # fmt: skip
    return msgspec.structs.replace(line, **changes)


def _lists() -> dict[str, list[CaseLine]]:
    return {
        "overdue": [case(n) for n in range(45)],
        "supervised": [case(100 + n, "施工扰民", supervised=True) for n in range(11)],
        "suspended": [case(200 + n, "供水管网改造", suspended=True, overdue=False) for n in range(12)],
        "crossing": [case(300 + n, "三区交界处倾倒垃圾") for n in range(7)],
    }


def _names(places: dict[str, Region]) -> dict[str, str]:
    names = {code: region.name for code, region in places.items()} | {CITY.code: CITY.name}
    names |= {key: name for key, name, _ in (*CHANNELS, *CATEGORIES)}
    names |= {f"u{n:02d}": name for n, name in enumerate(UNITS)}
    names |= {f"9902040010010{n:02d}": f"雁东街道第{n + 1}网格" for n in range(8)}
    words = ("站前街道 · 施工扰民", "雁东镇 · 供水问题", "育才街道 · 楼道飞线充电")
    return names | {f"repeat.{n}": text for n, text in enumerate(words, 1)}


def model_terms() -> list[ModelTerm]:
    """The default model's terms in plain values."""
    return [
        ModelTerm(
            term.key, term.zh, float(term.weight), term.numerator, term.denominator, term.inverted, term.bands,
            float(term.floor), float(term.full), term.definition_zh, term.basis,
        )
        for term in DEFAULT.terms
    ]  # fmt: skip


@cache
def snapshot(communities: int = 3) -> Snapshot:
    """The whole city's September 2026 with all its lists; 9 districts, 105 streets, 105 times ``communities``."""
    span, cut = parse_period("2026-09"), Cut(1_204_311, LocalDays("Asia/Shanghai").start(20261001))
    places = regions(communities)
    now, before = _levels(TOTALS, 7, communities), _levels(BEFORE, 8, communities)
    leagues = {level: _league(level, now[level], before[level], "2026-09", cut, communities) for level in now}
    earlier = {level: _league(level, before[level], None, "2026-08", cut, communities) for level in before}
    facts = totals() | _analysis() | _crew([code for code, region in places.items() if region.level == 1])
    lists = _lists()
    facts |= {f"list.{name}": Fact(len(rows), "cases", len(rows)) for name, rows in lists.items()}
    return Snapshot(
        asked=Asked("month", "2026-09"), cut=cut, place=CITY, first=span.first, last=span.last, facts=facts,
        names=_names(places), model=model_info(DEFAULT),
        definitions=[(each.key, each.zh, each.definition_zh) for each in INDICATORS if each.key not in OTHER],
        leagues={level: leagues[level] for level in LEVELS if level in leagues},
        before_leagues={level: earlier[level] for level in LEVELS if level in earlier},
        groups={code: region.group for code, region in places.items() if region.group},
        lists=lists, units=leagues["unit"],
        gaps=[("990201003", [20260912]), ("990205002", [20260918, 20260919, 20260920])],
        bottom={"street": [row.place.code for row in leagues["street"].rows[100:102]]},
        restated=[Restated("2026-08", "total.on_time_rate", Fact(11899 / 12099, "share", 11899, 12099),
                           Fact(11897 / 12099, "share", 11897, 12099))],
        corrections=[], zone="Asia/Shanghai", counts=now, terms={DEFAULT.key: model_terms()}, demo=True,
    )  # fmt: skip


def changed(**changes: object) -> Snapshot:
    """The snapshot with other fields."""
    return msgspec.structs.replace(snapshot(), **changes)


def renamed(word: Callable[[str], str]) -> Snapshot:
    """The snapshot with every name, title and address replaced: for hostile and very long words."""
    old = snapshot()
    place = msgspec.structs.replace(old.place, name=word(old.place.name))
    lists = {
        key: [
            msgspec.structs.replace(
                row, title=word(row.title), unit_name=word(row.unit_name), category_name=word(row.category_name),
                places=[word(each) for each in row.places], id=word(row.id),
            )
            for row in rows
        ]
        for key, rows in old.lists.items()
    }  # fmt: skip
    return msgspec.structs.replace(
        old, place=place, names={code: word(name) for code, name in old.names.items()}, lists=lists,
        leagues={level: _renamed(league, word) for level, league in old.leagues.items()},
        groups={code: word(name) for code, name in old.groups.items()},
        units=_renamed(old.units, word) if old.units else None,
    )  # fmt: skip


def _renamed(league: League, word: Callable[[str], str]) -> League:
    rows = [
        msgspec.structs.replace(
            row,
            place=msgspec.structs.replace(row.place, name=word(row.place.name)),
            note=word(row.note) if row.note else "",
        )
        for row in league.rows
    ]
    return msgspec.structs.replace(league, rows=rows)
