"""An organisation's sign-in service: where people are sent, and whom it sends back.

OpenID Connect Core 1.0, the authorization code flow (section 3.1), with PKCE (RFC 7636), and signing out there
(RP-Initiated Logout 1.0). The protocol is Authlib's.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_uri
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import InvalidKeyIdError
from requests import RequestException

from inkfield.flows.nightly.notify import BadSettings, secret
from inkfield.flows.server.oidc.claims import Mapped
from inkfield.flows.server.oidc.discovery import SECONDS, Discovery, ServiceDown, is_safe, why_not
from inkfield.flows.server.oidc.id_token import NotAccepted, verified
from inkfield.flows.settings import BadSetting, ServeSettings
from inkfield.schemas.store.identities import Arrival, Begun, Identity

WELL_KNOWN = "/.well-known/openid-configuration"
MOST_HINT = 4000
"""Characters of an ID token that goes into an address; longer ones (many groups) servers refuse."""


@dataclass(frozen=True)
class SignInService:
    client: str
    secret: str
    scopes: str
    mapped: Mapped
    discovery: Discovery

    @classmethod
    def of(cls, chosen: ServeSettings) -> SignInService | None:
        """The service of the settings; None where none is set. Raises BadSetting for settings that are half filled."""
        issuer, client = chosen.serve_oidc_issuer, chosen.serve_oidc_client
        try:
            key = secret(
                chosen.serve_oidc_secret, chosen.serve_oidc_secret_file, "INKFIELD_SERVE_OIDC_SECRET"
            )
        except BadSettings as error:
            raise BadSetting(str(error)) from None
        if not issuer:
            _none_is_wanted(chosen, bool(client or key))
            return None
        missing = [
            name
            for name, value in (("INKFIELD_SERVE_OIDC_CLIENT", client), ("INKFIELD_SERVE_OIDC_SECRET", key))
            if not value
        ]
        if not client or not key:
            needed = f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} needed, too"
            raise BadSetting(f"INKFIELD_SERVE_OIDC_ISSUER is set, so {needed}")
        issuer = issuer.removesuffix(WELL_KNOWN).rstrip("/")
        if not is_safe(issuer):
            raise BadSetting(f"INKFIELD_SERVE_OIDC_ISSUER={issuer!r} is no address that begins with https://")
        if "openid" not in chosen.serve_oidc_scopes.split():
            raise BadSetting("INKFIELD_SERVE_OIDC_SCOPES needs `openid` among them")
        return cls(client, key, chosen.serve_oidc_scopes, Mapped.of(chosen), Discovery(issuer))

    def send(self, back: str) -> tuple[str, Begun]:
        """The address to which a person is sent, and what has to come back; ``back`` is where they are sent back to.
        Raises ServiceDown."""
        begun = Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48))
        to = self.discovery.metadata()["authorization_endpoint"]
        with self._session(back) as session:
            url, _ = session.create_authorization_url(
                to, state=begun.state, nonce=begun.nonce, code_verifier=begun.verifier
            )
        return str(url), begun

    def receive(self, back: str, code: str, issuer: str | None, begun: Begun) -> tuple[Arrival, str]:
        """Who came back with that code, and their ID token. ``issuer`` is what the answer says that it is from (RFC
        9207). Raises NotAccepted and ServiceDown."""
        metadata = self.discovery.metadata()
        says_issuer = metadata.get("authorization_response_iss_parameter_supported") is True
        if (issuer is not None or says_issuer) and issuer != metadata["issuer"]:
            raise NotAccepted("the answer is of another issuer")
        with self._session(back) as session:
            token = self._token(session, metadata["token_endpoint"], code, begun)
            claims: Mapping[str, Any] = self._claims(token, metadata["issuer"], begun)
            if self.mapped.lacks(claims) and metadata.get("userinfo_endpoint"):
                claims = self._more(session, metadata["userinfo_endpoint"], claims)
        identity = Identity(self.discovery.issuer, claims["sub"])
        return self.mapped.arrival(identity, claims), token["id_token"]

    def state(self) -> str:
        """Asks the service for its addresses and keys; what is to be said of it. Raises ServiceDown."""
        metadata, _ = self.discovery.metadata(), self.discovery.keys()
        pkce = "S256" in (metadata.get("code_challenge_methods_supported") or ())
        there = "" if metadata.get("end_session_endpoint") else "; signing out here does not sign out there"
        return f"{self.discovery.issuer} answers; PKCE is {'offered' if pkce else 'not offered'}{there}"

    def sign_out_url(self, id_token: str, back: str) -> str | None:
        """Where a person signs out of the service, too; None where it offers none, or does not answer."""
        try:
            url = self.discovery.metadata().get("end_session_endpoint")
        except ServiceDown:
            return None
        if not url:
            return None
        hint = [("id_token_hint", id_token)] if len(id_token) <= MOST_HINT else []
        return str(
            add_params_to_uri(url, [*hint, ("client_id", self.client), ("post_logout_redirect_uri", back)])
        )

    def _session(self, back: str) -> OAuth2Session:
        methods = self.discovery.metadata().get("token_endpoint_auth_methods_supported") or ()
        # In the body it is sent as it is; in the header services differ in how they take special characters.
        method = "client_secret_post" if "client_secret_post" in methods else "client_secret_basic"
        return OAuth2Session(
            self.client, self.secret, token_endpoint_auth_method=method, scope=self.scopes, redirect_uri=back,
            code_challenge_method="S256", default_timeout=SECONDS,
        )  # fmt: skip

    def _token(self, session: OAuth2Session, url: str, code: str, begun: Begun) -> dict[str, Any]:
        try:
            token = session.fetch_token(
                url,
                grant_type="authorization_code",
                code=code,
                code_verifier=begun.verifier,
                allow_redirects=False,
            )
        except RequestException as error:
            raise ServiceDown(why_not(url, error)) from None
        except AuthlibBaseError as error:
            if error.error in ("invalid_client", "unauthorized_client"):
                raise ServiceDown(
                    f"{url} does not know inkfield ({error.error}): look at INKFIELD_SERVE_OIDC_CLIENT and _SECRET"
                ) from None
            raise NotAccepted(f"it does not take the code: {plain(error.error)}") from None
        except ValueError as error:
            raise ServiceDown(f"{url} answers with something else: {type(error).__name__}") from None
        if not isinstance(token.get("id_token"), str):
            raise NotAccepted("it sends no ID token")
        return dict(token)

    def _claims(self, token: dict[str, Any], issuer: str, begun: Begun) -> Mapping[str, Any]:
        id_token, access = token["id_token"], token.get("access_token")
        try:
            return verified(id_token, self.discovery.keys(), issuer, self.client, begun.nonce, access)
        except InvalidKeyIdError:
            keys = self.discovery.keys(anew=True)  # it may have changed its keys
        try:
            return verified(id_token, keys, issuer, self.client, begun.nonce, access)
        except InvalidKeyIdError:
            raise NotAccepted("its ID token is signed with a key that it does not name") from None

    def _more(self, session: OAuth2Session, url: str, claims: Mapping[str, Any]) -> Mapping[str, Any]:
        """The claims with those that the service tells of the same person when it is asked again (section 5.3)."""
        try:
            answer = session.get(url)
            answer.raise_for_status()
            found = answer.json()
        except RequestException as error:  # an answer that is no JSON, too
            raise ServiceDown(why_not(url, error)) from None
        if not isinstance(found, dict) or found.get("sub") != claims["sub"]:
            raise NotAccepted("its user info is about somebody else")
        return {**found, **claims}


def plain(code: object) -> str:
    """The code of an error as it may stand in a log or on a page: no words of others, no tokens."""
    text = code if isinstance(code, str) else ""
    return text if text.replace("_", "").isalpha() and text.isascii() and len(text) <= 40 else "no reason"


def _none_is_wanted(chosen: ServeSettings, half: bool) -> None:
    """Raises BadSetting where something of a service is set, but not which, or nobody could sign in."""
    if half or chosen.serve_oidc_roles or chosen.serve_oidc_default_role:
        raise BadSetting("a sign-in service is half set: INKFIELD_SERVE_OIDC_ISSUER is needed, too")
    if not chosen.serve_passwords:
        raise BadSetting(
            "INKFIELD_SERVE_PASSWORDS=false, and no sign-in service is set: nobody could sign in. Set "
            "INKFIELD_SERVE_OIDC_ISSUER, or allow passwords"
        )
