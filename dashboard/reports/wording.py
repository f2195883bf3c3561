"""Every sentence of a report: templates with holes in braces, which an office may write anew.

A hole is one of the sentence's own, or any fact of the totals by its id (``{total.suspended}``). What stands in square
brackets is said only where all its holes are known; a sentence that lacks any other hole is not said at all. Literal
text has no digits but those of dates: whatever is counted comes through a hole.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from dashboard.domain.indicators import BY_KEY
from dashboard.reports.document import Num, Run, Words
from dashboard.reports.numbers import MISSING

HOLE = re.compile(r"\{([^{}]*)\}")
OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
DATE = re.compile(r"\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?|\d{1,2}月(?:\d{1,2}日)?|\d{1,2}日|\d{1,2}(?:时|:\d{2})")
"""What of literal text may carry digits."""

_FACT = re.compile(r"(?:(?:before|year|change|change_year)\.)?total\.(\w+)")

WORDING: dict[str, str] = {
    "opening": "{period}，{area}网格化治理平台受理各类事件{accepted}件，办结{closed}件"
    "[，办结率{closure}，按期办结率{on_time}][，群众满意率{satisfaction}]。现将有关情况通报如下。",
    "opening.none": "{period}，{area}网格化治理平台没有受理案件。现将有关情况通报如下。",
    "opening.notice": "现将{period}{area}{subject}办理情况通报如下。",
    "opening.excerpt": "现将{place}{period}网格化治理运行情况摘录如下。",
    # 一、总体情况
    "total.accepted": "受理{accepted}件[，立案{filed}件]，办结{closed}件。",
    "total.accepted.change": "受理量{changes}。",
    "total.due": "应办结{due}件，办结率{closure}[，{closure_changes}]；按期办结率{on_time}[，{on_time_changes}]。",
    "total.due.none": "没有应办结案件，办结率、按期办结率不作统计。",
    "total.deadline": "另有{count}件没有办理时限，不计入应办结。",
    "total.rework": "返工{count}件，返工率{rate}[，{changes}]。",
    "total.reopen": "重办{count}件，重办率{rate}[，{changes}]。",
    "total.again.none": "没有{items}案件。",
    "total.satisfaction": "群众满意率{satisfaction}（有效评价{rated}件）[，{changes}]。",
    "total.satisfaction.none": "没有有效的群众评价，满意率不作统计。",
    "total.hours": "处置时长中位数{median}小时[，{changes}]；九成案件在{p90}小时内处置完成。",
    "total.stock": "截至{moment}，在办{open}件[，其中{items}]。",
    "total.stock.late": "截至{moment}，在办{open}件，均已超期。",
    "total.stock.none": "截至{moment}，没有在办案件。",
    "total.stock.overdue": "超期未办结{count}件",
    "total.stock.supervised": "督办{count}件",
    "total.stock.suspended": "挂账{count}件",
    "total.voided": "不予受理和作废{count}件，不计入各项比率。",
    "data.complete": "数据截至{moment}，统计期内各地每日均有数据。",
    "data.gaps": "数据截至{moment}，其中{gaps}[等{count}个地方部分日期]没有数据，有关指标只反映已收到的案件。",
    "data.gaps.everywhere": "数据截至{moment}。统计期内各地{days}均没有数据，有关指标只反映已收到的案件。",
    "data.gap": "{place}{days}",
    "change.up": "较{before}上升{size}",
    "change.down": "较{before}下降{size}",
    "change.more": "较{before}增加{size}件[，增长{growth}]",
    "change.fewer": "较{before}减少{size}件[，下降{growth}]",
    "change.longer": "较{before}延长{size}小时",
    "change.shorter": "较{before}缩短{size}小时",
    "change.same": "与{before}持平",
    # 二、案件分析
    "channels": "从来源看，{items}。",
    "channels.one": "从来源看，全部为{name}。",
    "kinds": "从性质看，{items}。",
    "kinds.one": "从性质看，全部为{name}。",
    "item.share": "{name}{count}件，占{share}",
    "categories": "从类别看，数量居前的为{items}。",
    "categories.all": "从类别看，{items}。",
    "item": "{name}{count}件",
    "grids": "案件较多的网格为{items}。",
    "repeats": "[{days}日内同类案件在同一地点再次发生的{cases}件，涉及{places}处。][重复投诉较集中的为{items}。]",
    "item.count": "{name}（{count}件）",
    "hours": "从时段看，受理集中在{items}，合计{count}件，占{share}。",
    "analysis.few": "案件数量少，不作结构分析。",
    "analysis.none": "统计期内没有案件，不作分析。",
    # 三、排名情况
    "ranking.lead": "共{all}个，参与排名{ranked}个[，得分中位数{median}分]。",
    "ranking.lead.all": "共{all}个，全部参与排名[，得分中位数{median}分]。",
    "ranking.none": "没有达到排名要求的单位。",
    "ranking.ends": "[{group}]排名前列的为{top}，排名靠后的为{bottom}。",
    "ranking.all": "[{group}]依次为{items}。",
    "ranking.tied": "[{group}]{count}个单位得分均为{score}分，并列第{rank}名。",
    "ranking.single": "[{group}]参与排名的只有{name}，得分{score}分。",
    "ranked": "{name}（{score}分）",
    "ranked.place": "{name}（第{rank}名，{score}分）",
    "ranked.tied": "{name}（并列第{rank}名，{score}分）",
    "ranked.many": "{items}等{count}个单位（并列第{rank}名，{score}分）",
    "ranking.risen": "名次明显上升的为{items}[等{count}个单位]。",
    "ranking.fallen": "名次明显下降的为{items}[等{count}个单位]。",
    "moved.up": "{name}（升{size}名）",
    "moved.down": "{name}（降{size}名）",
    "ranking.steady": "与{before}相比，各单位名次变化均在数据波动范围之内。",
    "ranking.few": "{items}[等{count}个单位]应办结不足{min_due}件，数据量不足，不参与排名。",
    "ranking.idle": "{items}[等{count}个单位]没有应办结案件，不参与排名。",
    "ranking.excluded": "{name}不参与排名，原因为{reason}。",
    "ranking.red": "红榜：{items}。",
    "ranking.black": "黑榜：{items}。",
    "ranking.see": "详见附件{annex}。",
    "ranking.own": "{place}得分{score}分，在{area}{group}{count}个参与排名的单位中位列第{rank}名"
    "[（名次区间{low}–{high}）][，较{before}上升{up}名][，较{before}下降{down}名][，与{steady}相比名次变化在数据波动范围之内]。",
    "ranking.own.tied": "{place}得分{score}分，在{area}{group}{count}个参与排名的单位中并列第{rank}名"
    "[（名次区间{low}–{high}）][，较{before}上升{up}名][，较{before}下降{down}名][，与{steady}相比名次变化在数据波动范围之内]。",
    "ranking.own.few": "{place}应办结{due}件，不足{min_due}件，数据量不足，不参与排名。",
    "ranking.own.idle": "{place}没有应办结案件，不参与排名。",
    # 四、队伍运行
    "crew.total": "网格员{workers}人[，统计期内上岗{on_duty}人][，巡查覆盖网格{covered}个，覆盖率{coverage}]。",
    "crew.work": "累计上岗{hours}小时，巡查里程{km}公里。",
    "crew.none": "没有队伍运行数据。",
    "crew.note": "以上为单位合计，不含个人数据，不用于考核个人。",
    # 五、超期、督办、挂账、三跨
    "lists": "截至{moment}，{items}。清单见附件{annex}。",
    "lists.overdue": "超期未办结{count}件",
    "lists.supervised": "督办{count}件",
    "lists.suspended": "挂账{count}件",
    "lists.crossing": "{name}（含本期受理）{count}件",
    "lists.none": "截至{moment}，没有超期未办结、督办、挂账和{name}案件。",
    "lists.cut": "下表列出{shown}件，共{all}件，其余可在平台查询。",
    # 六、存在问题
    "issue.on_time": "按期办结率{value}，低于{target}的目标，相差{gap}。",
    "issue.satisfaction": "群众满意率{value}，低于{target}的目标，相差{gap}。",
    "issue.under": "参与排名的{level}中有{count}个按期办结率低于{target}，较低的为{items}。",
    "issue.under.one": "{name}（{rate}，应办结{due}件）",
    "issue.overdue": "本期受理的案件中，超期未办结的集中在{items}，合计{count}件，占{share}。",
    "issue.category": "{name}{count}件，较{before}增长{growth}。",
    "issue.rework": "返工率较{before}上升{size}，返工{count}件，处置质量有待提高。",
    "issue.rework.units": "返工率较高的{level}为{items}。",
    "issue.satisfaction.units": "满意率较低的{level}为{items}。",
    "issue.rework.one": "{name}（{rate}，返工{count}件）",
    "issue.rated.one": "{name}（{rate}，有效评价{count}件）",
    "issue.reopen": "重办率较{before}上升{size}，重办{count}件，办结后问题反复。",
    "issue.crossing": "本期受理和在办的{name}案件{count}件，需要各方协调推进。",
    "issue.last": "{items}连续{periods}期位居末位。",
    "issue.gaps": "{count}个地方有的日期没有数据，影响统计的完整性。",
    "issue.repeat": "{name}重复投诉{count}件，问题尚未从源头解决。",
    "issue.none": "按期办结率、群众满意率未低于目标[，返工率、重办率与{before}相比没有明显上升]。",
    # 附件
    "annex.model": "计分口径为“{model}”第{version}版。"
    "得分按下表权重加权计算；缺少数据的项目不计，其余各项权重相应折算。",
    "annex.ties": "得分相同的，依次比较按期办结率、返工率、应办结件数；仍相同的为并列。",
    "annex.interval": "名次区间反映数据波动可能带来的变化；与{before}的名次区间不重叠的，才标注升降。",
    "annex.small": "应办结不足{small}件的标注“样本少”；不足{min_due}件的不参与排名。",
    "annex.grades": "等级划分为：{items}。",
    "annex.grade": "{score}分及以上为{name}",
    "annex.grade.rest": "其余为{name}",
    "appeal.window": "对数据有异议的，请在草案公示之日起{days}个工作日内提出申诉，写明案件编号、理由并附佐证材料。",
    "appeal.route": "申诉渠道为：{route}",
    "appeal.result": "申诉成立的，更正数据、重新排名，并在通报中列明。",
    "check.lead": "下列各项由平台在印发前逐项核对；全部数字另由案件事件重新计算一遍，有不一致的不得印发。",
    "check.own": "下步要求由印发单位撰写，其中的数字不在核对之列。",
    "check.rest": "{level}合计与总数的差额为未落到{level}的案件。",
    "restated.lead": "以下为以前通报中的数据因后续收到的案件信息而发生的变化，原通报及其名次不作改动。",
    "restated.more": "变化较多，本表只列出其中一部分，全部变化见随附的数据文件。",
    "corrections.lead": "以下更正依据已成立的申诉作出，有关指标和名次已按更正后的数据计算。",
}
"""The sentences by name. The holes of a default are those an office's own sentence may use."""

MORE_HOLES: Mapping[str, tuple[str, ...]] = {
    "opening": ("due", "overdue", "place"),
    "ranking.lead": ("level",),
    "ranking.lead.all": ("level",),
    "ranking.none": ("level",),
    "ranked": ("rank",),
    "ranked.place": ("due",),
}
"""Holes that a sentence offers beyond those its default uses."""

Filling = Run | Sequence[Run] | None
"""What stands in a hole; None, no runs and a number without a value are not known."""


def fill(template: str, holes: Mapping[str, Filling], fact: Callable[[str], Num]) -> list[Run]:
    """The runs of a sentence, none where something is missing that is not in brackets.

    ``fact`` answers holes that are ids of facts; ``KeyError`` names a hole that nobody fills.
    """
    found: list[Run] = []
    for place, part in enumerate(OPTIONAL.split(template)):
        runs = _filled(part, holes, fact)
        if runs is None and place % 2 == 0:
            return []
        found += runs or []
    return found


def _filled(part: str, holes: Mapping[str, Filling], fact: Callable[[str], Num]) -> list[Run] | None:
    found: list[Run] = []
    for place, text in enumerate(HOLE.split(part)):
        runs = literal(text) if place % 2 == 0 else _runs(_filling(text, holes, fact))
        if place % 2 and not known(runs):
            return None
        found += runs
    return found


def _filling(hole: str, holes: Mapping[str, Filling], fact: Callable[[str], Num]) -> Filling:
    if hole not in holes and _FACT.fullmatch(hole):
        return fact(hole)
    return holes[hole]


def _runs(filling: Filling) -> list[Run]:
    if filling is None:
        return []
    return list(filling) if isinstance(filling, Sequence) else [filling]


def known(runs: Sequence[Run]) -> bool:
    """Whether there is something to say, and no number without a value in it."""
    return any(run.text for run in runs) and not any(isinstance(run, Num) and run.text == MISSING for run in runs)


def literal(text: str) -> list[Run]:
    """Text of the office's own, its dates apart."""
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
            some = ", ".join(sorted(allowed)) or "none"
            yield f"there is no hole {{{hole}}}: use {some}, or a fact as total.accepted"
    literal = HOLE.sub("", template)
    if "{" in literal or "}" in literal:
        yield "a brace is open"
    if re.search(r"[\[\]]", OPTIONAL.sub("", template)):
        yield "a square bracket is open, or stands in another one"
    if re.search(r"\d", DATE.sub("", literal)):
        yield "digits stand only in dates; a number comes through a hole"


def _is_fact(hole: str) -> bool:
    found = _FACT.fullmatch(hole)
    return found is not None and found.group(1) in BY_KEY
