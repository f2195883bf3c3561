"""The head of a report: title, number, organ, whom it goes to, what it is about, and the first paragraph."""

import re
from math import ceil

from dashboard.queries.answers import Place
from dashboard.reports.content.material import Material, date, em, name, paragraph, shortened
from dashboard.reports.document import Num, Paragraph, Run, Words
from dashboard.reports.wording import HOLE

NEAR = 5
"""How many characters a cut may be off the middle for being at the end of a period."""
_WHOLE = re.compile(r"[\d年月日至第]*\d[\d年月日至]*|第[一二三四]季度|[A-Za-z0-9]+")
KIND_ENDS = "省市州盟区县旗镇乡"
TITLE = 20
"""Ideographs of a title in one line of type size 2 (22 pt in 156 mm)."""
STATES = {
    "open": "在办", "closed": "已办结", "overdue": "超期未办结", "suspended": "挂账", "supervised": "督办",
    "due_soon": "临期",
}  # fmt: skip
WEEKDAYS = "一二三四五六日"


def title(m: Material) -> list[str]:
    """The title in lines."""
    template = str(getattr(m.office.title, m.snapshot.asked.kind, m.office.title.month))
    holes = {"period": m.words.full, "area": area(m).text, "place": m.name_of_place().text, "subject": subject(m)}
    return [line for part in _filled(template, holes).split("\n") for line in _lines(part)]


def number(m: Material) -> str:
    """The document number, empty where it is given by hand."""
    template = str(getattr(m.office.number, m.snapshot.asked.kind, ""))
    return _filled(template, {"year": str(m.snapshot.last // 10_000), "issue": str(m.words.issue)})


def addressees(m: Material) -> str:
    """主送; an excerpt goes to the region that it is about."""
    if m.snapshot.asked.kind == "excerpt":
        return _filled(m.office.excerpt_to, {"place": m.name_of_place().text})
    return m.office.to


def organ(m: Material, template: str) -> str:
    """The issuing organ, or who prints."""
    return _filled(template, {"city": m.office.city or city(m)})


def city(m: Material) -> str:
    """The name of the whole city as far as the snapshot knows it."""
    place, names = m.snapshot.place, m.snapshot.names
    return shortened(place.name if place.parent is None else names.get(place.parent) or place.name)


def area(m: Material) -> Words:
    """全市 of the whole, the name of a part."""
    return whole(m.snapshot.place)


def whole(place: Place) -> Words:
    """全市 of a root by its kind, else the name."""
    if place.parent is None and place.name[-1:] in KIND_ENDS and place.name:
        return Words(f"全{place.name[-1]}", role="name")
    return name(place.name or place.code)


def subject(m: Material) -> str:
    """What a 专项通报 is about: 城管局承办的12345热线占道经营案件."""
    filters, parts = m.snapshot.asked.filters, []
    parts += [m.name_of(filters[key]).text for key in ("region", "grid") if filters.get(key)]
    if code := filters.get("unit"):
        parts.append(f"{m.name_of(code).text}承办的")
    if hour := filters.get("hour"):
        parts.append(f"{int(hour)}时至{int(hour) + 1}时受理的" if hour.isdecimal() else "")
    if day := filters.get("weekday"):
        parts.append(f"星期{WEEKDAYS[(int(day) - 1) % 7]}受理的" if day.isdecimal() else "")
    if words := filters.get("words"):
        parts.append(f"标题或编号含“{shortened(words, 16)}”的")
    if code := filters.get("channel"):
        parts.append(m.channel(code).text)
    parts.append(STATES.get(filters.get("state", ""), ""))
    if code := filters.get("category"):
        parts.append(m.name_of(code).text)
    return f"{''.join(parts)}案件" if any(parts) else "案件"


def opening(m: Material) -> list[Paragraph]:
    """The first paragraph."""
    kind = m.snapshot.asked.kind
    if kind == "excerpt":
        return paragraph(m.say("opening.excerpt", place=m.name_of_place(), period=date(m.words.full)))
    if kind == "notice":
        holes = {"period": date(m.words.full), "area": area(m), "subject": name(subject(m), 80)}
        return paragraph(m.say("opening.notice", **holes))
    return paragraph(_figures(m))


def _figures(m: Material) -> list[Run]:
    holes = {"period": date(m.words.short), "area": area(m), "place": m.name_of_place()}
    if not m.value("total.accepted"):
        return m.say("opening.none", period=holes["period"], area=holes["area"])
    facts = {
        "accepted": "accepted", "closed": "closed", "closure": "closure_rate", "on_time": "on_time_rate",
        "satisfaction": "satisfaction", "due": "due_to_close", "overdue": "overdue_open",
    }  # fmt: skip
    return m.say("opening", **holes, **{hole: _sure(m, f"total.{key}") for hole, key in facts.items()})


def _sure(m: Material, key: str) -> Num | None:
    """A number of the first paragraph; rates over few cases are told further down, where their base stands beside."""
    fact = m.known.fact(key)
    few = fact.unit == "share" and (fact.d or 0) < m.office.thresholds.cases
    return None if few else m.num(key)


def _filled(template: str, holes: dict[str, str]) -> str:
    return HOLE.sub(lambda found: holes.get(found.group(1), ""), template)


def _lines(text: str) -> list[str]:
    """A title's line, cut into about equal parts where it is too long: after a period where there is one near, never
    inside of one."""
    lines = []
    while em(text) > TITLE:
        ideal = -(-len(text) // ceil(em(text) / TITLE))
        cut = min(_cuts(text), key=lambda place: abs(place[0] - ideal) - place[1])[0]
        lines.append(text[:cut])
        text = text[cut:]
    return [*lines, text]


def _cuts(text: str) -> list[tuple[int, int]]:
    """Where a title may be cut (not inside periods and Latin words) and how many characters of distance it is worth."""
    spans = [found.span() for found in _WHOLE.finditer(text)]
    ends = {end for _, end in spans}
    inside = {place for start, end in spans for place in range(start + 1, end)}
    free = [place for place in range(2, len(text) - 1) if place not in inside and em(text[:place]) <= TITLE]
    return [(place, NEAR if place in ends else 0) for place in free] or [(TITLE, 0)]


def data_line(m: Material) -> str:
    """What stands at the foot of every page: demonstration data, cut-off, score model."""
    model = m.snapshot.model
    parts = ["演示数据"] if m.snapshot.demo else []
    parts.append(f"数据截至{m.moment(year=True).text}")
    parts.append(f"计分口径{shortened(model.zh)}第{shortened(model.version)}版")
    return "　".join(parts)

