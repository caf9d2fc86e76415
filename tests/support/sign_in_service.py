"""A sign-in service as an organisation has it, over HTTP: an OpenID Connect provider made of Authlib's own server.

It checks what a provider checks: the client's secret, the address to send people back to, PKCE, that a code is used
once. ``twist`` makes it give out ID tokens that must not be accepted.
"""

from __future__ import annotations

import base64
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, OAuth2Error
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from authlib.oidc.rpinitiated import EndSessionEndpoint
from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "inkfield", "a secret: of 100% ~ signs + others/="
PASSWORD = "their own password"
LOGIN = """<!doctype html><title>Acme sign-in</title><h1>Acme sign-in</h1><form method="post" action="/login?{query}">
<input name="name" autofocus><input name="password" type="password"><button>Sign in</button></form>"""


@dataclass
class Client(ClientMixin):
    """inkfield, as the service knows it."""

    redirect_uris: list[str] = field(default_factory=list)
    post_logout_redirect_uris: list[str] = field(default_factory=list)

    @property
    def client_metadata(self) -> dict[str, Any]:
        return {"post_logout_redirect_uris": self.post_logout_redirect_uris}

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_post", "client_secret_basic")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    code: str
    redirect_uri: str
    scope: str
    who: str
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


class SignInService:
    """The service. Its people, and what it does wrong, can be changed while it runs."""

    def __init__(self) -> None:
        self.issuer = ""
        self.client = Client()
        self.people: dict[str, dict[str, Any]] = {}
        self.keys = [RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)]
        self.twist: Callable[[dict[str, Any], dict[str, Any]], str | None] | None = None
        """Gets header and claims of an ID token and may change them; what it returns is sent instead."""
        self.down = False
        self.metadata: dict[str, Any] = {}
        """What it says otherwise of itself."""
        self.thin = False
        """ID tokens have no names and groups: these are at the user info only."""
        self.asked: list[str] = []
        """Paths of the calls that it got."""
        self.signed_in: dict[str, str] = {}
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, str] = {}

    def claims(self, who: str) -> dict[str, Any]:
        return self.people[who]

    def application(self) -> Flask:
        app = Flask(__name__)
        server = AuthorizationServer(app, self._client, lambda token, _: self._keep(token))
        server.register_grant(
            _grant(self), [_id_tokens(self)(require_nonce=True), CodeChallenge(required=True)]
        )
        server.register_endpoint(_end_session(self))
        app.before_request(self._before)
        for path, view, methods in (
            ("/.well-known/openid-configuration", self._configuration, ["GET"]),
            ("/keys", lambda: jsonify({"keys": [k.as_dict(private=False) for k in self.keys]}), ["GET"]),
            ("/authorize", lambda: self._authorize(server), ["GET"]),
            ("/login", self._login, ["POST"]),
            ("/token", lambda: server.create_token_response(), ["POST"]),
            ("/userinfo", self._user_info, ["GET"]),
            ("/logout", lambda: server.create_endpoint_response("end_session") or "signed out", ["GET"]),
        ):
            app.add_url_rule(path, path, view, methods=methods)
        return app

    def _keep(self, token: dict[str, Any]) -> None:
        self.tokens[token["access_token"]] = self._last

    def _client(self, client_id: str) -> Client | None:
        return self.client if client_id == CLIENT else None

    def _before(self) -> Response | None:
        self.asked.append(request.path)
        return Response("maintenance", 503) if self.down else None

    def _configuration(self) -> Response:
        at = self.issuer
        return jsonify(
            {
                "issuer": at,
                "authorization_endpoint": f"{at}/authorize",
                "token_endpoint": f"{at}/token",
                "jwks_uri": f"{at}/keys",
                "userinfo_endpoint": f"{at}/userinfo",
                "end_session_endpoint": f"{at}/logout",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
            }
            | self.metadata
        )

    def _authorize(self, server: AuthorizationServer) -> Any:
        who = self.signed_in.get(request.cookies.get("acme", ""))
        try:
            grant = server.get_consent_grant(end_user=who)
        except OAuth2Error as error:
            return Response(json.dumps(dict(error.get_body())), 400)
        if who is None:
            return LOGIN.format(query=urlencode(list(request.args.items())).replace("&", "&amp;"))
        return server.create_authorization_response(grant=grant, grant_user=SimpleNamespace(id=who))

    def _login(self) -> Any:
        who = request.form["name"]
        if who not in self.people or request.form["password"] != PASSWORD:
            return Response("no", 403)
        cookie = base64.urlsafe_b64encode(os.urandom(16)).decode()
        self.signed_in[cookie] = who
        answer = redirect(f"/authorize?{request.query_string.decode()}", 303)
        answer.set_cookie("acme", cookie, httponly=True)
        return answer

    def _user_info(self) -> Any:
        who = self.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        return jsonify(self.claims(who)) if who else Response("no", 401)

    _last = ""


def _grant(service: SignInService) -> type[AuthorizationCodeGrant]:
    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
        def save_authorization_code(self, code: str, request: Any) -> None:
            data = request.payload.data
            service.codes[code] = Code(
                code, request.payload.redirect_uri, request.payload.scope, request.user.id, data.get("nonce"),
                data.get("code_challenge"), data.get("code_challenge_method"),
            )  # fmt: skip

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return service.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del service.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> Any:
            service._last = authorization_code.who
            return SimpleNamespace(id=authorization_code.who)

    return Grant


def _id_tokens(service: SignInService) -> type[OpenIDCode]:
    class IdTokens(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in service.codes.values())

        def generate_user_info(self, user: Any, scope: str) -> dict[str, Any]:
            claims = service.claims(user.id)
            return {"sub": claims["sub"]} if service.thin else claims

        def encode_id_token(self, token: dict[str, Any], request: Any) -> str:
            now = int(time.time())
            header = {"alg": "RS256", "kid": service.keys[0].kid}
            claims = {"iss": service.issuer, "aud": CLIENT, "iat": now, "exp": now + 300}
            claims |= self.get_authorization_code_claims(request.authorization_code)
            claims |= self.generate_user_info(request.user, token["scope"])
            instead = None if service.twist is None else service.twist(header, claims)
            return instead or jwt.encode(header, claims, service.keys[0], [header["alg"]])

    return IdTokens


def _end_session(service: SignInService) -> type[EndSessionEndpoint]:
    class EndSession(EndSessionEndpoint):  # type: ignore[misc]
        def get_server_jwks(self) -> dict[str, Any]:
            return {"keys": [key.as_dict(private=False) for key in service.keys]}

        def end_session(self, end_session_request: Any) -> None:
            service.signed_in.pop(request.cookies.get("acme", ""), None)

    return EndSession


@contextmanager
def running_service() -> Iterator[SignInService]:
    """The service at an address of its own, until the block ends."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # of the service: here it has no certificate
    service = SignInService()
    server = make_server("127.0.0.1", 0, service.application(), threaded=True)
    service.issuer = f"http://localhost:{server.server_port}"  # another site than 127.0.0.1, to a browser
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join(10)
        del os.environ["AUTHLIB_INSECURE_TRANSPORT"]
