"""What regions, levels and indicators are called in a language."""

from dashboard.domain.indicators import BY_KEY
from dashboard.queries.answers import Place
from dashboard.queries.case_answers import Entry
from dashboard.queries.drill_answers import CaseLine
from layouts.i18n import Lang, messages, text


def place_name(lang: Lang, place: Place) -> str:
    """A region's name; Chinese where it has no other."""
    return place.name if lang == "zh-CN" else place.name_en or place.name


def case_places(lang: Lang, line: CaseLine) -> list[str]:
    """Names of the regions a case lies in, from the street down."""
    return line.places_en or line.places if lang == "en" else line.places


def case_category(lang: Lang, line: CaseLine) -> str:
    """A case's category in words; its code where it is not known, empty without one."""
    return (line.category_en if lang == "en" else "") or line.category_name or line.category


def case_unit(lang: Lang, line: CaseLine) -> str:
    """The unit that has a case; its code where it is not known, empty without one."""
    return (line.unit_en if lang == "en" else "") or line.unit_name or line.unit


def entry_unit(lang: Lang, entry: Entry) -> str:
    """The unit that a step names, empty without one."""
    return (entry.unit_en if lang == "en" else "") or entry.unit


def level_name(lang: Lang, level: str) -> str:
    """What a level is called; an office's own level by its own name."""
    return text(lang, f"level.{level}") if f"level.{level}" in messages(lang) else level


def indicator_name(lang: Lang, key: str) -> str:
    """An indicator's name."""
    return BY_KEY[key].zh if lang == "zh-CN" else BY_KEY[key].en
