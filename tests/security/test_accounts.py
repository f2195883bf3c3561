from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, select, update

from dashboard.config import SecuritySettings
from dashboard.security.accounts import (
    AccountExists,
    LastAdmin,
    account_of_subject,
    change_account,
    create_account,
    find_account,
    list_accounts,
    set_password,
    verify,
)
from dashboard.security.passwords import WeakPassword, check_password, hash_password
from dashboard.security.tables import account
from dashboard.store.engine import writing
from tests.security.fixtures import Clock, clock, database_url, engine, postgres_url

__all__ = ["clock", "database_url", "engine", "postgres_url"]
PASSWORD = "correct horse battery"


def stored(engine: Engine, name: str) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(select(account.c.password).where(account.c.name == name)))


def test_an_account_is_found_in_any_spelling(engine: Engine, clock: Clock) -> None:
    made = create_account(engine, clock, " Liu.Wei ", "street", PASSWORD, display="刘伟", region="s1", unit="u1")
    assert (made.name, made.display, made.role, made.region, made.unit) == ("liu.wei", "刘伟", "street", "s1", "u1")
    assert (made.created, made.disabled, made.must_change, made.has_password) == (clock(), False, False, True)
    assert find_account(engine, "ＬＩＵ.wei") == made
    assert list_accounts(engine) == [made]
    with pytest.raises(AccountExists):
        create_account(engine, clock, "LIU.WEI", "leader", PASSWORD)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("", "leader"),
        ("two words", "leader"),
        ("x" * 65, "leader"),
        ("tab\t", "boss"),
        ("liu", "boss"),
        ("liu", "unit"),
    ],
)
def test_what_cannot_be_an_account_is_refused(engine: Engine, clock: Clock, name: str, role: str) -> None:
    with pytest.raises(ValueError, match=r"name|role"):
        create_account(engine, clock, name, role, PASSWORD)


def test_time_that_passes_during_a_login_refuses_nobody(engine: Engine) -> None:
    clock = Clock()
    create_account(engine, clock, "liu", "leader", PASSWORD)
    create_account(engine, clock, "once", "leader", PASSWORD, must_change=True)
    instants = iter(range(clock(), clock() + 100))
    for name in ("liu", "once"):
        assert verify(engine, lambda: next(instants), name, PASSWORD) is not None


def test_only_the_right_password_of_an_enabled_account_opens(engine: Engine, clock: Clock) -> None:
    create_account(engine, clock, "liu", "leader", PASSWORD)
    create_account(engine, clock, "oidc", "leader", subject="https://idp 7")
    assert verify(engine, clock, "LIU", PASSWORD) == find_account(engine, "liu")
    assert verify(engine, clock, "liu", PASSWORD + " ") is None
    assert verify(engine, clock, "oidc", "") is None
    assert account_of_subject(engine, "https://idp 7") == find_account(engine, "oidc")
    change_account(engine, clock, "liu", disabled=True)
    assert verify(engine, clock, "liu", PASSWORD) is None


def test_a_hash_is_argon2id_and_follows_todays_parameters(engine: Engine, clock: Clock) -> None:
    create_account(engine, clock, "liu", "leader", PASSWORD)
    assert stored(engine, "liu").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with writing(engine) as connection:
        connection.execute(update(account).values(password=weak))
    before = find_account(engine, "liu")
    assert verify(engine, clock, "liu", PASSWORD) == before == find_account(engine, "liu")
    assert stored(engine, "liu").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify(engine, clock, "liu", PASSWORD) is not None


def test_an_unknown_name_costs_as_much_as_a_known_one(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    create_account(engine, clock, "liu", "leader", PASSWORD)
    create_account(engine, clock, "oidc", "leader")
    hashed: list[str] = []
    real = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, password: Any) -> Any:
        hashed.append(stored.rpartition("$")[0].rpartition("$")[0])
        return real(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for name in ("liu", "oidc", "nobody"):
        assert verify(engine, clock, name, "wrong") is None
    assert len(hashed) == 3 and len(set(hashed)) == 1


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("seven77", "short"),
        ("x" * 129, "long"),
        ("Password1", "common"),
        ("aaaaaaaaaa", "common"),
        ("Liu.Wei2026", "name"),
        ("liu.wei", "short"),
    ],
)
def test_weak_passwords_are_refused_with_their_reason(password: str, rule: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_password(password, "liu.wei", 8)
    assert refused.value.rule == rule


@pytest.mark.parametrize("password", ["eight888", "只有汉字也可以做密码", "liu.wei rides a bicycle", "y" + "x" * 127])
def test_no_composition_is_asked_for(password: str) -> None:
    check_password(password, "liu.wei", 8)
    assert hash_password(password) != hash_password(password)


def test_the_shortest_password_is_a_setting(engine: Engine, clock: Clock) -> None:
    with pytest.raises(WeakPassword):
        create_account(engine, clock, "liu", "leader", PASSWORD, settings=SecuritySettings(password_min=30))


def test_a_change_tells_sessions_of_itself(engine: Engine, clock: Clock) -> None:
    first = create_account(engine, clock, "liu", "leader", PASSWORD)
    clock.wait(5)
    assert change_account(engine, clock, "liu", display="刘").generation == first.generation
    assert change_account(engine, clock, "liu", role="leader", region="").generation == first.generation
    moved = change_account(engine, clock, "liu", role="street", region="s1")
    assert (moved.generation, moved.changed, moved.role) == (first.generation + 1, clock(), "street")
    assert set_password(engine, clock, "liu", "another long one").generation == moved.generation + 1
    with pytest.raises(LookupError):
        change_account(engine, clock, "nobody", role="leader")
    with pytest.raises(ValueError, match="unit"):
        change_account(engine, clock, "liu", role="unit")
    assert change_account(engine, clock, "liu", role="unit", unit="u1").unit == "u1"


def test_somebody_can_always_run_accounts(engine: Engine, clock: Clock) -> None:
    create_account(engine, clock, "first", "admin", PASSWORD)
    for change in ({"disabled": True}, {"role": "leader"}):
        with pytest.raises(LastAdmin):
            change_account(engine, clock, "first", **change)  # type: ignore[arg-type] - one of two keywords
    create_account(engine, clock, "second", "admin", PASSWORD)
    assert change_account(engine, clock, "first", disabled=True).disabled
    with pytest.raises(LastAdmin):
        change_account(engine, clock, "second", role="leader")
