"""An OpenID provider of Authlib's own server side, over real HTTP on a free port of this machine."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.models import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, Response, jsonify
from joserfc.jwk import ECKey, KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "yiping", "the secret of the client"
BACK = "https://wall.example/oidc/back"


@cache
def signing_key(owner: str) -> RSAKey:
    """A key under the id 1: the provider's own, or one of somebody who would like to be it."""
    return RSAKey.generate_key(2048, {"kid": "1"})


class Client(ClientMixin):
    """The one registered client."""

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return BACK

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == BACK

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(client_secret, SECRET)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    """A code that was given out."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class Desk:
    """What a test may turn: who logs in, what the token says besides, and by which key and algorithm it is signed."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "7", "preferred_username": "liu"})
    lies: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    key: Any = field(default_factory=lambda: signing_key("1"))
    published: Any = None
    forge: Callable[[str], str] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def keys(self) -> KeySet:
        return KeySet([self.published or self.key])


class Grant(AuthorizationCodeGrant):
    """Codes in memory, given up when used."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")
    desk: Desk

    def save_authorization_code(self, code: str, request: Any) -> Code:
        data = request.payload.data
        kept = Code(code, data["redirect_uri"], request.payload.scope, data.get("nonce"), data.get("code_challenge"),
                    data.get("code_challenge_method"))  # fmt: skip
        self.desk.codes[code] = kept
        return kept

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return self.desk.codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del self.desk.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> str:
        return "the one person"


class IdTokens(OpenIDCode):
    """ID tokens as the desk wants them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(require_nonce=True)
        self.desk = desk

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return False

    def resolve_client_private_key(self, client: Client) -> Any:
        return self.desk.key

    def get_client_algorithm(self, client: Client) -> str:
        return self.desk.algorithm

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": self.desk.algorithm, "kid": self.desk.key.kid}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": self.desk.issuer, "aud": [CLIENT]}

    def generate_user_info(self, user: str, scope: str) -> UserInfo:
        return UserInfo(**self.desk.person, **self.desk.lies)

    def encode_id_token(self, token: Any, request: Any) -> str:
        signed = str(super().encode_id_token(token, request))
        return self.desk.forge(signed) if self.desk.forge else signed


def application(desk: Desk) -> Flask:
    app = Flask("provider")
    server = AuthorizationServer(app, lambda id_: Client() if id_ == CLIENT else None, lambda token, request: None)
    server.register_grant(type("Grant", (Grant,), {"desk": desk}), [CodeChallenge(required=True), IdTokens(desk)])

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Response:
        desk.asked.append("metadata")
        ends = {name: f"{desk.issuer}/{path}" for name, path in ENDS.items()}
        return jsonify({"issuer": desk.issuer, **ends, **desk.metadata})

    @app.get("/authorize")
    def authorize() -> Response:
        grant = server.get_consent_grant(end_user="the one person")
        return server.create_authorization_response(grant=grant, grant_user="the one person")

    @app.post("/token")
    def token() -> Response:
        return server.create_token_response()

    @app.get("/keys")
    def keys() -> Response:
        desk.asked.append("keys")
        return jsonify(desk.keys().as_dict(private=False))

    return app


ENDS = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}


@contextmanager
def running_provider() -> Iterator[Desk]:
    desk = Desk()
    server = make_server("127.0.0.1", 0, application(desk), threaded=True)
    desk.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def elliptic_key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "e"})


def browse(url: str) -> dict[str, str]:
    """What a browser brings back from the provider's page."""
    answer = requests.get(url, allow_redirects=False, timeout=5)
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(BACK + "?")
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
