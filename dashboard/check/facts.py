"""What the oracle takes as given: base data, and the zone that days are counted in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, Engine, select

from dashboard.base_data.loading import load_base_data
from dashboard.config import Settings
from dashboard.domain.regions import FOREVER, STREET
from dashboard.store import base_schema


@dataclass(frozen=True)
class Facts:
    """``categories`` are the rows of the table, ``starts`` the first days of the epochs in which no border changes.

    ``above`` has a row (epoch, region, above, street) for each region and everything it lies in during an epoch;
    ``street`` says whether tallies of days are kept for ``above``.
    """

    zone: str
    duty: Sequence[tuple[int, int]]
    workdays: Mapping[int, bool]
    categories: pd.DataFrame
    above: pd.DataFrame
    starts: list[int]


def read_facts(engine: Engine, settings: Settings) -> Facts:
    """Everything but events."""
    base = load_base_data(engine, settings)
    with engine.connect() as connection:
        regions = _frame(connection, base_schema.region)
        categories = _frame(connection, base_schema.category)
    starts = _epochs(regions)
    above = pd.concat([_above(regions, epoch, day) for epoch, day in enumerate(starts)])
    return Facts(settings.zone, base.duty_hours, base.workdays, categories, above, starts)


def _frame(connection: Connection, table: object) -> pd.DataFrame:
    result = connection.execute(select(table))  # type: ignore[call-overload]
    return pd.DataFrame(result.fetchall(), columns=list(result.keys()))


def with_tops(categories: pd.DataFrame) -> pd.DataFrame:
    """The categories with a column ``top``: the main category above each; one in a circle of parents stops there."""
    parent = categories.set_index("code").parent
    top = pd.Series(categories.code.to_numpy(), categories.code, dtype=object)
    for _ in range(len(categories)):
        higher = top.map(parent)
        climbs = higher.notna() & higher.isin(parent.index) & (higher != "")
        if not climbs.any():
            break
        top = top.where(~climbs, higher)
    return categories.assign(top=top.to_numpy())


def _epochs(regions: pd.DataFrame) -> list[int]:
    """First days of the spans in which no border changes."""
    starts = {0, *regions.valid_from}
    starts |= {_next_day(day) for day in regions.valid_to if day < FOREVER}
    return sorted(int(day) for day in starts)


def _next_day(day: int) -> int:
    after = pd.Timestamp(str(day)) + pd.Timedelta(days=1)
    return int(after.strftime("%Y%m%d"))


def _above(regions: pd.DataFrame, epoch: int, day: int) -> pd.DataFrame:
    """The version of each region on a day (else its newest), joined to its parents until there are none."""
    newest = regions.sort_values("valid_from").groupby("code").tail(1).set_index("code")
    valid = regions[(regions.valid_from <= day) & (day <= regions.valid_to)].set_index("code")
    now = valid.combine_first(newest[~newest.index.isin(valid.index)])
    level, parent = now.level.astype(int), now.parent
    climbing = pd.DataFrame({"region": now.index, "above": now.index})
    parts = []
    while len(climbing):
        parts.append(climbing)
        climbing = climbing.assign(above=climbing.above.map(parent)).dropna(subset=["above"])
    found = pd.concat(parts) if parts else climbing
    return found.assign(epoch=epoch, street=found.above.map(level) <= STREET)
