"""The kinds of base data that come as tables: their fields, the headers these are known by, and their rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.base_data.rows import CalendarRow, MetricRow, Parsed, RegionRow, Row, ShiftRow, WorkerRow
from dashboard.domain.base import Category, Unit
from dashboard.domain.regions import FOREVER, Region
from data_sources.imports import values
from data_sources.imports.columns import CellError, Field, Records, read_rows
from data_sources.imports.mapping import Mapping
from data_sources.imports.tabular import read_sheet


@dataclass(frozen=True, slots=True)
class TableKind:
    """How one kind is read: its fields, how a row is made of them, and what may stand only once in a file."""

    fields: Sequence[Field]
    build: Callable[[dict[str, Any]], Row]
    key: Callable[[Any], object]


REGION_FIELDS = (
    Field("code", "adcode 编码 代码 区划代码 行政区划代码 区域编码 网格编码 网格编号 regioncode id", str, True),
    Field("name", "名称 区域名称 网格名称 名字", str, True),
    Field("level", "级别 层级 类型级别", values.level, True),
    Field("parent", "上级 上级编码 父级 父编码 所属 parentcode pcode", str),
    Field("kind", "type 类型 网格类型", str, default=""),
    Field("group", "rankinggroup 排名组 分组 考核分组", str, default=""),
    Field("name_en", "英文名 英文名称 nameen ename", str, default=""),
    Field("valid_from", "生效日期 启用日期 起始日期", values.day, default=0),
    Field("valid_to", "失效日期 停用日期 截止日期", values.day, default=FOREVER),
)


def build_region(cells: dict[str, Any]) -> RegionRow:
    """A region without a border; ``CellError`` where its last day comes before its first."""
    region = Region(**cells)
    if region.valid_to < region.valid_from:
        raise CellError("valid_to comes before valid_from", str(region.valid_to))
    if (region.parent is None) != (region.level == 0):
        raise CellError("only a city has no parent, every other region has one", region.code)
    return RegionRow(region)


def _shift(cells: dict[str, Any]) -> ShiftRow:
    if cells["start"] == cells["end"]:
        raise CellError("the shift ends when it starts", str(cells["end"]))
    return ShiftRow(**{**cells, "end": cells["end"] % 1440 if cells["end"] > 1440 else cells["end"]})


def _category(cells: dict[str, Any]) -> Category:
    if cells["parent"] == cells["code"]:
        raise CellError("a category is not its own parent", cells["code"])
    limit, minutes = cells.pop("limit"), cells.pop("limit_minutes")
    return Category(**cells, limit_minutes=limit if minutes is None else minutes)


TABLES: dict[str, TableKind] = {
    "regions": TableKind(REGION_FIELDS, build_region, lambda row: (row.region.code, row.region.valid_from)),
    "workers": TableKind(
        (
            Field("id", "worker workerid 编号 工号 人员编号 网格员编号 员工编号", str, True),
            Field("name", "姓名 名字 网格员 网格员姓名", str, True),
            Field("region", "grid 网格 所属网格 网格编码 责任网格 区域 区域编码 所属区域", str, True),
            Field("role", "岗位 角色 职务 类别", str, default=""),
            Field("phone", "mobile 电话 手机 手机号 联系电话 联系方式", str, default=""),
            Field("device", "deviceid 设备 设备号 设备编号 终端号", str, default=""),
        ),
        lambda cells: WorkerRow(**cells),
        lambda row: row.id,
    ),
    "shifts": TableKind(
        (
            Field("worker", "id workerid 编号 工号 人员编号 网格员编号 员工编号", str, True),
            Field("start", "上班 上班时间 开始 开始时间 起 from", values.minute, True),
            Field("end", "下班 下班时间 结束 结束时间 止 to", values.minute, True),
            Field("weekdays", "weekday days 星期 周几 工作周", values.weekdays, default=0b1111111),
            Field("workdays", "工作日 仅工作日 workingdays", values.flag, default=False),
            Field("first", "validfrom 生效日期 开始日期 起始日期", values.day, default=0),
            Field("last", "validto 失效日期 结束日期 截止日期", values.day, default=FOREVER),
        ),
        _shift,
        lambda row: row,
    ),
    "units": TableKind(
        (
            Field("code", "编码 代码 单位编码 id", str, True),
            Field("name", "名称 单位 单位名称 责任单位", str, True),
            Field("group", "分组 类别 排名组 单位类型 type", str, default=""),
            Field("region", "区域 所属区域 区域编码", str),
            Field("name_en", "英文名 英文名称", str, default=""),
        ),
        lambda cells: Unit(**cells),
        lambda row: row.code,
    ),
    "categories": TableKind(
        (
            Field("code", "编码 代码 类别编码 id", str, True),
            Field("name", "名称 类别 类别名称 事项", str, True),
            Field("parent", "上级 上级编码 父级 大类 parentcode", str),
            Field("kind", "类型 事件部件 type", str, default="event"),
            Field("limit", "时限 处置时限 办结时限 办理时限", values.duration),
            Field("limit_minutes", "", values.minutes),
            Field("clock", "计时 计时方式 时限类型 时钟", values.clock, default="natural"),
            Field("name_en", "英文名 英文名称", str, default=""),
        ),
        _category,
        lambda row: row.code,
    ),
    "calendar": TableKind(
        (
            Field("day", "date 日期", values.day, True),
            Field("work", "workday 工作日 是否工作日 类型 type", values.flag, True),
            Field("name", "holiday 节日 名称 假日 备注", str, default=""),
        ),
        lambda cells: CalendarRow(**cells),
        lambda row: row.day,
    ),
    "metrics": TableKind(
        (
            Field("region", "区域 区域编码 网格 网格编码 regioncode", str, True),
            Field("metric", "指标 指标名称 key", str, True),
            Field("day", "date 日期 统计日期", values.day, True),
            Field("value", "值 数值 数量", values.number, True),
            Field("sample", "样本 样本数 抽样数 抽查数 samplesize", values.whole),
        ),
        lambda cells: MetricRow(**cells),
        lambda row: (row.region, row.metric, row.day),
    ),
}


def read_table(kind: str, path: Path, mapping: Mapping) -> Parsed:
    """Read a table of one kind from a file. ``ImportFileError`` where the file or the mapping cannot be used."""
    sheet = read_sheet(path, mapping.encoding, mapping.delimiter)
    return table_rows(kind, sheet.header, sheet.records, mapping)


def table_rows(kind: str, header: Sequence[str], records: Records, mapping: Mapping) -> Parsed:
    """Rows of one kind out of records read already."""
    table = TABLES[kind]
    return read_rows(table.fields, header, records, mapping, table.build, table.key)
