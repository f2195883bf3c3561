"""Where a fault stands in words: 乡镇（街道）排名·甲街道·按期办结率 for ``leagues.street.410101.on_time_rate``."""

import re
from collections.abc import Mapping

from dashboard.domain.indicators import INDICATORS
from dashboard.reports.content.ranking_tables import COUNTS, MORE_COUNTS
from dashboard.reports.office_settings import LevelNames

_ID = re.compile(r"[a-z_]+(\.[^.\s]+)+")
LISTS = {"overdue": "超期", "supervised": "督办", "suspended": "挂账", "crossing": "三跨"}
HEADS = {
    "total": "总体", "count": "总体件数", "counts": "件数", "leagues": "排名", "units": "责任单位排名",
    "before": "上期", "year": "上年同期", "change": "环比", "change_year": "同比", "own": "本级名次",
    "gaps": "没有数据的日期", "list": "清单", "repeat": "重复投诉", "channel": "来源", "category": "类别",
    "grid": "网格", "hour": "时段", "kind": "性质", "crew": "队伍运行", "restated": "数据变化", "ranked": "参与排名",
}  # fmt: skip
"""What the first part of an id is about."""
COLUMNS = {
    "rank": "名次", "score": "得分", "interval": "名次区间", "change": "升降", "due": "应办结", "was": "上期名次",
}  # fmt: skip


def in_words(where: str, names: Mapping[str, str]) -> str:
    """The place of a fault as people say it, the same where it is said already. ``names`` of regions and units by
    code; a part that nobody has a word for stays as it is."""
    if not _ID.fullmatch(where):
        return where
    head, *rest = where.split(".")
    return "·".join([HEADS.get(head, head), *(_word(part, head, names) for part in rest)])


def _word(part: str, head: str, names: Mapping[str, str]) -> str:
    known = (names, LISTS if head == "list" else {}, COLUMNS, _figures(), _levels(), HEADS)
    return next((words[part] for words in known if part in words), part)


def _figures() -> dict[str, str]:
    return MORE_COUNTS | COUNTS | {one.key: one.zh for one in INDICATORS}


def _levels() -> dict[str, str]:
    levels = LevelNames()
    return {level: getattr(levels, level) for level in levels.__struct_fields__}
