"""The words of ``app.py report`` and what they ask for."""

from argparse import SUPPRESS, ArgumentParser, Namespace
from pathlib import Path

from dashboard.domain.regions import LEVELS
from dashboard.reports.asking import FILTERS, last_complete
from dashboard.reports.office_settings import Office
from dashboard.reports.snapshot import Asked

EXAMPLES = {
    "month": "2026-10", "week": "2026-10-19..2026-10-25", "quarter": "2026-Q3", "year": "2026", "excerpt": "2026-10",
    "notice": "2026-10-01..2026-10-15",
}  # fmt: skip
"""The kinds of reports with a period that fits."""
LATEST = "last"
"""Stands for the last complete period of a kind."""
NARROWING = tuple(sorted(FILTERS - {"region"}))


def add_report_arguments(parser: ArgumentParser) -> None:
    """The arguments of the command, for ``argparse``; ``--data`` is added by whoever owns all commands."""
    kinds = parser.add_mutually_exclusive_group()
    for kind, example in EXAMPLES.items():
        kinds.add_argument(f"--{kind}", nargs="?", const=LATEST, metavar=example, help="without a period: the last one")
    parser.add_argument("--level", action="append", choices=LEVELS, help="a level that is ranked (may be repeated)")
    parser.add_argument("--region", default="", metavar="CODE", help="default: the whole city")
    parser.add_argument("--model", default="", metavar="KEY", help="score model (default: the office's)")
    for name in NARROWING:
        parser.add_argument(f"--{name}", default="", metavar="VALUE", help=f"a notice over this {name} alone")
    parser.add_argument("--out", type=Path, default=None, metavar="FOLDER", help="folder of the files")
    parser.add_argument("--work", action="store_true", help=SUPPRESS)


def asked_of(options: Namespace, office: Office, today: int) -> Asked:
    """What the words ask for on a local day (YYYYMMDD); without a period the last complete month."""
    kind = next((kind for kind in EXAMPLES if getattr(options, kind) is not None), "month")
    period = getattr(options, kind) or LATEST
    filters = {name: value for name in NARROWING if (value := getattr(options, name))}
    text = last_complete(kind, today) if period == LATEST else period
    levels, model = tuple(options.level or office.levels), options.model or office.model
    return Asked(kind, text, options.region, levels, model, filters)
