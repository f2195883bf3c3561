"""二、案件分析: where cases come from, what they are about, where and when they are many."""

from collections.abc import Sequence

from dashboard.reports.content.analysis_tables import HOURS, kind_name, ordered, repeat_names, repeats
from dashboard.reports.content.material import Material, date, joined, paragraph
from dashboard.reports.document import Block, Chart, Run, Table, Words

FEWEST = 10
"""Cases from which on shares say something."""
NAMED, CHANNELS, HOT, BUSY = 5, 6, 3, 3
GATHERED = 0.25
"""The share of the three busiest hours from which on they are named (an even day has 12.5 %)."""


def analysis(m: Material) -> list[Block]:
    """Sentences and two charts."""
    accepted = m.value("total.accepted") or 0
    if accepted < FEWEST:
        return [*paragraph(m.say("analysis.few" if accepted else "analysis.none"))]
    return [
        *paragraph(_channels(m), _kinds(m), evidence=_there(m, "channels", "kinds")),
        *paragraph(_categories(m), evidence=_there(m, "categories")),
        *chart_of(m, "categories", "数量居前的案件类别（件）", "bars"),
        *paragraph(_grids(m), _repeats(m), evidence=_there(m, "grids", "repeats")),
        *paragraph(_hours(m), evidence=_there(m, "hours")),
        *chart_of(m, "hours", "各时段受理案件（件）", "columns"),
    ]


def _there(m: Material, *tables: str) -> list[str]:
    return [table for table in tables if table in m.tables]


def _channels(m: Material) -> list[Run]:
    codes = ordered(m, "channel")
    if len(codes) == 1:
        return m.say("channels.one", name=m.channel(codes[0]))
    items = [_share(m, f"channel.{code}", m.channel(code)) for code in codes[:CHANNELS]]
    return m.say("channels", items=joined(items, "；"))


def _kinds(m: Material) -> list[Run]:
    codes = ordered(m, "kind")
    if not {"event", "part"} & set(codes):
        return []
    if len(codes) == 1:
        return m.say("kinds.one", name=kind_name(m, codes[0]))
    return m.say("kinds", items=joined([_share(m, f"kind.{code}", kind_name(m, code)) for code in codes], "；"))


def _share(m: Material, key: str, word: Words) -> list[Run]:
    return m.say("item.share", name=word, count=m.num(key), share=m.num(f"share|{key} / total.accepted"))


def _categories(m: Material) -> list[Run]:
    codes = [code for code in ordered(m, "category") if code]
    if len(codes) < 2:
        return []
    items = [m.say("item", name=m.name_of(code), count=m.num(f"category.{code}")) for code in codes[:NAMED]]
    return m.say("categories" if len(codes) > NAMED else "categories.all", items=joined(items))


def _grids(m: Material) -> list[Run]:
    codes = [code for code in ordered(m, "grid") if (m.value(f"grid.{code}") or 0) > 1][:HOT]
    if len(ordered(m, "grid")) <= HOT:
        return []
    items = [m.say("item.count", name=m.name_of(code), count=m.num(f"grid.{code}")) for code in codes]
    return m.say("grids", items=joined(items))


def _repeats(m: Material) -> list[Run]:
    """How much comes back, and where more than once."""
    if not repeats(m):
        return []
    often = [code for code in repeats(m)[:HOT] if (m.value(f"repeat.{code}") or 0) > 1]
    items = [m.say("item.count", name=repeat_name(m, code), count=m.num(f"repeat.{code}")) for code in often]
    holes = {key: m.num(f"repeat.{key}") for key in ("days", "cases", "places")}
    return m.say("repeats", **holes, items=joined(items))


def repeat_name(m: Material, code: str) -> Words | None:
    """Which place complains about what, None where the snapshot has no words for it."""
    told = repeat_names(m).get(code)
    return Words(told, role="name") if told else None


def _hours(m: Material) -> list[Run]:
    told = [hour for hour in HOURS if m.value(f"hour.{hour}")]
    busy = sorted(told, key=lambda hour: (-(m.value(f"hour.{hour}") or 0), hour))[:BUSY]
    key = " + ".join(f"hour.{hour}" for hour in sorted(busy))
    share = m.num(f"share|{key} / total.accepted")
    if (m.known.fact(share.fact).value or 0) < GATHERED:
        return []
    spans = joined([[date(f"{first}时至{last}时")] for first, last in _spans([int(hour) for hour in busy])])
    return m.say("hours", items=spans, count=m.num(f"sum|{key}"), share=share)


def _spans(hours: Sequence[int]) -> list[tuple[int, int]]:
    """Hours in a row as (from, to)."""
    found: list[tuple[int, int]] = []
    for hour in sorted(hours):
        if found and found[-1][1] == hour:
            found[-1] = (found[-1][0], hour + 1)
        else:
            found.append((hour, hour + 1))
    return found


def chart_of(m: Material, key: str, title: str, kind: str) -> list[Block]:
    """A table as a drawing: where there is more than one row to compare."""
    table = m.tables.get(key)
    if table is None or len(table.rows) < 2:
        return []
    labels = [_label(key, row[0]) for row in table.rows]
    return [Chart(key, title, "bars" if kind == "bars" else "columns", labels, _cases(table), "cases", table=key)]


def _label(key: str, text: str) -> str:
    return text.split("时", 1)[0] if key == "hours" else text


def _cases(table: Table) -> list[float | None]:
    place = [column.key for column in table.columns].index("cases")
    return [row[place] for row in table.rows]
