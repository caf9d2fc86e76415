"""What a sign-in service says of itself: its addresses, and the keys that it signs with. Kept for an hour."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException, Session
from requests.exceptions import SSLError

KEPT_SECONDS = 3600.0
DOWN_SECONDS = 10.0
"""So long nobody asks a service again that did not answer: each who asks would wait, and be waited for."""
NEW_KEYS_SECONDS = 30.0
"""Keys are asked for anew when a token is signed with another one, but not more often than this."""
SECONDS = (4.0, 6.0)
"""Longest wait for a connection, and for an answer."""
_NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
_LOCAL = ("localhost", "127.0.0.1", "::1")
Made = TypeVar("Made")


class ServiceDown(Exception):
    """The sign-in service does not answer, or not as one does. The message says where and what, for the log."""


class Discovery:
    """The service at an issuer; for many threads."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._metadata: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._down: tuple[float, str] | None = None
        self._lock = threading.Lock()

    def metadata(self) -> Mapping[str, Any]:
        """OpenID Connect Discovery 1.0, section 3. Raises ServiceDown."""
        with self._lock:
            return self._known()

    def keys(self, anew: bool = False) -> KeySet:
        """The public keys; ``anew`` asks for them again, unless they were asked for just now. Raises ServiceDown."""
        with self._lock:
            kept = self._keys
            if kept is None or _age(kept) > (NEW_KEYS_SECONDS if anew else KEPT_SECONDS):
                uri = self._known()["jwks_uri"]
                kept = self._keys = (time.monotonic(), self._asked(lambda: _key_set(_json(uri))))
            return kept[1]

    def _known(self) -> dict[str, Any]:
        if self._metadata is None or _age(self._metadata) > KEPT_SECONDS:
            url = str(get_well_known_url(self.issuer, external=True))
            found = self._asked(lambda: _checked(_json(url), self.issuer))
            self._metadata = (time.monotonic(), found)
        return self._metadata[1]

    def _asked(self, ask: Callable[[], Made]) -> Made:
        if self._down is not None and _age(self._down) < DOWN_SECONDS:
            raise ServiceDown(self._down[1])
        try:
            return ask()
        except ServiceDown as error:
            self._down = (time.monotonic(), str(error))
            raise


def is_safe(url: object) -> bool:
    """Whether an address is reached by HTTPS, or is on this machine."""
    parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    )


def why_not(url: str, error: RequestException) -> str:
    """Why a service did not answer, without the words of the error: they may quote what was sent."""
    if isinstance(error, SSLError):
        return f"{url}: its certificate is not trusted here; REQUESTS_CA_BUNDLE names the file of your own authority"
    return f"{url} does not answer: {getattr(error.response, 'status_code', None) or type(error).__name__}"


def _json(url: str) -> dict[str, Any]:
    try:
        with Session() as session:
            answer = session.get(url, timeout=SECONDS, headers={"Accept": "application/json"})
            answer.raise_for_status()
            found = answer.json()
    except RequestException as error:
        raise ServiceDown(why_not(url, error)) from None
    if not isinstance(found, dict):
        raise ServiceDown(f"{url} answers with something else")
    return found


def _checked(found: dict[str, Any], issuer: str) -> dict[str, Any]:
    missing = [name for name in _NEEDED if not isinstance(found.get(name), str)]
    if missing:
        raise ServiceDown(f"{issuer} does not say its {', '.join(missing)}")
    if found["issuer"].rstrip("/") != issuer:
        raise ServiceDown(
            f"{issuer} calls itself {found['issuer'][:200]}: set INKFIELD_SERVE_OIDC_ISSUER to what it calls itself; "
            "for Entra ID name the tenant"
        )
    for name in (*_NEEDED, "userinfo_endpoint", "end_session_endpoint"):
        if name in found and not is_safe(found[name]):
            raise ServiceDown(f"{issuer}: its {name} is not reached by HTTPS")
    return found


def _key_set(found: dict[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set(found)  # type: ignore[arg-type]
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise ServiceDown(f"its keys are not to be read: {type(error).__name__}") from None


def _age(kept: tuple[float, object]) -> float:
    return time.monotonic() - kept[0]
