"""The way of a caller through the doors, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from dashboard.config import SecuritySettings
from dashboard.security import devices
from dashboard.security.accounts import change_account, create_account, ensure_first_admin, find_account, set_password
from dashboard.security.audit import AuditFilter, audit_rows, read_audit
from dashboard.security.audit_chain import verify_chain
from dashboard.security.caller import DEMO, RIGHTS, Caller
from dashboard.security.doorman import DEVICE, SESSION, Doorman, Login, Refusal, cookie_name
from dashboard.security.keys import create_key, revoke_key
from dashboard.security.passwords import WeakPassword
from dashboard.security.sessions import close_session, close_sessions_of, list_sessions
from tests.security.fixtures import Clock, clock, database_url, engine, postgres_url

__all__ = ["clock", "database_url", "engine", "postgres_url"]
PASSWORD = "correct horse battery"
HERE = "10.0.0.7"


@pytest.fixture
def doorman(engine: Engine, clock: Clock) -> Doorman:
    found = Doorman(engine, clock)
    create_account(engine, clock, "Liu", "street", PASSWORD, display="刘主任", region="s1")
    return found


def enter(doorman: Doorman, password: str = PASSWORD, name: str = "liu") -> dict[str, str]:
    """Cookies after a login."""
    found = doorman.login(name, password, HERE)
    assert isinstance(found, Login)
    return {SESSION: found.token}


def test_who_logs_in_is_recognised_with_his_rights_until_he_logs_out(doorman: Doorman) -> None:
    cookies = enter(doorman, name=" ＬＩＵ ")
    caller = doorman.identify(cookies)
    assert caller is not None
    assert caller == Caller("liu", "street", RIGHTS["street"], "s1", "", "session", caller.id)
    assert doorman.alive([caller]) == {caller.id}
    doorman.logout(caller, HERE)
    assert doorman.identify(cookies) is None
    assert doorman.alive([caller]) == set()
    assert [(row.action, row.who, row.role, row.address) for row in audit_rows(doorman.engine)] == [
        ("login", "liu", "street", HERE),
        ("logout", "liu", "street", HERE),
    ]


def test_each_login_has_a_token_and_a_csrf_secret_of_its_own(doorman: Doorman) -> None:
    first, second = doorman.login("liu", PASSWORD, HERE), doorman.login("liu", PASSWORD, HERE)
    assert isinstance(first, Login) and isinstance(second, Login)
    assert first.token != second.token and len(first.token) >= 43
    assert first.session.csrf != second.session.csrf
    assert first.session.caller.id != second.session.caller.id


@pytest.mark.parametrize(
    ("name", "password"),
    [("liu", "wrong"), ("nobody", PASSWORD), ("", ""), ("li\0u", "x" * 5000), ("\ud800", "\ud800")],
)
def test_wrong_names_and_passwords_are_refused_alike(doorman: Doorman, name: str, password: str) -> None:
    assert doorman.login(name, password, HERE) == Refusal(0)
    row = next(audit_rows(doorman.engine))
    assert (row.action, row.result, row.who) == ("login.refused", "refused", "liu" if name == "liu" else "")


def end_by_region(engine: Engine, clock: Clock) -> None:
    change_account(engine, clock, "liu", region="s2")


def end_by_disabling(engine: Engine, clock: Clock) -> None:
    change_account(engine, clock, "liu", disabled=True)


def end_by_password(engine: Engine, clock: Clock) -> None:
    set_password(engine, clock, "liu", "another long one")


def end_by_administrator(engine: Engine, clock: Clock) -> None:
    assert close_session(engine, list_sessions(engine, clock)[0].id)


def end_all(engine: Engine, clock: Clock) -> None:
    liu = find_account(engine, "liu")
    assert liu is not None and close_sessions_of(engine, liu) == 1


def end_by_time(engine: Engine, clock: Clock) -> None:
    clock.wait(30 * 60)


ENDS = [end_by_region, end_by_disabling, end_by_password, end_by_administrator, end_all, end_by_time]


@pytest.mark.parametrize("end", ENDS)
def test_a_session_ends_with_what_it_was_given_for(
    doorman: Doorman, clock: Clock, end: Callable[[Engine, Clock], None]
) -> None:
    cookies = enter(doorman)
    caller = doorman.identify(cookies)
    assert caller is not None and doorman.alive([caller])
    end(doorman.engine, clock)
    assert doorman.identify(cookies) is None
    assert doorman.alive([caller]) == set()
    assert list_sessions(doorman.engine, clock) == []


def test_a_new_display_name_ends_nothing(doorman: Doorman, clock: Clock) -> None:
    cookies = enter(doorman)
    change_account(doorman.engine, clock, "liu", display="刘书记", region="s1")
    assert doorman.identify(cookies) is not None
    assert list_sessions(doorman.engine, clock)[0].display == "刘书记"


def test_use_keeps_a_session_open_but_not_beyond_twelve_hours(doorman: Doorman, clock: Clock) -> None:
    cookies = enter(doorman)
    for _ in range(12 * 3 - 1):
        clock.wait(20 * 60)
        assert doorman.identify(cookies) is not None
    clock.wait(20 * 60)
    assert doorman.identify(cookies) is None


def test_last_use_is_written_once_a_minute(doorman: Doorman, clock: Clock) -> None:
    cookies, begin = enter(doorman), clock()
    clock.wait(59)
    doorman.identify(cookies)
    assert list_sessions(doorman.engine, clock)[0].seen == begin
    clock.wait(1)
    doorman.identify(cookies)
    assert list_sessions(doorman.engine, clock)[0].seen == begin + 60_000


def test_over_https_only_the_cookie_counts_that_no_neighbour_can_set(doorman: Doorman) -> None:
    token = enter(doorman)[SESSION]
    assert doorman.identify({SESSION: token}, secure=True) is None
    assert doorman.identify({"__Host-yiping_session": token}, secure=True) is not None
    assert cookie_name(DEVICE, False) == "yiping_device"


def test_no_token_stands_in_the_database(doorman: Doorman) -> None:
    token = enter(doorman)[SESSION]
    request = devices.ask_to_pair(doorman.engine, doorman.now)
    with doorman.engine.connect() as connection:
        for table in ("session", "pairing", "account"):
            rows = str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
            assert token not in rows and request.secret not in rows and PASSWORD not in rows


def test_many_guesses_at_once_are_five(doorman: Doorman) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda number: doorman.login("liu", f"guess {number}", HERE), range(12)))
    assert sorted(answer.seconds for answer in answers if isinstance(answer, Refusal)) == [0] * 5 + [5] * 7


def test_the_wait_doubles_has_an_end_and_is_forgotten(doorman: Doorman, clock: Clock) -> None:
    waits = []
    for number in range(11):
        while wait := getattr(doorman.login("liu", f"guess {number}", HERE), "seconds", 0):
            waits.append(wait)
            clock.wait(wait)
    assert waits == [5, 10, 20, 40, 60, 60]
    assert doorman.login("liu", PASSWORD, HERE) == Refusal(60)
    clock.wait(60)
    assert isinstance(doorman.login("liu", PASSWORD, HERE), Login)
    assert doorman.login("liu", "once more wrong", HERE) == Refusal(0)


def test_guessing_at_many_accounts_from_one_address_is_slowed_and_a_login_of_ones_own_does_not_wipe_it(
    doorman: Doorman,
) -> None:
    for number in range(19):
        assert doorman.login(f"name{number}", "x", HERE) == Refusal(0)
    assert isinstance(doorman.login("liu", PASSWORD, HERE), Login)
    assert doorman.login("name20", "x", HERE) == Refusal(0)
    assert doorman.login("name21", "x", HERE) == Refusal(5)
    assert isinstance(doorman.login("liu", PASSWORD, "10.9.9.9"), Login)


def test_limits_hold_over_a_restart(doorman: Doorman, clock: Clock) -> None:
    for number in range(5):
        doorman.login("liu", f"guess {number}", HERE)
    assert Doorman(doorman.engine, clock).login("liu", PASSWORD, HERE) == Refusal(5)


def test_the_first_administrator_has_no_right_before_choosing_a_password(engine: Engine, clock: Clock) -> None:
    doorman = Doorman(engine, clock)
    once = ensure_first_admin(engine, clock)
    assert once is not None and ensure_first_admin(engine, clock) is None
    cookies = enter(doorman, once, "admin")
    session = doorman.session(cookies)
    assert session is not None and session.must_change and session.caller.rights == frozenset()
    with pytest.raises(WeakPassword):
        doorman.change_password(session.caller, once, "short", HERE)
    assert doorman.change_password(session.caller, "not it", PASSWORD, HERE) == Refusal(0)
    changed = doorman.change_password(session.caller, once, PASSWORD, HERE)
    assert isinstance(changed, Login) and not changed.must_change
    assert changed.session.caller.rights == RIGHTS["admin"]
    assert doorman.identify(cookies) is None
    assert doorman.login("admin", once, HERE) == Refusal(0)
    assert verify_chain(engine) is None


def test_a_one_time_password_ends_after_a_day(engine: Engine, clock: Clock) -> None:
    doorman = Doorman(engine, clock)
    once = ensure_first_admin(engine, clock)
    assert once is not None
    clock.wait(24 * 3600 + 1)
    assert doorman.login("admin", once, HERE) == Refusal(0)


def test_a_wall_is_paired_by_a_code_and_reads_until_it_is_revoked(doorman: Doorman, clock: Clock) -> None:
    engine = doorman.engine
    request = devices.ask_to_pair(engine, clock, "大厅东侧")
    shown = f" {request.code[:4].lower()}-{request.code[4:]} "
    assert devices.claim(engine, clock, request.secret) is None
    found = devices.waiting(engine, clock, shown)
    assert found is not None and found.label == "大厅东侧"
    assert devices.approve(engine, clock, shown, "d1", "大厅", "admin")
    assert not devices.approve(engine, clock, shown, "", "again", "admin")
    token = devices.claim(engine, clock, request.secret)
    assert token is not None and devices.claim(engine, clock, request.secret) is None
    clock.wait(400 * 24 * 3600)
    caller = doorman.identify({DEVICE: token})
    assert caller is not None
    assert caller == Caller("大厅", "wall", frozenset({"wall", "map"}), "d1", "", "device", caller.id)
    assert [(wall.name, wall.seen, wall.approved_by) for wall in devices.list_devices(engine)] == [
        ("大厅", clock(), "admin")
    ]
    assert doorman.alive([caller]) == {caller.id}
    assert devices.revoke(engine, caller.id)
    assert doorman.identify({DEVICE: token}) is None
    assert doorman.alive([caller]) == set()


def test_a_pairing_that_nobody_ends_in_time_is_worth_nothing(doorman: Doorman, clock: Clock) -> None:
    early, late = (devices.ask_to_pair(doorman.engine, clock) for _ in range(2))
    assert devices.approve(doorman.engine, clock, early.code, "", "wall", "admin")
    clock.wait(600)
    assert not devices.approve(doorman.engine, clock, late.code, "", "wall", "admin")
    assert devices.claim(doorman.engine, clock, early.secret) is None


def test_strangers_cannot_ask_without_end(doorman: Doorman, clock: Clock) -> None:
    for _ in range(devices.MOST_WAITING):
        devices.ask_to_pair(doorman.engine, clock)
    with pytest.raises(devices.TooManyWaiting):
        devices.ask_to_pair(doorman.engine, clock)
    clock.wait(600)
    devices.ask_to_pair(doorman.engine, clock)


def test_session_before_device_before_key(doorman: Doorman, clock: Clock) -> None:
    engine, cookies = doorman.engine, enter(doorman)
    request = devices.ask_to_pair(engine, clock)
    devices.approve(engine, clock, request.code, "", "wall", "admin")
    wall = {DEVICE: devices.claim(engine, clock, request.secret) or ""}
    key = create_key(engine, "gateway", ["read"], "s1", unit="u1")

    def via(found: Caller | None) -> str:
        return found.via if found else ""

    assert via(doorman.identify(cookies | wall, key)) == "session"
    assert via(doorman.identify(wall, key)) == "device"
    assert via(doorman.identify({SESSION: "gone", DEVICE: "gone"}, key)) == "key"
    assert via(doorman.identify({SESSION: "gone"}, "gone")) == ""
    caller = doorman.identify({}, key)
    assert caller is not None and (caller.region, caller.unit, caller.may("write")) == ("s1", "u1", False)


def test_alive_tells_all_kinds_of_callers_apart(doorman: Doorman) -> None:
    key = create_key(doorman.engine, "gateway", ["write", "personal"])
    by_key, person = doorman.identify({}, key), doorman.identify(enter(doorman))
    assert by_key is not None and person is not None
    assert by_key.rights == {"write", "personal"}
    stranger = Caller("x", "leader", frozenset(), id="session-unknown")
    assert doorman.alive([by_key, person, DEMO, stranger]) == {by_key.id, person.id, "demo"}
    revoke_key(doorman.engine, "gateway")
    assert doorman.alive([by_key, person]) == {person.id}
    assert doorman.alive([]) == set()


def test_limits_are_settings(engine: Engine, clock: Clock) -> None:
    doorman = Doorman(engine, clock, SecuritySettings(idle_minutes=1, failures_account=1))
    create_account(engine, clock, "liu", "leader", PASSWORD)
    cookies = enter(doorman)
    clock.wait(61)
    assert doorman.identify(cookies) is None
    assert doorman.login("liu", "x", HERE) == Refusal(0)
    assert doorman.login("liu", "x", HERE) == Refusal(5)


def test_no_text_of_a_form_breaks_the_database(doorman: Doorman, clock: Clock) -> None:
    engine, odd = doorman.engine, "a\0b\ud800" * 200
    assert not close_session(engine, odd) and not devices.revoke(engine, odd) and not revoke_key(engine, odd)
    assert find_account(engine, odd) is None and doorman.identify({SESSION: odd, DEVICE: odd}, odd) is None
    assert not devices.approve(engine, clock, odd, "", odd, "admin") and devices.claim(engine, clock, odd) is None
    assert read_audit(engine, AuditFilter(odd, odd, odd, odd)) == []
    assert create_account(engine, clock, "wang", "leader", PASSWORD, display=odd).display.startswith("a\ufffdb")
    assert change_account(engine, clock, "wang", display=odd).name == "wang"
    devices.ask_to_pair(engine, clock, odd)
    doorman.login("liu", PASSWORD, odd, odd)
