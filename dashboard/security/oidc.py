"""Login by an OpenID provider: authorization code flow with PKCE, by Authlib.

The provider's answer counts only with our state, our nonce, its own signature by an asymmetric key, its issuer, our
audience and time left; what it says of a person counts only as far as ``config.toml`` maps it to a role.
"""

import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from requests import RequestException

from dashboard.config import OidcSettings
from dashboard.security.clock import SECOND, Now, real_now
from dashboard.security.oidc_people import Identity, OidcRefused, Pending, identity_of
from dashboard.security.oidc_provider import Provider

LEEWAY = 60
"""Seconds by which the provider's clock may differ."""


class OpenId:
    """The client of one provider. Thread-safe. ValueError for settings that cannot be.

    ``now`` is real time, epoch ms; ``secret`` is the text of ``client_secret_file``.
    """

    def __init__(self, settings: OidcSettings, secret: str, now: Now = real_now) -> None:
        if not settings.roles:
            raise ValueError("oidc.roles is empty: nobody could log in")
        self._settings, self._secret, self._now = settings, secret.strip(), now
        self._provider = Provider(settings.issuer, settings.timeout_seconds, now)

    def begin(self, redirect_uri: str) -> tuple[str, Pending]:
        """Where to send the browser, and what to keep on the server until it comes back. ``OidcRefused``."""
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        pending = Pending(state, nonce, verifier, redirect_uri)
        with self._client(redirect_uri) as client:
            url, _ = client.create_authorization_url(
                self._provider.endpoint("authorization_endpoint"),
                state=pending.state,
                nonce=pending.nonce,
                code_verifier=pending.verifier,
            )
        return url, pending

    def finish(self, pending: Pending, params: Mapping[str, str]) -> Identity:
        """Who came back with these parameters. ``OidcRefused`` for every reason not to believe them."""
        if not hmac.compare_digest(params.get("state", "").encode(), pending.state.encode()):
            raise OidcRefused("state", "the answer does not belong to this login")
        if self._settings.issuer != params.get("iss", self._settings.issuer):  # RFC 9207
            raise OidcRefused("issuer", "the answer is of another provider")
        if "error" in params or not params.get("code"):
            raise OidcRefused("provider", f"the provider refused: {params.get('error', 'no code')[:80]}")
        return identity_of(self._claims(pending, self._token(pending, params["code"])), self._settings)

    def _client(self, redirect_uri: str) -> OAuth2Session:
        settings = self._settings
        return OAuth2Session(
            settings.client_id,
            self._secret,
            token_endpoint_auth_method=self._provider.client_authentication(),
            scope=settings.scopes,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )

    def _token(self, pending: Pending, code: str) -> Mapping[str, Any]:
        try:
            with self._client(pending.redirect_uri) as client:
                token: dict[str, Any] = client.fetch_token(
                    self._provider.endpoint("token_endpoint"),
                    code=code,
                    code_verifier=pending.verifier,
                    timeout=self._settings.timeout_seconds,
                    allow_redirects=False,
                )
        except (AuthlibBaseError, RequestException, ValueError) as problem:
            raise OidcRefused("token", "the provider did not honour the code") from problem
        return token

    def _claims(self, pending: Pending, token: Mapping[str, Any]) -> Mapping[str, Any]:
        settings = self._settings
        try:
            decoded = self._decoded(str(token.get("id_token", "")))
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                {"iss": {"value": settings.issuer}, "aud": {"value": settings.client_id}},
                {"nonce": pending.nonce, "client_id": settings.client_id, "access_token": token.get("access_token")},
            )
            claims.validate(self._now() // SECOND, LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as problem:
            raise OidcRefused("id_token", "the provider's word about the person is not valid") from problem
        return dict(claims)

    def _decoded(self, text: str) -> jwt.Token:
        """Signed by a key of the provider; after it changed its keys they are fetched once more."""
        try:
            return jwt.decode(text, self._provider.keys(), self._settings.algorithms)
        except JoseError:
            if not self._provider.forget_keys():
                raise
            return jwt.decode(text, self._provider.keys(), self._settings.algorithms)
