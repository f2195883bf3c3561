"""Names as boards carry them: ``{"zh": …, "en": …}``, English falling back to Chinese."""

from functools import lru_cache

from dashboard.domain.base import BaseData
from dashboard.domain.regions import LEVELS, RegionTree
from dashboard.security.masking import mask_text

Name = dict[str, str]
_PLACE_LEVELS = (LEVELS.index("district"), LEVELS.index("street"))


def name(zh: str, en: str = "") -> Name:
    """A name in both languages."""
    return {"zh": zh, "en": en or zh}


def region_name(tree: RegionTree, node: int) -> Name:
    """Name of a region."""
    region = tree.regions[node]
    return name(region.name, region.name_en)


def parent_name(tree: RegionTree, node: int) -> Name | None:
    """Name of the region above, None for the root."""
    above = int(tree.parent[node])
    return None if above < 0 else region_name(tree, above)


def place(base: BaseData, code: str) -> Name:
    """Where a case lies, in words: district and street; the region's own name above them, its code where unknown."""
    tree = base.tree
    node = tree.latest.get(code)
    if node is None:
        return name(code)
    named = [n for n in reversed(tree.chain(node)) if tree.level[n] in _PLACE_LEVELS] or [node]
    words = [region_name(tree, n) for n in named]
    return {language: " ".join(word[language] for word in words) for language in ("zh", "en")}


def unit_name(base: BaseData, code: str) -> str | None:
    """Name of a handling unit; what was told where the unit is not known, None where nothing was."""
    unit = base.units.get(code)
    return (unit.name if unit is not None else code) or None


@lru_cache(maxsize=4096)
def title(text: str) -> str:
    """A case's title as screens in a hall may show it: numbers of phones, persons, plates and houses are hidden."""
    return mask_text(text)
