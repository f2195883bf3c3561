"""What every door is made with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import g, request

from callbacks.doors.rendering import Forms, spoken
from dashboard.config import Settings
from dashboard.domain.base import BaseData
from dashboard.domain.regions import LEVELS
from dashboard.security.caller import Caller
from dashboard.security.doorman import Doorman
from layouts.i18n import say

OFFERED = LEVELS.index("street")
"""The lowest level whose regions a form offers by name; lower ones are typed."""


@dataclass(frozen=True)
class Offered:
    """A region or unit that a form offers."""

    code: str
    name: str


@dataclass(frozen=True)
class House:
    """``base`` gives the regions and units as they are, ``issuer`` names the provider people may log in with (or is
    empty)."""

    doorman: Doorman
    settings: Settings
    base: Callable[[], BaseData]
    forms: Forms
    issuer: str = ""

    def write(self, action: str, subject: str = "", detail: str = "", result: str = "ok") -> None:
        """Write down what the caller of the running request did."""
        caller: Caller = g.caller
        self.doorman.note(caller, action, subject, detail, address(), result)

    def places(self) -> list[Offered]:
        """Regions down to the street."""
        tree, lang = self.base().tree, spoken()
        shown = [region for node, region in enumerate(tree.regions) if tree.level[node] <= OFFERED]
        return [Offered(region.code, named(region.name, region.name_en, lang)) for region in shown]

    def units(self) -> list[Offered]:
        """Handling units."""
        lang = spoken()
        return [Offered(unit.code, named(unit.name, unit.name_en, lang)) for unit in self.base().units.values()]

    def region_name(self, code: str) -> str:
        """Name of a region in the language of the page, its code where it is not known, empty for the whole city."""
        tree = self.base().tree
        node = tree.node(code)
        return code if node is None else named(tree.regions[node].name, tree.regions[node].name_en, spoken())

    def unit_name(self, code: str) -> str:
        """Name of a handling unit in the language of the page, its code where it is not known."""
        unit = self.base().units.get(code)
        return code if unit is None else named(unit.name, unit.name_en, spoken())

    def names(self, codes: Iterable[str]) -> dict[str, str]:
        """Names of regions by code."""
        return {code: self.region_name(code) for code in set(codes) if code}

    def unknown_place(self, region: str, unit: str = "") -> str:
        """What a form names and nobody knows, in words; empty where all is known."""
        base = self.base()
        if region and base.tree.node(region) is None:
            return say(spoken(), "doors.region.unknown", code=region)
        return say(spoken(), "doors.unit.unknown", code=unit) if unit and unit not in base.units else ""


def named(zh: str, en: str, lang: str) -> str:
    """A name in a language, Chinese where there is no other."""
    return en or zh if lang == "en" else zh


def address() -> str:
    """The network address of the running request."""
    return request.remote_addr or ""


def agent() -> str:
    """What the browser of the running request says of itself."""
    return request.headers.get("User-Agent", "")


def typed(name: str) -> str:
    """A field of the running form without the spaces around it."""
    return request.form.get(name, "").strip()
