"""Passwords and tokens: what the database keeps of them cannot be used to sign in."""

from __future__ import annotations

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_CHARACTERS = 12
MOST_CHARACTERS = 256
_HASHER = PasswordHasher()  # argon2id with the parameters of RFC 9106: 64 MB and some 50 ms a password
_NOBODY = _HASHER.hash(secrets.token_urlsafe())


def password_hash(password: str) -> str:
    """Raises ValueError for a password that is too short or too long."""
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise ValueError(f"a password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters")
    return _HASHER.hash(password)


def is_password(hashed: str | None, password: str) -> bool:
    """Whether it is the password of that hash. Takes as long for a name that there is not (None), and for those who
    have no password."""
    known = hashed is not None and hashed.startswith("$argon2")
    try:
        return _HASHER.verify(hashed if known and hashed else _NOBODY, password[:MOST_CHARACTERS]) and known
    except (VerificationError, InvalidHashError):
        return False


def needs_new_hash(hashed: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(hashed)


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
