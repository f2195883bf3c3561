"""How a figure changed against the period before (环比) and the year before (同比), in words."""

from dashboard.reports.content.material import Material, date, joined
from dashboard.reports.document import Num, Run
from dashboard.reports.numbers import written

_AGAINST = (("before", "change"), ("year", "change_year"))


def share_changes(m: Material, key: str) -> list[Run]:
    """较8月上升0.25个百分点，较上年同期上升1.27个百分点."""
    return joined([_change(m, key, *pair, "points", ("up", "down")) for pair in _AGAINST], "，")


def hours_changes(m: Material, key: str) -> list[Run]:
    """较8月缩短0.2小时."""
    return joined([_change(m, key, *pair, "hours_change", ("longer", "shorter")) for pair in _AGAINST], "，")


def case_changes(m: Material, key: str) -> list[Run]:
    """较8月增加312件，增长2.6%."""
    return joined([_change(m, key, *pair, "change", ("more", "fewer")) for pair in _AGAINST], "；")


def _change(m: Material, key: str, then: str, change: str, form: str, ways: tuple[str, str]) -> list[Run]:
    word = m.words.before if then == "before" else m.words.year
    size = m.num(f"{change}.total.{key}", form)
    fact = m.known.fact(size.fact)
    if not word or fact.value is None:
        return []
    if size.text == written(0, "number", form=form):
        return m.say("change.same", before=date(word))
    growth = _growth(m, key, then) if form == "change" else None
    return m.say(f"change.{ways[0 if fact.value > 0 else 1]}", before=date(word), size=size, growth=growth)


def _growth(m: Material, key: str, then: str) -> Num | None:
    """In percent of the earlier number, None where that is too small for it to mean anything."""
    earlier = m.value(f"{then}.total.{key}")
    if earlier is None or earlier < m.office.thresholds.cases:
        return None
    return m.num(f"growth|total.{key} / {then}.total.{key}", "growth")
