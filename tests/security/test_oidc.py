"""The login by OpenID against a provider that runs, and against one that lies."""

import base64
import hmac
import json
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine

from dashboard.config import OidcRole, OidcSettings, load_settings
from dashboard.security.accounts import change_account, create_account, find_account, list_accounts
from dashboard.security.audit import audit_rows
from dashboard.security.doorman import SESSION, Doorman, Login, Refusal
from dashboard.security.oidc import OpenId
from dashboard.security.oidc_login import account_of, recall, remember
from dashboard.security.oidc_people import Identity, OidcRefused, Pending, identity_of
from dashboard.security.tables import create_security_tables
from tests.security.fixtures import Clock, clock, database_url, engine, postgres_url
from tests.security.provider import BACK, CLIENT, SECRET, Desk, browse, elliptic_key, running_provider, signing_key

__all__ = ["clock", "database_url", "engine", "postgres_url"]
ROLES = (
    OidcRole("chiefs", "leader", "*"),
    OidcRole("street-office", "street"),
    OidcRole("crew", "unit", unit="u7"),
)

NONE, HS256 = b'{"alg": "none"}', b'{"alg": "HS256", "kid": "1"}'


@pytest.fixture
def desk() -> Iterator[Desk]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with running_provider() as running:
        running.person |= {"name": "刘伟", "groups": ["staff", "street-office"], "street": "s1"}
        yield running


@pytest.fixture
def now() -> Clock:
    return Clock(time.time_ns() // 1_000_000)


def settings(desk: Desk, **changed: Any) -> OidcSettings:
    return OidcSettings(desk.issuer, CLIENT, "secret", ROLES, region_claim="street", **changed)


def openid(desk: Desk, now: Clock, **changed: Any) -> OpenId:
    return OpenId(settings(desk, **changed), SECRET + "\n", now)


def visit(client: OpenId) -> Identity:
    url, pending = client.begin(BACK)
    return client.finish(pending, browse(url))


def refused(client: OpenId) -> str:
    with pytest.raises(OidcRefused) as problem:
        visit(client)
    return problem.value.reason


def test_a_person_comes_back_with_name_role_and_region(desk: Desk, now: Clock) -> None:
    assert visit(openid(desk, now)) == Identity(f"{desk.issuer} 7", "liu", "刘伟", "street", "s1", "")


def test_documents_of_the_provider_are_fetched_once(desk: Desk, now: Clock) -> None:
    client = openid(desk, now)
    visit(client), visit(client)
    assert desk.asked == ["metadata", "keys"]
    now.wait(3600)
    with pytest.raises(OidcRefused):  # an hour later the tokens of this test are too young to be true
        visit(OpenId(settings(desk), SECRET, lambda: now() - 7_200_000))
    assert desk.asked == ["metadata", "keys"] * 2


def test_an_elliptic_key_and_the_secret_in_the_body(desk: Desk, now: Clock) -> None:
    desk.key, desk.algorithm = elliptic_key(), "ES256"
    desk.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    assert visit(openid(desk, now)).role == "street"


def test_new_keys_are_found_but_not_asked_for_without_end(desk: Desk, now: Clock) -> None:
    client = openid(desk, now)
    visit(client)
    desk.key = elliptic_key()
    desk.algorithm = "ES256"
    assert refused(client) == "id_token"
    now.wait(60)
    assert visit(client).name == "liu"
    assert desk.asked.count("keys") == 2


def lie(**claims: Any) -> Callable[[Desk], None]:
    return lambda desk: desk.lies.update(claims)


def coded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unsigned(desk: Desk) -> None:
    desk.forge = lambda token: f"{coded(NONE)}.{token.split('.')[1]}."


def signed_with_the_public_key_as_a_secret(desk: Desk) -> None:
    def forge(token: str) -> str:
        text = f"{coded(HS256)}.{token.split('.')[1]}"
        return f"{text}.{coded(hmac.digest(desk.key.as_pem(private=False), text.encode(), 'sha256'))}"

    desk.forge = forge


def changed_after_signing(desk: Desk) -> None:
    def forge(token: str) -> str:
        head, content, signature = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(content + "=="))
        return f"{head}.{coded(json.dumps(claims | {'groups': ['chiefs']}).encode())}.{signature}"

    desk.forge = forge


def without_token(desk: Desk) -> None:
    desk.forge = lambda token: ""


def signed_by_another(desk: Desk) -> None:
    desk.published = signing_key("another")


def unwanted_algorithm(desk: Desk) -> None:
    desk.algorithm = "RS512"


LIES = {
    "nonce": lie(nonce="of another login"),
    "no nonce": lie(nonce=None),
    "audience": lie(aud=["somebody else"]),
    "audience beside us": lie(aud=[CLIENT, "somebody else"], azp="somebody else"),
    "issuer": lie(iss="https://evil.example"),
    "expired": lie(exp=int(time.time()) - 120),
    "not yet": lie(nbf=int(time.time()) + 3600),
    "issued in the future": lie(iat=int(time.time()) + 3600),
    "not for this access token": lie(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "unsigned": unsigned,
    "public key as a secret": signed_with_the_public_key_as_a_secret,
    "changed after signing": changed_after_signing,
    "no token": without_token,
    "signed by another": signed_by_another,
    "algorithm": unwanted_algorithm,
}


@pytest.mark.parametrize("lying", list(LIES))
def test_a_provider_that_lies_is_not_believed(desk: Desk, now: Clock, lying: str) -> None:
    LIES[lying](desk)
    assert refused(openid(desk, now)) == "id_token"


def test_who_intercepts_an_answer_cannot_use_it(desk: Desk, now: Clock) -> None:
    client = openid(desk, now)
    url, pending = client.begin(BACK)
    params = browse(url)
    other = client.begin(BACK)[1]
    for wrong, kept, reason in [
        (params | {"state": "x"}, pending, "state"),
        ({"code": params["code"]}, pending, "state"),
        (params, other, "state"),
        (params | {"state": other.state}, other, "token"),  # the code was not begun with this verifier
        (params | {"iss": "https://evil.example"}, pending, "issuer"),
        ({"state": pending.state, "error": "access_denied"}, pending, "provider"),
        ({"state": pending.state}, pending, "provider"),
        (params | {"code": "guessed"}, pending, "token"),
    ]:
        with pytest.raises(OidcRefused) as problem:
            client.finish(kept, wrong)
        assert problem.value.reason == reason


def test_a_code_works_once(desk: Desk, now: Clock) -> None:
    client = openid(desk, now)
    url, pending = client.begin(BACK)
    params = browse(url)
    assert client.finish(pending, params).name == "liu"
    with pytest.raises(OidcRefused) as problem:
        client.finish(pending, params)
    assert problem.value.reason == "token"


def test_a_wrong_client_secret(desk: Desk, now: Clock) -> None:
    assert refused(OpenId(settings(desk), "wrong", now)) == "token"


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [({"issuer": "https://evil.example"}, "provider"), ({"token_endpoint": "http://evil.example/token"}, "provider"),
     ({"jwks_uri": None}, "provider")],
)  # fmt: skip
def test_metadata_that_point_elsewhere(desk: Desk, now: Clock, metadata: dict[str, Any], reason: str) -> None:
    desk.metadata |= metadata
    assert refused(openid(desk, now)) == reason


def test_a_provider_that_is_away(desk: Desk, now: Clock) -> None:
    client = OpenId(msgspec.structs.replace(settings(desk), issuer="http://127.0.0.1:9"), SECRET, now)
    with pytest.raises(OidcRefused) as problem:
        client.begin(BACK)
    assert problem.value.reason == "provider"


@pytest.mark.parametrize("issuer", ["http://idp.example", "ftp://idp.example", "idp"])
def test_a_provider_without_tls_is_refused_at_the_start(issuer: str) -> None:
    with pytest.raises(ValueError, match="https"):
        OpenId(OidcSettings(issuer, CLIENT, "secret", ROLES), SECRET)


def test_without_roles_nobody_could_log_in() -> None:
    with pytest.raises(ValueError, match="roles"):
        OpenId(OidcSettings("https://idp.example", CLIENT, "secret", ()), SECRET)


def test_settings_of_a_data_directory(desk: Desk, now: Clock, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f"""
[security]
idle_minutes = 15
[oidc]
issuer = "{desk.issuer}"
client_id = "yiping"
client_secret_file = "oidc-secret"
region_claim = "street"
[[oidc.roles]]
value = "street-office"
role = "street"
""")
    found = load_settings(tmp_path)
    assert found.oidc is not None and found.security.idle_minutes == 15
    assert visit(OpenId(found.oidc, SECRET, now)).region == "s1"


CLAIMS: dict[str, Any] = {"iss": "https://idp", "sub": "7", "preferred_username": "Liu Wei", "groups": ["chiefs"]}


@pytest.mark.parametrize(
    ("claims", "changed", "found"),
    [
        ({}, {}, ("liu.wei", "leader", "", "")),
        ({"preferred_username": 7}, {}, ("7", "leader", "", "")),
        ({"preferred_username": "Liu\tWei\u200b\x07" + "x" * 90}, {}, ("liu.wei" + "x" * 33, "leader", "", "")),
        ({"preferred_username": " \u200b"}, {}, ("7", "leader", "", "")),
        ({"groups": "chiefs"}, {}, ("liu.wei", "leader", "", "")),
        ({"groups": ["other", "chiefs", "street-office"]}, {}, ("liu.wei", "leader", "", "")),
        ({"groups": ["street-office"], "street": "s1"}, {"region_claim": "street"}, ("liu.wei", "street", "s1", "")),
        ({"groups": ["street-office"], "street": ["s1", "s2"]}, {"region_claim": "street"}, "region"),
        ({"groups": ["street-office"]}, {"region_claim": "street"}, "region"),
        ({"groups": ["street-office"]}, {}, "region"),
        ({"groups": ["crew"]}, {"region_claim": "street"}, "region"),
        ({"groups": ["crew"]}, {}, ("liu.wei", "unit", "", "u7")),
        ({"groups": ["crew"], "firm": "u9"}, {"unit_claim": "firm"}, ("liu.wei", "unit", "", "u7")),
        ({"groups": ["nobody"]}, {}, "role"),
        ({"groups": None}, {}, "role"),
        ({}, {"required_group": "staff"}, "group"),
        ({"groups": ["staff", "chiefs"]}, {"required_group": "staff"}, ("liu.wei", "leader", "", "")),
    ],
)
def test_what_claims_make_of_a_person(claims: dict[str, Any], changed: dict[str, Any], found: Any) -> None:
    wanted = OidcSettings("https://idp", CLIENT, "secret", ROLES, **changed)
    try:
        person = identity_of(CLAIMS | claims, wanted)
    except OidcRefused as problem:
        assert problem.reason == found
    else:
        assert (person.name, person.role, person.region, person.unit) == found


def test_a_unit_of_the_claims() -> None:
    wanted = OidcSettings("https://idp", CLIENT, "s", (OidcRole("crew", "unit"),), unit_claim="firm")
    assert identity_of(CLAIMS | {"groups": ["crew"], "firm": "u9"}, wanted).unit == "u9"
    with pytest.raises(OidcRefused):
        identity_of(CLAIMS | {"groups": ["crew"]}, wanted)


def test_a_login_waits_in_the_database_for_the_browser_that_began_it(engine: Engine, clock: Clock) -> None:
    pending = Pending("state", "nonce", "verifier", BACK)
    secret, late = remember(engine, clock, pending), remember(engine, clock, pending)
    assert recall(engine, clock, "another browser") is None
    assert recall(engine, clock, secret) == pending
    assert recall(engine, clock, secret) is None
    clock.wait(600)
    assert recall(engine, clock, late) is None


LIU = Identity("https://idp 7", "liu", "刘伟", "street", "s1", "")


def test_an_account_is_made_at_the_first_login_and_follows_the_provider(engine: Engine, clock: Clock) -> None:
    doorman = Doorman(engine, clock)
    person, done = account_of(engine, clock, LIU)
    entered = doorman.enter(person, "10.0.0.7", how="OpenID")
    assert isinstance(entered, Login) and done == "created"
    assert account_of(engine, clock, LIU) == (person, "")
    moved, done = account_of(engine, clock, msgspec.structs.replace(LIU, region="s2"))
    assert (moved.region, done) == ("s2", "changed")
    assert doorman.identify({SESSION: entered.token}) is None
    assert doorman.login("liu", "", "10.0.0.7") == Refusal(0)
    disabled = change_account(engine, clock, "liu", disabled=True)
    assert doorman.enter(disabled, "10.0.0.7") == Refusal(0)
    assert [row.action for row in audit_rows(engine)] == ["login", "login.refused", "login.refused"]


def test_a_name_at_the_provider_is_no_claim_to_an_account_here(engine: Engine, clock: Clock) -> None:
    create_account(engine, clock, "liu", "admin", "correct horse battery")
    person, _ = account_of(engine, clock, LIU)
    assert (person.name, person.role) == ("liu-2", "street")
    ours = find_account(engine, "liu")
    assert ours is not None and (ours.role, ours.subject) == ("admin", None)


def test_two_first_logins_at_once_are_one_account(engine: Engine, clock: Clock) -> None:
    create_security_tables(engine)
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: account_of(engine, clock, LIU)[0].id, range(6)))
    assert len(set(made)) == 1 and len(list_accounts(engine)) == 1


def test_the_provider_cannot_take_away_the_last_administrator(engine: Engine, clock: Clock) -> None:
    create_security_tables(engine)
    account_of(engine, clock, msgspec.structs.replace(LIU, role="admin", region=""))
    assert account_of(engine, clock, LIU)[0].role == "admin"
