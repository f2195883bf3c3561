"""``app.py account …`` and ``app.py audit verify``: people and the audit log without a browser."""

import argparse
import getpass
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from dashboard.config import SecuritySettings
from dashboard.security import accounts
from dashboard.security.audit import AuditRow, read_audit, write_audit
from dashboard.security.audit_chain import anchor, verify_chain
from dashboard.security.caller import ROLES
from dashboard.security.clock import Now, real_now
from dashboard.security.passwords import one_time_password
from dashboard.security.tables import create_security_tables

WHO = "command line"


def add_account_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``app.py account``; ``options.act`` names what to do."""
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("list", help="all accounts")
    add = acts.add_parser("add", help="a new account with a one-time password, which is printed")
    add.add_argument("name")
    add.add_argument("--role", choices=[role for role in ROLES if role != "wall"], required=True)
    add.add_argument("--display", default="", help="the name as people write it")
    add.add_argument("--region", default="", help="code of the region whose subtree the account sees (default: all)")
    add.add_argument("--unit", default="", help="code of the handling unit whose cases alone the account sees")
    password = acts.add_parser("password", help="a new one-time password, which is printed")
    password.add_argument("name")
    password.add_argument("--ask", action="store_true", help="ask for a password instead of inventing one")
    for act in ("disable", "enable"):
        acts.add_parser(act, help=f"{act} an account").add_argument("name")
    _where(acts)


def add_audit_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``app.py audit``."""
    acts = parser.add_subparsers(dest="act", required=True)
    verify = acts.add_parser("verify", help="check the chain of the audit log and print its anchor")
    verify.add_argument("--anchor", action="append", default=[], help="a line that this command printed earlier")
    _where(acts)


def _where(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for act in acts.choices.values():
        act.add_argument("--data", type=Path, default=None, metavar="DIR", help="data directory")


def account_command(
    options: argparse.Namespace, engine: Engine, settings: SecuritySettings, now: Now = real_now
) -> int:
    """Do what ``options`` say and print it; 1 with one sentence on stderr where it cannot be done."""
    create_security_tables(engine)
    acts: dict[str, Callable[[], str]] = {
        "list": lambda: _listed(engine),
        "add": lambda: _added(options, engine, settings, now),
        "password": lambda: _new_password(options, engine, settings, now),
        "disable": lambda: _able(options.name, engine, now, disabled=True),
        "enable": lambda: _able(options.name, engine, now, disabled=False),
    }
    try:
        print(acts[options.act](), flush=True)
    except (ValueError, LookupError) as problem:
        print(problem.args[0], file=sys.stderr)
        return 1
    return 0


def audit_command(options: argparse.Namespace, engine: Engine) -> int:
    """Check the audit log: 0 and its anchor where it is whole, 1 and the first broken row where it is not."""
    create_security_tables(engine)
    try:
        broken = verify_chain(engine, options.anchor)
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 2
    if broken is not None:
        print(f"BROKEN  row {broken.id} was {broken.how}", file=sys.stderr)
        return 1
    newest = read_audit(engine, limit=1)
    print(f"ok  {newest[0].id if newest else 0} rows\n{anchor(engine)}", flush=True)
    return 0


def _listed(engine: Engine) -> str:
    lines = [("name", "role", "region", "unit", "display", "")]
    for one in accounts.list_accounts(engine):
        states = {"disabled": one.disabled, "must choose a password": one.must_change, "OpenID": bool(one.subject)}
        state = ", ".join(word for word, holds in states.items() if holds)
        lines.append((one.name, one.role, one.region or "*", one.unit or "*", one.display, state))
    return "\n".join("\t".join(line).rstrip() for line in lines)


def _added(options: argparse.Namespace, engine: Engine, settings: SecuritySettings, now: Now) -> str:
    password, place = one_time_password(), {"region": options.region, "unit": options.unit}
    made = accounts.create_account(
        engine,
        now,
        options.name,
        options.role,
        password,
        display=options.display,
        must_change=True,
        settings=settings,
        **place,
    )
    _note(engine, now, "account.created", made.name, f"{made.role} {made.region} {made.unit}".strip())
    return _once(made.name, password, settings)


def _new_password(options: argparse.Namespace, engine: Engine, settings: SecuritySettings, now: Now) -> str:
    password = getpass.getpass("password: ") if options.ask else one_time_password()
    once = not options.ask
    changed = accounts.set_password(engine, now, options.name, password, must_change=once, settings=settings)
    _note(engine, now, "account.password", changed.name, "one-time" if once else "set")
    return _once(changed.name, password, settings) if once else f"{changed.name}  has a new password"


def _able(name: str, engine: Engine, now: Now, disabled: bool) -> str:
    changed = accounts.change_account(engine, now, name, disabled=disabled)
    word = "disabled" if disabled else "enabled"
    _note(engine, now, "account.changed", changed.name, word)
    return f"{changed.name}  {word}"


def _once(name: str, password: str, settings: SecuritySettings) -> str:
    return f"{name}  one-time password  {password}  (for {settings.one_time_hours:g} hours)"


def _note(engine: Engine, now: Now, action: str, subject: str, detail: str) -> None:
    write_audit(engine, AuditRow(now(), WHO, action, subject, detail))
