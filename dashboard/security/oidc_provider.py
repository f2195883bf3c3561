"""What an OpenID provider publishes of itself: its endpoints and its keys, fetched over TLS and kept for a while."""

import threading
from typing import Any

import requests
from authlib.common.security import is_secure_transport
from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from dashboard.security.clock import HOUR, MINUTE, Now
from dashboard.security.oidc_people import OidcRefused

KEPT = HOUR
AGAIN = MINUTE
"""A stranger with a wrong key id cannot make this server ask for keys more often."""


class Provider:
    """Documents of one issuer. Thread-safe. ValueError for an issuer that is neither HTTPS nor on this machine."""

    def __init__(self, issuer: str, timeout: float, now: Now) -> None:
        if not is_secure_transport(issuer):
            raise ValueError(f"the OpenID issuer must be an https address: {issuer!r}")
        self._issuer, self._timeout, self._now = issuer, timeout, now
        self._lock = threading.Lock()
        self._document: tuple[int, dict[str, Any]] | None = None
        self._keys: tuple[int, KeySet] | None = None

    def endpoint(self, name: str) -> str:
        """Address of ``authorization_endpoint``, ``token_endpoint`` or ``jwks_uri``. ``OidcRefused`` where it is not
        there or not safe."""
        address = str(self._metadata().get(name, ""))
        if not is_secure_transport(address):
            raise OidcRefused("provider", f"the provider names no safe {name}")
        return address

    def client_authentication(self) -> str:
        """How this server shows its secret: in the header, or in the body where the provider knows only that."""
        known = self._metadata().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return "client_secret_basic" if "client_secret_basic" in known else "client_secret_post"

    def keys(self) -> KeySet:
        """The provider's public keys."""
        with self._lock:
            kept = self._keys
        if kept is None or self._now() - kept[0] >= KEPT:
            found = self._fetch(self.endpoint("jwks_uri"))
            try:
                kept = (self._now(), KeySet.import_key_set({"keys": list(found.get("keys", []))}))
            except (JoseError, ValueError, TypeError) as problem:
                raise OidcRefused("provider", "the provider's keys cannot be read") from problem
            with self._lock:
                self._keys = kept
        return kept[1]

    def forget_keys(self) -> bool:
        """Have the keys fetched anew, unless that was done less than a minute ago; whether it will be."""
        with self._lock:
            if self._keys is None or self._now() - self._keys[0] < AGAIN:
                return False
            self._keys = None
            return True

    def _metadata(self) -> dict[str, Any]:
        with self._lock:
            kept = self._document
        if kept is None or self._now() - kept[0] >= KEPT:
            found = self._fetch(get_well_known_url(self._issuer, external=True))
            if found.get("issuer") != self._issuer:
                raise OidcRefused("provider", f"the provider calls itself {str(found.get('issuer'))[:200]!r}")
            kept = (self._now(), found)
            with self._lock:
                self._document = kept
        return kept[1]

    def _fetch(self, address: str) -> dict[str, Any]:
        try:
            answer = requests.get(address, timeout=self._timeout, allow_redirects=False)
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError) as problem:
            raise OidcRefused("provider", "the provider cannot be reached") from problem
        if answer.status_code != 200 or not isinstance(found, dict):
            raise OidcRefused("provider", "the provider answers something else")
        return found
