"""The questions of the read API: one record for each address, whose fields are the query parameters."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Region = Annotated[str, Meta(description="Region code of any level; empty: everything the caller may see.")]
PeriodText = Annotated[
    str,
    Meta(
        description="2026-10-17, 2026-10, 2026-Q4, 2026, or from..to; empty: the running month.", examples=["2026-10"]
    ),
]
Format = Annotated[Literal["json", "csv"], Meta(description="Also chosen by Accept: text/csv.")]
AsOfText = Annotated[
    str,
    Meta(
        description="Cut-off: SEQ, or SEQ@INSTANT (ISO 8601); empty: now.",
        examples=["120034@2026-10-31T23:59:59+08:00"],
    ),
]


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """No parameters."""


class KpiQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every indicator of one region and period."""

    region: Region = ""
    period: PeriodText = ""
    as_of: AsOfText = ""
    format: Format = "json"


class RankingQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Units of one level in order of their score."""

    level: Annotated[str, Meta(description="Name of a level; empty: the configured one.")] = ""
    period: PeriodText = ""
    model: Annotated[str, Meta(description="Key of a score model; empty: the configured one.")] = ""
    under: Region = ""
    format: Format = "json"


class CaseQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cases, newest acceptance first."""

    region: Region = ""
    period: Annotated[str, Meta(description="Period of acceptance; empty: any.")] = ""
    state: Literal["", "open", "closed", "void", "unaccepted", "overdue", "suspended", "supervised"] = ""
    category: Annotated[str, Meta(description="Category code, or the beginning of one.")] = ""
    channel: str = ""
    unit: str = ""
    cursor: Annotated[str, Meta(description="`next` of the page before.")] = ""
    limit: Annotated[int, Meta(ge=1, le=1000)] = 100
    format: Format = "json"


class WorkerQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Workers of a region."""

    region: Region = ""
    format: Format = "json"


class TrackQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One worker's local day."""

    date: Annotated[str, Meta(description="Local day, 2026-10-17.", pattern=r"^\d{4}-\d{2}-\d{2}$")]
    purpose: Annotated[
        str, Meta(description="Why; stands in the audit log. People must say, keys may.", max_length=200)
    ] = ""
    format: Format = "json"


class RegionQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something of one region."""

    region: Region = ""


class LayerQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A map layer inside a region."""

    region: Region = ""
    crs: Annotated[
        Literal["plane", "wgs84"], Meta(description="Metres of the map's plane, or GeoJSON in degrees.")
    ] = "plane"


class QuarantineQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Refused items."""

    limit: Annotated[int, Meta(ge=1, le=500)] = 50


class ReportQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Reports of the archive, newest first. Empty fields narrow nothing."""

    kind: Literal["", "month", "week", "quarter", "year", "excerpt", "notice"] = ""
    period: Annotated[str, Meta(description="A period, or the beginning of one (2026).", max_length=40)] = ""
    region: Annotated[str, Meta(description="Region code that a report is about.", max_length=100)] = ""
    state: Literal["", "draft", "appeals", "frozen", "issued"] = ""
    words: Annotated[str, Meta(description="Looked for in title, number and period.", max_length=200)] = ""
    cursor: Annotated[str, Meta(description="`next` of the page before.")] = ""
