"""Every sentence of a report: templates with holes in braces, which an office may write anew.

A hole is one of the sentence's own, or any fact of the totals by its id (``{total.suspended}``). Literal text has no
digits but those of dates: whatever is counted comes through a hole.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from dashboard.domain.indicators import BY_KEY
from dashboard.reports.document import Num, Run, Words

HOLE = re.compile(r"\{([^{}]*)\}")
DATE = re.compile(r"\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月(?:\d{1,2}日)?|\d{1,2}日|\d{1,2}(?:时|:\d{2})")
"""What of literal text may carry digits."""

_FACT = re.compile(r"(?:(?:before|year|change|change_year|growth)\.)?total\.(\w+)")

WORDING: dict[str, str] = {
    "opening": "{period}，{area}网格化治理平台受理各类事件{accepted}件，办结{closed}件，办结率{closure}，按期办结率{on_time}，"
    "群众满意率{satisfaction}。现将有关情况通报如下。",
    "opening.notice": "现将{area}{period}{subject}有关情况通报如下。",
    "opening.excerpt": "现将{place}{period}网格化治理运行情况摘录如下。",
    "opening.none": "{period}，{area}网格化治理平台没有受理案件。现将有关情况通报如下。",
    # 一、总体情况
    "total.accepted": "受理{accepted}件，立案{filed}件，办结{closed}件。",
    "total.accepted.change": "受理量{changes}。",
    "total.due": "应办结{due}件，办结率{closure}{closure_changes}；按期办结率{on_time}{on_time_changes}。",
    "total.due.none": "没有应办结案件，办结率、按期办结率不作统计。",
    "total.quality": "返工率{rework}{rework_changes}；重办率{reopen}{reopen_changes}。",
    "total.satisfaction": "群众满意率{satisfaction}（有效评价{rated}件）{satisfaction_changes}。",
    "total.satisfaction.none": "没有有效的群众评价，满意率不作统计。",
    "total.hours": "处置时长中位数{median}小时{median_changes}，九成案件在{p90}小时内处置完成。",
    "total.stock": "截至{moment}，在办{open}件，其中超期未办结{overdue}件、督办{supervised}件、挂账{suspended}件。",
    "total.voided": "不予受理和作废{voided}件，不计入以上比率。",
    "data.complete": "数据截至{moment}，统计期内各地每日均有数据。",
    "data.gaps": "数据截至{moment}。{gaps}无数据，有关指标仅反映已收到的案件。",
    "data.gap": "{place}{days}",
    "data.gaps.more": "{gaps}等{count}个地方部分日期",
    "data.unknown": "数据截至{moment}。",
    "change.up": "较{before}上升{size}",
    "change.down": "较{before}下降{size}",
    "change.more": "较{before}增加{size}件",
    "change.fewer": "较{before}减少{size}件",
    "change.longer": "较{before}延长{size}小时",
    "change.shorter": "较{before}缩短{size}小时",
    "change.same": "与{before}持平",
    "change.grown": "，增长{growth}",
    "change.shrunk": "，下降{growth}",
    # 二、案件分析
    "channels": "从来源看，{items}。",
    "channel": "{name}{count}件，占{share}",
    "kinds": "从性质看，事件类{event}件，占{event_share}；部件类{part}件，占{part_share}。",
    "categories": "从类别看，数量居前的小类为{items}。",
    "category": "{name}{count}件",
    "grids": "案件较多的网格为{items}。",
    "grid": "{name}（{count}件）",
    "hours": "从时段看，受理最集中的时段为{items}，合计占{share}。",
    "hour": "{from}至{to}",
    "repeats": "重复投诉较集中的为{items}。",
    "repeat": "{name}（{count}件）",
    "analysis.none": "统计期内没有案件，不作分析。",
    # 三、排名情况
    "ranking.lead": "{level}共{all}个，参与排名{ranked}个，得分中位数{median}。",
    "ranking.none": "{level}没有达到排名要求的单位。",
    "ranking.top": "{group}排名靠前的为{items}。",
    "ranking.bottom": "{group}排名靠后的为{items}。",
    "ranking.all": "{group}依次为{items}。",
    "ranked": "{name}（{rank}，{score}分）",
    "rank": "第{rank}名",
    "rank.tied": "并列第{rank}名",
    "rank.interval": "第{rank}名（{low}–{high}）",
    "rank.interval.tied": "并列第{rank}名（{low}–{high}）",
    "ranking.risen": "名次明显上升的为{items}。",
    "ranking.fallen": "名次明显下降的为{items}。",
    "moved.up": "{name}（升{size}名）",
    "moved.down": "{name}（降{size}名）",
    "ranking.steady": "各单位名次变化均在数据波动范围之内。",
    "ranking.few": "{items}应办结件数不足{min_due}件，数据量不足，不参与排名。",
    "ranking.few.more": "{items}等{count}个单位应办结件数不足{min_due}件，数据量不足，不参与排名。",
    "ranking.idle": "{items}没有应办结案件，不参与排名。",
    "ranking.idle.more": "{items}等{count}个单位没有应办结案件，不参与排名。",
    "ranking.excluded": "{name}不参与排名，原因为{reason}。",
    "ranking.last": "{items}连续{periods}期位居末位。",
    "ranking.red": "红榜（{level}）：{items}。",
    "ranking.black": "黑榜（{level}）：{items}。",
    "ranking.see": "排名见附件{annex}。",
    "ranking.own": "{place}得分{score}分，在{level}中位列{rank}。",
    "ranking.own.below": "{place}应办结{due}件，数据量不足，不参与排名。",
    "ranking.own.idle": "{place}没有应办结案件，不参与排名。",
    "ranking.own.excluded": "{place}不参与排名，原因为{reason}。",
    "ranking.units": "责任单位中，排名靠前的为{top}；排名靠后的为{bottom}。",
    "ranking.units.all": "责任单位依次为{items}。",
    # 四、队伍运行
    "crew.total": "网格员{workers}人，统计期内上岗{on_duty}人，覆盖网格{covered}个，网格巡查覆盖率{coverage}。",
    "crew.work": "累计巡查{hours}小时、{km}公里。",
    "crew.none": "没有队伍运行数据。",
    "crew.note": "以上为单位合计，不含个人数据，不用于考核个人。",
    # 五、超期、督办、挂账、三跨
    "lists.lead": "超期未办结{overdue}件，督办{supervised}件，挂账{suspended}件，三跨{crossing}件。",
    "lists.see": "清单见附件{annex}。",
    "lists.none": "没有超期未办结、督办、挂账和三跨案件。",
    "lists.cut": "本表列出前{shown}件，共{all}件，完整清单在平台查询。",
    # 六、存在问题
    "issue.total.on_time": "按期办结率{value}，低于{target}的目标。",
    "issue.total.satisfaction": "群众满意率{value}，低于{target}的目标。",
    "issue.under": "{count}个{level}按期办结率低于{target}，其中较低的为{items}。",
    "issue.under.one": "{name}（{rate}，应办结{due}件）",
    "issue.overdue": "超期未办结案件主要集中在{items}，合计{count}件，占{share}。",
    "issue.overdue.one": "{name}（{count}件）",
    "issue.categories": "{items}。",
    "issue.category": "{name}{count}件，较{before}增长{growth}",
    "issue.rework": "返工率较{before}上升{size}，返工{count}件。",
    "issue.rework.units": "返工率较高的为{items}。",
    "issue.satisfaction.units": "满意率较低的为{items}。",
    "issue.rate.one": "{name}（{rate}，{count}件）",
    "issue.reopen": "重办率较{before}上升{size}，重办{count}件。",
    "issue.crossing": "跨部门、跨层级、跨区域案件{count}件尚未办结。",
    "issue.supervised": "督办案件{count}件尚未办结。",
    "issue.last": "{items}连续{periods}期位居末位。",
    "issue.gaps": "{count}个地方部分日期没有数据，影响统计的完整性。",
    "issue.repeat": "{name}重复投诉{count}件，尚未从源头解决。",
    # 附件
    "annex.definitions.model": "计分口径：{model}，第{version}版。{formula}。",
    "annex.ties": "得分相同的，依次比较按期办结率、返工率、应办结件数；仍相同的为并列。",
    "annex.interval": "名次后括号内为名次区间，反映数据波动可能带来的变化；名次变化在区间重叠时不作升降标注。",
    "annex.small": "应办结不足{small}件的标注样本少；不足{min_due}件的不参与排名。",
    "annex.rates": "比率单位为%。办结率、按期办结率的分母为应办结件数，不含未到期在办件。",
    "annex.change": "升降为与{before}名次比较。",
    "annex.grades": "等级：{items}。",
    "annex.grade": "{name}为{score}分及以上",
    "appeal.window": "对本通报数据有异议的，可在通报草案公示之日起{days}个工作日内提出申诉。",
    "appeal.route": "申诉渠道：{route}",
    "appeal.result": "申诉须写明案件编号、理由和佐证材料；成立的，更正数据后重新排名，并在下表列明。",
    "restated.lead": "以下为已发布通报中的数据因后续到达的案件而发生的变化，原通报不作改动。",
    "corrections.lead": "以下更正依据已成立的申诉作出。",
}
"""The sentences by name. The holes of a default are those an office's own sentence may use."""

MORE_HOLES: Mapping[str, tuple[str, ...]] = {
    "opening": ("area", "period", "due", "overdue", "place"),
    "total.accepted": ("voided", "due"),
    "total.stock": ("due_soon",),
    "ranked": ("due", "place"),
}
"""Holes that a sentence offers beyond those its default uses."""


def fill(
    template: str, holes: Mapping[str, Run | Sequence[Run]], fact: Callable[[str], Num] | None = None
) -> list[Run]:
    """The runs of a sentence. ``fact`` answers holes that are ids of facts; ``KeyError`` names a hole nobody fills."""
    found: list[Run] = []
    for place, part in enumerate(HOLE.split(template)):
        if place % 2 == 0:
            found += _literal(part)
        elif part in holes:
            run = holes[part]
            found += run if isinstance(run, Sequence) else [run]
        elif fact is not None and _FACT.fullmatch(part):
            found.append(fact(part))
        else:
            raise KeyError(part)
    return found


def _literal(text: str) -> list[Run]:
    """Literal text, its dates apart."""
    found: list[Run] = []
    at = 0
    for match in DATE.finditer(text):
        found += [Words(text[at : match.start()]), Words(match.group(), role="date")]
        at = match.end()
    return [run for run in (*found, Words(text[at:])) if not isinstance(run, Words) or run.text]


def problems(own: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with an office's sentences, each beginning with the name of its field."""
    for key, template in own.items():
        if key not in WORDING:
            yield f"wording.{key}: there is no sentence of this name"
        else:
            yield from (f"wording.{key}: {problem}" for problem in _problems(key, template))


def _problems(key: str, template: str) -> Iterator[str]:
    allowed = {*HOLE.findall(WORDING[key]), *MORE_HOLES.get(key, ())}
    for hole in HOLE.findall(template):
        if hole not in allowed and not _is_fact(hole):
            yield f"there is no hole {{{hole}}}: use {', '.join(sorted(allowed)) or 'none'}, or a fact as total.accepted"
    literal = HOLE.sub("", template)
    if "{" in literal or "}" in literal:
        yield "a brace is open"
    if re.search(r"\d", DATE.sub("", literal)):
        yield "digits stand only in dates; a number comes through a hole"


def _is_fact(hole: str) -> bool:
    found = _FACT.fullmatch(hole)
    return found is not None and found.group(1) in BY_KEY
