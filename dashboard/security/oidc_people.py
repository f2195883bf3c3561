"""What a provider's claims make of a person here: a name, a role, a region, a unit; or nobody."""

import unicodedata
from collections.abc import Mapping
from typing import Any

import msgspec

from dashboard.config import OidcRole, OidcSettings
from dashboard.security.accounts import folded

EVERYWHERE = "*"
"""As ``region`` of a mapping: the whole city, whatever the claims say."""


class OidcRefused(Exception):  # noqa: N818
    """A login that is not believed, or a person nobody mapped to a role. ``reason`` is one word for the log:
    ``state issuer provider token id_token group role region unit``."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Pending(msgspec.Struct, frozen=True):
    """A login that was sent to the provider. It stays on the server; the browser gets a cookie that points at it."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


class Identity(msgspec.Struct, frozen=True):
    """A person as the provider vouches for; ``subject`` is unique over all providers and never given again."""

    subject: str
    name: str
    display: str
    role: str
    region: str
    unit: str


def identity_of(claims: Mapping[str, Any], settings: OidcSettings) -> Identity:
    """The person of valid claims. ``OidcRefused`` for who lacks the group, a role, or the scope the role needs."""
    if settings.required_group and settings.required_group not in _texts(claims, settings.group_claim):
        raise OidcRefused("group", f"not in the group {settings.required_group}")
    values = _texts(claims, settings.role_claim)
    role = next((role for role in settings.roles if role.value in values), None)
    if role is None:
        raise OidcRefused("role", "no role is mapped to this person")
    name = next(iter(_texts(claims, settings.name_claim)), "")
    sub = str(claims["sub"])
    return Identity(
        f"{claims['iss']} {sub}",
        _account_name(name) or _account_name(sub) or "openid",
        next(iter(_texts(claims, settings.display_claim)), "") or name or sub,
        role.role,
        _region(claims, role, settings),
        _unit(claims, role, settings),
    )


def _account_name(name: str) -> str:
    """What of a name can be the name of an account: no spaces, no signs that nobody sees."""
    dotted = ".".join(folded(name).split())
    return "".join(ch for ch in dotted if unicodedata.category(ch)[0] not in "CZ")[:40]


def _region(claims: Mapping[str, Any], role: OidcRole, settings: OidcSettings) -> str:
    """A claim that is configured but missing must not open the whole city."""
    if role.region:
        return "" if role.region == EVERYWHERE else role.region
    found = _texts(claims, settings.region_claim)
    if len(found) != 1 and (settings.region_claim or role.role == "street"):
        raise OidcRefused("region", "the person has no region, or several")
    return found[0] if found else ""


def _unit(claims: Mapping[str, Any], role: OidcRole, settings: OidcSettings) -> str:
    found = _texts(claims, settings.unit_claim)
    if role.unit or role.role != "unit":
        return role.unit
    if len(found) != 1:
        raise OidcRefused("unit", "the person has no unit, or several")
    return found[0]


def _texts(claims: Mapping[str, Any], name: str) -> list[str]:
    """The texts of a claim that is one text or a list of them."""
    value = claims.get(name) if name else None
    return [text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str) and text]
