"""Write the documents that follow from code, or say with --check that one of them is out of date."""
# ruff: noqa: E501 - the lines are those of a document

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from dashboard.domain.indicators import INDICATORS, Indicator  # noqa: E402

BASIS = {"flow": "流量 flow", "cohort": "队列 cohort", "stock": "存量 stock"}
INTRODUCTION = """# Indicators

Written from `dashboard/domain/indicators.py` by `scripts/write_docs.py`; every tile, drill-down, ranking and report reads the same definitions.

Each figure is given as value, numerator, denominator, basis and version. A rate over nothing is `null`, shown "—". **Flow** counts what happened in
the period, **cohort** the cases accepted in the period as they stand at the cut-off, **stock** one moment. Periods are local calendar days; a region's figure is
the sum of what lies in it. Comparisons set cohorts of equal age side by side: the month to the end of yesterday against the earlier month to the same day.

Counters (`tallies`): `handled_due` handled with a deadline, `overdue_cohort` unhandled, not suspended, past the deadline among the period's cases, `closed_due`
closed with a deadline, `satisfied` ratings at or above the threshold; the others are named in `dashboard/domain/tallies.py`. What the rules of a case decide
where the contract leaves it open is in the docstring of `dashboard/domain/life_cycle.py`.

| key | 名称 | name | basis | version | numerator | denominator | 口径 | definition | source |
|---|---|---|---|---|---|---|---|---|---|
"""


def row(indicator: Indicator) -> str:
    """One line of the table."""
    share = "" if indicator.share is None else f"quantile {indicator.share} of {indicator.clock} durations"
    cells = (
        f"`{indicator.key}`", indicator.zh, indicator.en, BASIS[indicator.basis], indicator.version,
        " + ".join(indicator.numerator) or share, " + ".join(indicator.denominator) or "–",
        indicator.definition_zh, indicator.definition_en, indicator.source,
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"


DOCUMENTS = {"docs/indicators.md": INTRODUCTION + "\n".join(map(row, INDICATORS)) + "\n"}


def main(check: bool) -> int:
    """Write every document, or compare it; 1 where one differs."""
    stale = [name for name, text in DOCUMENTS.items() if _read(ROOT / name) != text]
    for name in stale:
        if check:
            print(f"{name} does not say what the code says: run scripts/write_docs.py", file=sys.stderr)
        else:
            (ROOT / name).write_text(DOCUMENTS[name], encoding="utf-8")
    return int(check and bool(stale))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
