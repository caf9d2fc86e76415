"""Whether an ID token is what the sign-in service gave for this sign-in and nothing else.

OpenID Connect Core 1.0, section 3.1.3.7: its signature by a key of the service, issuer, audience, expiry, nonce.
"""

from __future__ import annotations

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a private key. No `none`, and no HMAC: a public key must never do as a secret."""
LEEWAY_SECONDS = 60
"""By so much the clocks of two machines may differ."""
MOST_SUBJECT = 255
"""Characters, by the standard (section 2)."""


class NotAccepted(Exception):
    """What came back is not what the sign-in service gives for this sign-in. The message says what is wrong, and
    quotes nothing."""


def verified(
    id_token: str, keys: KeySet, issuer: str, client: str, nonce: str, access_token: str | None
) -> CodeIDToken:
    """The claims of an ID token. Raises NotAccepted, and InvalidKeyIdError for a key that is not known (yet)."""
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        token = jwt.decode(id_token, keys, registry=registry)
    except JoseError as error:
        if error.error == "invalid_key_id":
            raise
        raise NotAccepted(f"its ID token is not to be read: {error.error}") from None
    except (ValueError, TypeError, KeyError) as error:
        raise NotAccepted(f"its ID token is not to be read: {type(error).__name__}") from None
    options = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "nonce": {"essential": True, "value": nonce},
    }
    expected = {"nonce": nonce, "client_id": client, "access_token": access_token}
    claims = CodeIDToken(token.claims, token.header, options, expected)
    try:
        claims.validate(leeway=LEEWAY_SECONDS)
    except JoseError as error:
        wrong = str(getattr(error, "claim", "") or "")
        raise NotAccepted(f"its ID token is not for this sign-in: {error.error} {wrong}".rstrip()) from None
    if not 0 < len(claims["sub"]) <= MOST_SUBJECT:
        raise NotAccepted("its ID token has no subject of 1 to 255 characters")
    return claims
