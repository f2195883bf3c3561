"""What an office may set about its reports: the fields of ``DIR/reports.toml`` and their defaults.

Thresholds of the ranking itself (fewest cases due, small
samples) stand in ``[rules]`` of ``config.toml``: a report and the wall must not rank by two rules.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from dashboard.config import Targets
from dashboard.reports.freeze_rules import FreezeRules

_Share = Annotated[float, Meta(ge=0, le=1)]
_Some = Annotated[int, Meta(ge=1)]
_Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
_Kind = Literal["month", "week", "quarter", "year"]
Part = Literal["total", "analysis", "ranking", "crew", "lists", "issues", "next"]
SECTIONS: tuple[Part, ...] = ("total", "analysis", "ranking", "crew", "lists", "issues", "next")
"""The parts of a report in their usual order."""
Format = Literal["docx", "pdf", "xlsx", "html", "json"]
Level = Literal["district", "street", "community", "grid", "microgrid"]


class Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When drafts are made of their own accord, by the local clock.

    ``kinds`` that are made. ``day`` is the day after the period ended on which a month's, quarter's or year's draft is
    made (1: the first one), counted in ``calendar`` days or in ``work`` days; ``weekday`` that of a week's draft (1
    Monday .. 7). On a day of rest a draft of calendar days is made on the ``next`` or ``previous`` work day, or on
    that day all the same (``same``).
    """

    kinds: tuple[_Kind, ...] = ("month",)
    day: Annotated[int, Meta(ge=1, le=28)] = 3
    count: Literal["calendar", "work"] = "calendar"
    weekday: Annotated[int, Meta(ge=1, le=7)] = 1
    time: _Clock = "08:30"
    rest: Literal["next", "previous", "same"] = "next"


class Titles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Titles by kind of report; a line break may be given. Holes: ``{period}`` 2026年9月, ``{area}`` 全市, ``{place}``
    the region's name, ``{subject}`` what a 专项通报 is about."""

    month: str = "关于{period}{area}网格化治理\n工作运行情况的通报"
    week: str = "{period}{area}网格化治理\n工作运行情况周报"
    quarter: str = "关于{period}{area}网格化治理\n工作运行情况的通报"
    year: str = "关于{period}{area}网格化治理\n工作运行情况的通报"
    excerpt: str = "{place}{period}\n网格化治理运行情况摘录"
    notice: str = "关于{period}{area}{subject}\n办理情况的专项通报"


class Numbers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Document numbers by kind. Holes: ``{year}``, ``{issue}`` (which month, week or quarter of the year). What is
    numbered by hand stays empty."""

    month: str = "〔{year}〕第{issue}期"
    week: str = "〔{year}〕周报第{issue}期"
    quarter: str = "〔{year}〕季报第{issue}期"
    year: str = "〔{year}〕年报"
    excerpt: str = ""
    notice: str = ""


class Parts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which parts each kind of report has, in order."""

    month: tuple[Part, ...] = SECTIONS
    week: tuple[Part, ...] = ("total", "analysis", "ranking", "lists", "issues", "next")
    quarter: tuple[Part, ...] = SECTIONS
    year: tuple[Part, ...] = SECTIONS
    excerpt: tuple[Part, ...] = ("total", "analysis", "ranking", "lists", "issues", "next")
    notice: tuple[Part, ...] = ("total", "analysis", "ranking", "lists", "issues", "next")


class LevelNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the units of each level are called."""

    district: str = "县（市、区）"
    street: str = "乡镇（街道）"
    community: str = "社区（村）"
    grid: str = "网格"
    microgrid: str = "微网格"
    unit: str = "责任单位"


class Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A grade for scores of ``score`` and above."""

    name: Annotated[str, Meta(min_length=1)]
    score: Annotated[float, Meta(ge=0, le=100)]


class Thresholds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From when on something is named among the problems. Shares of one.

    ``on_time`` and ``satisfaction`` are the targets (default: those of ``config.toml``); ``worse`` the rise of a rate
    against the period before, ``growth`` that of a category which has at least ``cases`` cases, ``gathered`` the share
    of overdue cases that three units together have, ``repeats`` complaints about the same.
    """

    on_time: _Share = Targets().on_time
    satisfaction: _Share = Targets().satisfaction
    worse: _Share = 0.001
    growth: Annotated[float, Meta(ge=0)] = 0.2
    cases: _Some = 30
    gathered: _Share = 0.3
    repeats: _Some = 5


class RedBlack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """红黑榜: off unless an office turns it on. ``red`` and ``black`` are how many are named of each group."""

    on: bool = False
    red: _Some = 5
    black: _Some = 5
    levels: tuple[Level, ...] = ("street",)


class Office(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything an office may set. ``city`` is how ``{city}`` reads in ``organ`` and ``printed_by`` (empty: the name
    of the whole city). ``to`` and ``cc`` are 主送 and 抄送, ``excerpt_to`` is 主送 of an excerpt. ``levels`` are
    ranked, by the score model ``model`` (empty: the default). ``groups`` puts units into other ranking groups than the
    regions say, by code; ``channels`` gives channels other names. ``top`` is how many best and last ones the text
    names. ``next_steps`` are paragraphs of 下步要求 that every draft begins with; without any a person fills it in.
    ``public``: every signed-in reader sees issued reports. ``logo`` is a picture in the data directory, a ``data:``
    address once it is read.
    """

    masthead: str = "网格化治理工作通报"
    organ: str = "{city}综治中心"
    printed_by: str = "{city}综治中心"
    to: str = "各县（市、区）综治中心，市直有关单位："
    excerpt_to: str = "{place}："
    cc: str = ""
    city: str = ""
    logo: str = ""
    title: Titles = Titles()
    number: Numbers = Numbers()
    sections: Parts = Parts()
    levels: tuple[Level, ...] = ("district", "street", "community")
    level_names: LevelNames = LevelNames()
    groups: dict[str, str] = {}
    channels: dict[str, str] = {}
    model: str = ""
    top: _Some = 3
    grades: tuple[Grade, ...] = (Grade("优秀", 90), Grade("良好", 80), Grade("合格", 60), Grade("不合格", 0))
    thresholds: Thresholds = Thresholds()
    red_black: RedBlack = RedBlack()
    appeal_days: Annotated[int, Meta(ge=0, le=60)] = 3
    appeal_route: str = "登录平台，在本通报页面提交。"
    public: bool = True
    formats: tuple[Format, ...] = ("docx", "pdf", "xlsx", "html", "json")
    next_steps: tuple[str, ...] = ()
    freeze: FreezeRules = FreezeRules()
    schedule: Schedule = Schedule()
    wording: dict[str, str] = {}
