"""The address of a page is its whole state: place, period, filters, order, language. Every link is made here."""

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, quote_plus

import msgspec

from dashboard.queries.selection import Selection
from layouts.i18n import Lang, language

REGION, CASES, CASE, WORKER, RANKING, SCORE = "/region", "/cases", "/case", "/worker", "/ranking", "/score"
REPORTS, REPORT, COMPARE = "/reports", "/report", "/reports/compare"
_FILTERS = ("category", "channel", "unit", "state", "hour", "weekday")


_quoted = lru_cache(4096)(quote_plus)
"""A page writes some four hundred addresses that differ in one value."""


class Address(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page's path and query. Empty fields do not stand in the address; unknown parameters are dropped.

    ``id`` is a case, worker or report, ``a`` and ``b`` are reports side by side, ``kind`` a kind of reports, ``date``
    a local day ``2026-10-17``, ``level`` a region level, ``model`` a score model, ``shade`` the indicator that colours
    the map, ``layers`` the switched-on map layers by name with commas, ``sort`` a column with ``-`` before it for
    descending, ``cursor`` the place in a list, ``q`` words to search for, ``said`` what a form that was just sent came
    to.
    """

    path: str = REGION
    region: str = ""
    period: str = ""
    compare: str = ""
    category: str = ""
    channel: str = ""
    unit: str = ""
    state: str = ""
    hour: str = ""
    weekday: str = ""
    level: str = ""
    model: str = ""
    id: str = ""
    a: str = ""
    b: str = ""
    kind: str = ""
    date: str = ""
    shade: str = ""
    layers: str = ""
    view: str = ""
    sort: str = ""
    cursor: str = ""
    q: str = ""
    said: str = ""
    lang: str = ""

    @property
    def selection(self) -> Selection:
        """The question behind the address."""
        return Selection(self.region, self.period, *(getattr(self, name) for name in _FILTERS))

    @property
    def language(self) -> Lang:
        """The language of the page."""
        return language(self.lang)

    @property
    def href(self) -> str:
        """The address as text, parameters in a fixed order."""
        query = "&".join([f"{key}={_quoted(value)}" for key, value in self.parameters])
        return f"{self.path}?{query}" if query else self.path

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """What stands in the query, in a fixed order."""
        return [
            pair for pair in zip(_FIELDS, msgspec.structs.astuple(self), strict=True) if pair[1] and pair[0] != "path"
        ]

    def to(self, **changes: str) -> "Address":
        """This address with some fields changed; cursor and what was said go, because the list is another one."""
        return msgspec.structs.replace(self, **({"cursor": "", "said": ""} | changes))

    def plain(self, path: str, **fields: str) -> "Address":
        """Another page in the same language and period, without filters and order."""
        return Address(path, period=self.period, lang=self.lang).to(**fields)

    def without_filters(self) -> "Address":
        """The same place and period, nothing filtered."""
        return self.to(**dict.fromkeys(_FILTERS, ""))


_FIELDS = Address.__struct_fields__
_KNOWN = tuple(name for name in _FIELDS if name != "path")


def parse_address(path: str, query: str | Mapping[str, str]) -> Address:
    """An address from a path and its query (text with or without ``?``, or decoded parameters).

    A form with two dates sends ``from`` and ``to``; together they are the period.
    """
    pairs = dict(parse_qsl(query.lstrip("?"))) if isinstance(query, str) else query
    found = {name: str(pairs[name]) for name in _KNOWN if name in pairs}
    if pairs.get("from") and pairs.get("to"):
        found["period"] = f"{pairs['from']}..{pairs['to']}"
    return Address(path or REGION, **found)
