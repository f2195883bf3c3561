"""Beside the running system: base data in, figures recounted, people, the audit log, an installation's care."""

import argparse
import sys
from functools import partial

from callbacks.build import build_id
from commands.places import LIVE, add_data, beside
from dashboard.check.command import check_command
from dashboard.operations.command import add_operations
from dashboard.security.command import account_command, add_account_arguments, add_audit_arguments, audit_command
from data_sources.imports.command import add_import_arguments, import_command


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The commands and their arguments."""
    importer = commands.add_parser("import", help="read base data, historical cases, layers or metrics from a file")
    add_import_arguments(importer)
    importer.set_defaults(do=lambda options: import_command(options, sys.stdout))
    checker = commands.add_parser("check", help="recount every figure from the stored events")
    checker.set_defaults(do=lambda options: check_command(options.data))
    people = commands.add_parser("account", help="people who may sign in")
    add_account_arguments(people)
    people.set_defaults(do=partial(beside, lambda o, at: account_command(o, at.store.engine, at.settings.security)))
    auditor = commands.add_parser("audit", help="check that nothing of the audit log is missing or changed")
    add_audit_arguments(auditor)
    auditor.set_defaults(do=partial(beside, lambda options, at: audit_command(options, at.store.engine)))
    for part in (importer, checker):
        add_data(part)
    add_operations(commands, LIVE, build_id)
