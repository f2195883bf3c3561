"""What regions, levels and indicators are called in a language."""

from dashboard.domain.indicators import BY_KEY
from dashboard.queries.answers import Place
from layouts.i18n import Lang, messages, text


def place_name(lang: Lang, place: Place) -> str:
    """A region's name; Chinese where it has no other."""
    return place.name if lang == "zh-CN" else place.name_en or place.name


def level_name(lang: Lang, level: str) -> str:
    """What a level is called; an office's own level by its own name."""
    return text(lang, f"level.{level}") if f"level.{level}" in messages(lang) else level


def indicator_name(lang: Lang, key: str) -> str:
    """An indicator's name."""
    return BY_KEY[key].zh if lang == "zh-CN" else BY_KEY[key].en
