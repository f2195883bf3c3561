"""The indicators: one definition each, read by tiles, drill-down, ranking, report and documentation alike.

An indicator divides one sum of named counts by another, or is one sum, or a quantile of handling times. The counts are
those of ``tallies.COUNTERS`` for the period, ``stocks.STOCKS`` at the moment, ``overdue_cohort`` (overdue open cases
among those accepted in the period), ``satisfied`` (ratings at or above the threshold) and the presence of workers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from dashboard.domain.histogram import quantile
from dashboard.domain.stocks import Stock
from dashboard.domain.tallies import COUNTERS

Basis = Literal["flow", "cohort", "stock"]
Unit = Literal["cases", "share", "hours", "people"]
PRESENCE = ("moving", "still", "silent", "off", "here")
"""Names of presence counts: by assigned region, ``here`` the workers online by place."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Named counts of one region, period and moment; a name that is absent is not known.

    ``natural`` and ``work`` are histograms (bin -> count) of handling times on the two clocks.
    """

    counts: Mapping[str, int]
    natural: Mapping[int, int] = field(default_factory=dict)
    work: Mapping[int, int] = field(default_factory=dict)

    def total(self, names: Sequence[str]) -> int | None:
        """Sum of counts, None where one of them is not known."""
        total = 0
        for name in names:
            count = self.counts.get(name)
            if count is None:
                return None
            total += count
        return total


def figures(
    tally: Sequence[int],
    overdue_cohort: int | None = None,
    stock: Stock | None = None,
    presence: Mapping[str, int] | None = None,
    satisfied_score: int = 2,
    natural: Mapping[int, int] | None = None,
    work: Mapping[int, int] | None = None,
) -> Figures:
    """Figures from a row of tallies (order of ``COUNTERS``) and what is known of the present.

    ``overdue_cohort``: overdue open cases among those accepted in the period; None leaves what is due unknown.
    ``satisfied_score``: the lowest score (4 very satisfied .. 1 dissatisfied) that counts as satisfied.
    """
    counts = dict(zip(COUNTERS, map(int, tally), strict=True))
    counts["satisfied"] = sum(counts[f"rated_{score}"] for score in range(satisfied_score, 5))
    if overdue_cohort is not None:
        counts["overdue_cohort"] = overdue_cohort
    counts.update(msgspec.structs.asdict(stock) if stock is not None else {})
    counts.update(presence or {})
    return Figures(counts, natural or {}, work or {})


@dataclass(frozen=True, slots=True)
class Indicator:
    """One definition. ``denominator`` is empty for a count; ``share`` is set for a quantile of ``clock`` durations."""

    key: str
    zh: str
    en: str
    basis: Basis
    unit: Unit
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    definition_zh: str = ""
    definition_en: str = ""
    source: str = "public contract, Indicators"
    version: str = "1"
    share: float | None = None
    clock: Literal["natural", "work"] = "natural"


class Figure(msgspec.Struct, frozen=True, gc=False):
    """An evaluated indicator: a share lies in 0..1, hours are decimal; ``value`` None is shown "—".

    ``n`` is the count or numerator, ``d`` the denominator or, for handling times, the number of durations.
    """

    key: str
    value: float | None
    n: int | None
    d: int | None
    basis: Basis
    version: str


def evaluate(indicator: Indicator, known: Figures) -> Figure:
    """The figure of one indicator; a rate over nothing and a figure over unknown counts have the value None."""
    if indicator.share is not None:
        return _quantile(indicator, indicator.share, known)
    n = known.total(indicator.numerator)
    if not indicator.denominator:
        return Figure(indicator.key, n, n, None, indicator.basis, indicator.version)
    d = known.total(indicator.denominator)
    value = None if n is None or not d else n / d
    return Figure(indicator.key, value, n, d, indicator.basis, indicator.version)


def _quantile(indicator: Indicator, share: float, known: Figures) -> Figure:
    durations = known.natural if indicator.clock == "natural" else known.work
    minutes = quantile(durations, share)
    hours = None if minutes is None else minutes / 60
    return Figure(indicator.key, hours, None, sum(durations.values()), indicator.basis, indicator.version)


DUE_TO_CLOSE = ("handled_due", "overdue_cohort")
"""应办结: handled cases with a deadline, and unhandled ones past theirs."""

CONTRACT = "public contract, Indicators"
DUE_SOURCE = f"{CONTRACT}; what is due is judged on handling as in eGova statistics code (need_archive_num)"
ON_TIME_SOURCE = f"{CONTRACT}; on time is judged on handling as in eGova statistics code (intime_dispose_num)"
REWORK_SOURCE = f"{CONTRACT}; rework over cases handled as in eGova's score of units (经手处置)"
REOPEN_SOURCE = f"{CONTRACT}; an indicator of hotline bulletins (重办率, Yulin)"
RATING_SOURCE = f"{CONTRACT}; satisfied over valid call-backs as hotline bulletins publish it"
QUANTILE_SOURCE = f"{CONTRACT}; quantile by nearest rank"

INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "accepted", "受理数", "Accepted", "flow", "cases", ("accepted_flow",),
        definition_zh="统计期内受理的案件数，以后作废的也计入。",
        definition_en="Acceptances in the period, including cases that became void later.",
    ),
    Indicator(
        "filed", "立案数", "Filed", "flow", "cases", ("filed_flow",),
        definition_zh="统计期内立案的案件数，每案只计首次立案。",
        definition_en="Filings in the period; each case counts once, at its first filing.",
    ),
    Indicator(
        "closed", "办结数", "Closed", "flow", "cases", ("closed_flow",),
        definition_zh="统计期内结案的次数，重办后再次结案另计。",
        definition_en="Closings in the period; a case closed again after reopening counts again.",
    ),
    Indicator(
        "reopened", "重办数", "Reopened", "flow", "cases", ("reopened_flow",),
        definition_zh="统计期内由结案转为重办的次数。",
        definition_en="Reopenings of closed cases in the period.",
    ),
    Indicator(
        "voided", "作废数", "Voided", "flow", "cases", ("voided_flow",),
        definition_zh="统计期内在办案件转为不予受理或作废的次数。",
        definition_en="Open cases that were rejected or cancelled in the period.",
    ),
    Indicator(
        "due_to_close", "应办结数", "Due", "cohort", "cases", DUE_TO_CLOSE, source=DUE_SOURCE,
        definition_zh="统计期受理且有时限的案件中，已处置的与未处置、未挂账而已超期的之和。",
        definition_en="Of the cases accepted in the period with a deadline: the handled ones, and the unhandled ones "
        "that are past it and not suspended.",
    ),
    Indicator(
        "no_deadline", "无时限数", "No deadline", "cohort", "cases", ("no_deadline",),
        definition_zh="统计期受理的案件中没有时限的，列在应办结数之外。",
        definition_en="Cases accepted in the period without a deadline, counted beside those due.",
    ),
    Indicator(
        "closure_rate", "办结率", "Closure rate", "cohort", "share", ("closed_due",), DUE_TO_CLOSE, source=DUE_SOURCE,
        definition_zh="有时限的案件中已结案的，除以应办结数。",
        definition_en="Closed cases with a deadline over the cases due.",
    ),
    Indicator(
        "closed_share", "结案占比", "Closed share", "cohort", "share", ("closed",), ("accepted",),
        definition_zh="统计期受理的案件中现已结案的比例，不论有无时限。",
        definition_en="Of the cases accepted in the period, those closed now, with or without a deadline.",
    ),
    Indicator(
        "on_time_rate", "按期办结率", "On-time rate", "cohort", "share", ("on_time",), DUE_TO_CLOSE,
        source=ON_TIME_SOURCE,
        definition_zh="在时限内（含时限当刻）处置完成的案件，除以应办结数。",
        definition_en="Cases handled at or before the deadline over the cases due.",
    ),
    Indicator(
        "closed_late", "超期办结", "Handled late", "cohort", "cases", ("late",), source=ON_TIME_SOURCE,
        definition_zh="统计期受理的案件中超过时限才处置完成的。",
        definition_en="Cases accepted in the period that were handled after the deadline.",
    ),
    Indicator(
        "overdue_open", "超期未办结", "Overdue", "stock", "cases", ("overdue",),
        definition_zh="此刻未处置、未挂账且已过时限的案件。",
        definition_en="Unhandled cases, not suspended, past their deadline at the moment.",
    ),
    Indicator(
        "due_soon", "临期", "Due soon", "stock", "cases", ("due_soon",),
        definition_zh="此刻未处置、未挂账且两小时（可配置）内到期的案件。",
        definition_en="Unhandled cases, not suspended, due within two natural hours (configurable).",
    ),
    Indicator(
        "rework_rate", "返工率", "Rework rate", "cohort", "share", ("reworked",), ("ever_handled",),
        source=REWORK_SOURCE,
        definition_zh="曾核查不通过的案件，除以曾处置的案件。",
        definition_en="Cases that ever failed a check over cases ever handled.",
    ),
    Indicator(
        "reopen_rate", "重办率", "Reopening rate", "cohort", "share", ("reopened",), ("ever_closed",),
        source=REOPEN_SOURCE,
        definition_zh="曾重办的案件，除以曾结案的案件。",
        definition_en="Cases ever reopened over cases ever closed.",
    ),
    Indicator(
        "satisfaction", "满意率", "Satisfaction", "flow", "share", ("satisfied",), ("rated",), source=RATING_SOURCE,
        definition_zh="统计期内的有效评价（每次结案取最后一次，1-4 分）中达到阈值（默认 2 分）的比例。",
        definition_en="Of the valid ratings (1-4, the last of each closing) given in the period, those at "
        "the threshold (default 2) or above.",
    ),
    Indicator(
        "handling_hours", "处置时长中位数", "Handling time, median", "cohort", "hours", (), share=0.5,
        source=QUANTILE_SOURCE,
        definition_zh="自受理至处置完成的自然时间，含挂账时间。",
        definition_en="Clock time from acceptance to handling, suspensions included; error at most 1 %.",
    ),
    Indicator(
        "handling_hours_p90", "处置时长九成位", "Handling time, 90th percentile", "cohort", "hours", (), share=0.9,
        source=QUANTILE_SOURCE,
        definition_zh="九成案件的处置时长不超过此值（自然时间，含挂账）。",
        definition_en="Nine in ten cases are handled within this clock time, suspensions included; error at most 1 %.",
    ),
    Indicator(
        "work_hours", "处置工时中位数", "Work time, median", "cohort", "hours", (), share=0.5, clock="work",
        source=QUANTILE_SOURCE,
        definition_zh="自受理至处置完成的工作时间，不含挂账时间。",
        definition_en="Work time from acceptance to handling, suspensions left out; error at most 1 %.",
    ),
    Indicator(
        "work_hours_p90", "处置工时九成位", "Work time, 90th percentile", "cohort", "hours", (),
        share=0.9, clock="work", source=QUANTILE_SOURCE,
        definition_zh="九成案件的处置工时不超过此值（不含挂账）。",
        definition_en="Nine in ten cases are handled within this work time, suspensions left out; error at most 1 %.",
    ),
    Indicator(
        "open", "在办", "Open", "stock", "cases", ("open",),
        definition_zh="此刻已受理、未结案、未作废的案件，含挂账。",
        definition_en="Cases accepted, not closed, not void at the moment, suspended ones included.",
    ),
    Indicator(
        "suspended", "挂账", "Suspended", "stock", "cases", ("suspended",),
        definition_zh="此刻挂账的在办案件。",
        definition_en="Open cases whose clock stands still at the moment.",
    ),
    Indicator(
        "supervised", "督办", "Supervised", "stock", "cases", ("supervised",),
        definition_zh="此刻处于督办中的在办案件。",
        definition_en="Open cases under supervision at the moment.",
    ),
    Indicator(
        "workers_online", "在线", "Online", "stock", "people", ("moving", "still"),
        definition_zh="此刻移动或静止的网格员，按所属区域统计。",
        definition_en="Workers moving or still at the moment, by assigned region.",
    ),
    Indicator(
        "moving", "移动", "Moving", "stock", "people", ("moving",),
        definition_zh="5 分钟内位移不少于 50 米的当班人员。",
        definition_en="On-duty workers who moved 50 m or more within 5 minutes.",
    ),
    Indicator(
        "still", "静止", "Still", "stock", "people", ("still",),
        definition_zh="有新定位但 5 分钟内位移不足 50 米的当班人员。",
        definition_en="On-duty workers with a fresh fix who moved less than 50 m within 5 minutes.",
    ),
    Indicator(
        "silent", "离线", "Silent", "stock", "people", ("silent",),
        definition_zh="当班但 10 分钟没有定位的人员。",
        definition_en="On-duty workers without a fix for 10 minutes.",
    ),
    Indicator(
        "workers_here", "到场", "Here", "stock", "people", ("here",),
        definition_zh="此刻身处本区域的在线人员，按位置统计。",
        definition_en="Workers online whose place is in the region at the moment.",
    ),
)  # fmt: skip

BY_KEY = {indicator.key: indicator for indicator in INDICATORS}
