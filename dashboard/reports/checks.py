"""Does a report say what its snapshot says? Every number of the text against its fact, every table against its
formulas and the snapshot, every chart against its table, every sum. What is found blocks the report.

That the snapshot's own numbers are right is for ``recount`` to say, out of the stored events.
"""

from collections.abc import Iterator, Mapping

from dashboard.reports.check_sums import sum_faults
from dashboard.reports.check_tables import table_faults
from dashboard.reports.check_text import text_faults
from dashboard.reports.content.known import Known
from dashboard.reports.document import Chart, Document, Table
from dashboard.reports.fault import Fault
from dashboard.reports.reading import blocks_of, tables_of
from dashboard.reports.snapshot import Snapshot, check_code, digest

__all__ = ["Fault", "faults"]


def faults(document: Document, snapshot: Snapshot) -> list[Fault]:
    """Everything in a document that is not its snapshot's; empty where all fits. The first ones come first in print."""
    known = Known(snapshot, tables_of(document))
    return [
        *_of_this(document, snapshot), *text_faults(document, known), *table_faults(document, snapshot),
        *_charts(document, known.tables), *sum_faults(snapshot),
    ]  # fmt: skip


def _of_this(document: Document, snapshot: Snapshot) -> Iterator[Fault]:
    """Whether the document is of this snapshot at all."""
    hashed = digest(snapshot)
    if document.hash != hashed:
        yield Fault("封面", "文件与冻结数据的校验值不符")
    if document.code != check_code(document.hash):
        yield Fault("页脚", f"校验码应为{check_code(document.hash)}，实为{document.code}")
    if document.demo != snapshot.demo:
        yield Fault("封面", "演示数据标记与冻结数据不符")


def _charts(document: Document, tables: Mapping[str, Table]) -> Iterator[Fault]:
    """Each chart's labels and values beside its table's, each table beside the chart's number of rows."""
    for place, chart in blocks_of(document):
        if isinstance(chart, Chart):
            yield from (Fault(f"{place}·图“{chart.title}”", what) for what in _chart(chart, tables.get(chart.table)))


def _chart(chart: Chart, table: Table | None) -> Iterator[str]:
    if table is None:
        yield f"没有数据表{chart.table}"
        return
    if len(chart.labels) != len(chart.values):
        yield f"标签{len(chart.labels)}个，数值{len(chart.values)}个"
    columns = [list(values) for values in zip(*table.rows, strict=True)]
    if chart.values not in columns:
        yield f"数值与表“{table.title}”不符：{_first_difference(chart, columns)}"


def _first_difference(chart: Chart, columns: list[list[object]]) -> str:
    """The label at which the chart leaves the column that is most like it."""
    likeness = [sum(a == b for a, b in zip(chart.values, column, strict=False)) for column in columns]
    nearest = columns[likeness.index(max(likeness))] if columns else []
    pairs = zip(chart.labels, chart.values, nearest, strict=False)
    return next((f"{label}图为{value}，表为{other}" for label, value, other in pairs if value != other), "行数不同")
