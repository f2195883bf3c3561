"""Invented reports in every state, with what their pages show: entries, a document, works, appeals, names."""

from functools import cache

import msgspec

from dashboard.domain.periods import LocalDays
from dashboard.reports.appeals import ACCEPTED, REJECTED, Appeal
from dashboard.reports.archive import FORMATS, Entry, Listed
from dashboard.reports.content import compose
from dashboard.reports.document import Document
from dashboard.reports.office_settings import Office
from dashboard.reports.snapshot import Asked, Cut, Fact, Snapshot
from dashboard.reports.works import Work
from layouts.pages.report import ReportView
from layouts.pages.reports import Archive
from layouts.parts.filters import Choices
from layouts.parts.report_appeals import Hearing
from layouts.parts.report_make import Making
from tests.reports.invented import CATEGORIES, CHANNELS, UNITS, regions, snapshot

ZONE = "Asia/Shanghai"
DAYS = LocalDays(ZONE)
HASH = "9f3a27c1" + "0" * 56


def at(day: int, hour: int = 9) -> int:
    """An instant of a local day."""
    return DAYS.start(day) + hour * 3_600_000


def entry(state: str = "issued", period: str = "2026-09", kind: str = "month", **changes: object) -> Entry:
    """A report in a state; later instants only where it has come so far."""
    far = ("draft", "appeals", "frozen", "issued").index(state)
    found = Entry(
        id=f"rep-{kind}-{period}", asked=Asked(kind, period), state=state, made=at(20261001, 0), made_by="schedule",
        cut=Cut(1_204_311, at(20261001, 0)), hash=HASH, title="关于2026年9月全市网格化治理运行情况的通报",
        number="〔2026〕第9期", until=at(20261006, 0) if far >= 1 else 0, frozen=at(20261008) if far >= 2 else 0,
        issued=at(20261009) if far >= 3 else 0, issued_by="zhou" if far >= 3 else "",
    )  # fmt: skip
    return msgspec.structs.replace(found, **changes)


def entries(count: int = 30) -> list[Entry]:
    """An archive over the kinds, newest first, the newest ones not issued yet."""
    found = []
    for n in range(count):
        year, month = divmod(2026 * 12 + 8 - n, 12)
        period = f"{year}-{month + 1:02d}"
        state = ("draft", "appeals", "frozen")[n] if n < 3 else "issued"
        title = f"关于{year}年{month + 1}月全市网格化治理运行情况的通报"
        found.append(entry(state, period, title=title, id=f"report-{n:03d}", hash=f"{n * 7919:08x}" + "0" * 56))
    week = "2026-09-21..2026-09-27"
    found.insert(2, entry("issued", week, "week", title="关于9月21日至27日全市网格化治理运行情况的周通报"))
    found.insert(4, entry("issued", "2026-08", "excerpt", asked=Asked("excerpt", "2026-08", "990201001"), of="old",
                          title="高桥街道2026年8月网格化治理运行情况摘报"))  # fmt: skip
    notice = Asked("notice", "2026-07-01..2026-08-31", "990204", filters={"category": "0203"})
    special = "关于雁湖区楼道飞线充电整治情况的专项通报"
    return [*found, entry("issued", notice.period, "notice", asked=notice, title=special)]


def names(lang: str = "") -> dict[str, str]:
    """Regions by code."""
    return {"": "Whole city" if lang == "en" else "全市"} | {code: one.name for code, one in regions().items()}


def places(level: int) -> list[tuple[str, str]]:
    """(code, name) of a level's regions."""
    return [(code, one.name) for code, one in regions().items() if one.level == level]


def work(state: str, act: str = "make", **changes: object) -> Work:
    """A work in a state."""
    found = Work(f"w-{state}-{act}", act, Asked("month", "2026-09"), "zhou", state)
    share = {"running": 0.42, "done": 1.0}.get(state, 0.0)
    return msgspec.structs.replace(found, **({"share": share} | changes))


def works() -> list[Work]:
    """One work in each state."""
    failed = work("failed", "issue", problem="no font", key="fonts")
    return [work("waiting", asked=Asked("excerpt", "2026-09", "990201001")), work("running"), failed,
            work("done", report="report-000")]  # fmt: skip


def making() -> Making:
    """What the command center may ask for."""
    choices = Choices(
        [(code, name) for code, name, _ in CATEGORIES if code], [(key, name) for key, name, _ in CHANNELS],
        [(f"u{n:02d}", name) for n, name in enumerate(UNITS)],
    )  # fmt: skip
    return Making(20261017, [*places(1), *places(2)], places(2), city=True, choices=choices)


def archive(listed: Listed | None = None, **changes: object) -> Archive:
    """The archive page's data for somebody who makes reports."""
    found = entries()
    whole = Listed(found[:50], "", len(found)) if listed is None else listed
    formats = {one.id: FORMATS for one in found if one.state == "issued"}
    values = {"formats": formats, "works": [], "zone": ZONE, "names": names(),
              "regions": [*places(1), *places(2)], "making": making()}  # fmt: skip
    return Archive(listed=whole, **(values | changes))  # type: ignore[arg-type]


EMPTY = Listed([], "", 0)


def appeals() -> list[Appeal]:
    """One that waits, one accepted, one rejected."""
    one = Appeal(
        "a1", "rep", "NC20260917-0092", "990204003", "u02", "on_time", {"late": -1, "on_time": 1},
        "处置单位9月18日17时已完成整改并回传照片，因平台停电未能及时提交，回传时间晚于时限。",
        "停电公告〔2026〕12号；照片3张（回传编号 7731–7733）", "unit-fire", "unit", at(20261002),
    )  # fmt: skip
    decided = {"decided": at(20261003, 15), "decided_by": "zhou"}
    accepted = {"id": "a2", "case": "NC20260921-0131", "change": "not_ours", "state": ACCEPTED, "by": "street-qixian",
                "why": "经核实，案发地在邻街道，同意更正。"}  # fmt: skip
    rejected = {"id": "a3", "case": "NC20260925-0207", "change": "rework", "state": REJECTED,
                "why": "复核照片显示未整改到位，返工属实。"}  # fmt: skip
    return [one, *(msgspec.structs.replace(one, **decided, **verdict) for verdict in (accepted, rejected))]


@cache
def document(draft: bool = True) -> Document:
    """The invented month as the content writes it."""
    return compose(snapshot(), Office(), issued=0 if draft else 20261009, draft=draft)


FAULTS = [
    ("一、总体情况", "文字写 12418件，事实 total.accepted 为 12417"),
    ("附件1 第 102 行 按期率", "表中 99.12，由 113 ÷ 114 算得 99.12；记录重新计算为 98.25"),
]


def report_view(state: str = "issued", **changes: object) -> ReportView:
    """The report page's data for somebody who makes reports."""
    acts = {"draft": ["appeals"], "appeals": [], "frozen": ["issue"], "issued": ["revise"]}[state]
    hearing = Hearing([] if state == "draft" else appeals(), lodges=True, decides=True, name="zhou")
    values = {"formats": FORMATS if state == "issued" else (), "acts": acts, "makes": True, "hearing": hearing}
    return ReportView(entry(state), document(state != "issued"), names(), ZONE, **(values | changes))  # type: ignore[arg-type]


def later_snapshot() -> Snapshot:
    """The month after: more cases, some units elsewhere."""
    old = snapshot()
    league = old.leagues["street"]
    ranked = [row for row in league.rows if row.rank is not None]
    swapped = [msgspec.structs.replace(row, rank=len(ranked) + 1 - (row.rank or 0)) for row in ranked]
    swapped.sort(key=lambda row: row.rank or 0)
    more = {"total.accepted": Fact(12730, "cases", 12730), "total.on_time_rate": Fact(0.99, "share", 99, 100)}
    facts = old.facts | more | {"category.0101": Fact(1400, "cases", 1400), "category.0999": Fact(12, "cases", 12)}
    return msgspec.structs.replace(
        old, asked=Asked("month", "2026-10"), first=20261001, last=20261031, facts=facts,
        leagues=old.leagues | {"street": msgspec.structs.replace(league, rows=swapped)},
    )  # fmt: skip
