"""Who may do what: each call names the role that it needs, and each change has to carry the session's own token."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta

from fastapi import Request, Response

from inkfield.flows.server.desk import Desk, desk
from inkfield.flows.server.passwords import token_hash
from inkfield.schemas.database.tables import now
from inkfield.schemas.store.people import SignedIn, find_session, note_sign

COOKIE = "inkfield_session"
CSRF_HEADER = "x-csrf-token"
NOTED_EVERY = timedelta(seconds=30)
"""A sign of a person is not noted with every call: each would be a write."""


class NotSignedIn(Exception):
    """There is no session, or it has run out."""


class NotAllowed(Exception):
    """The role is not enough, or the call was not made by our own page. The message says which."""


def needs(role: str) -> Callable[[Request], SignedIn]:
    """A dependency: whoever calls is signed in, with that role at least. Raises NotSignedIn and NotAllowed.

    Everything but reading (GET) needs the session's token in the header X-CSRF-Token, and comes from our own pages.
    """

    def checked(request: Request) -> SignedIn:
        found = signed_in(request)
        if found is None:
            raise NotSignedIn
        if not found.person.may(role):
            raise NotAllowed(f"this needs the role {role}; yours is {found.person.role}")
        if request.method != "GET":
            from_our_page(request)
            if not secrets.compare_digest(request.headers.get(CSRF_HEADER, "").encode(), found.csrf.encode()):
                raise NotAllowed("the page is out of date: load it again")
        return found

    return checked


def signed_in(request: Request) -> SignedIn | None:
    """The session of a call; None where there is none, or it has run out."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    at = desk(request)
    with at.reading() as session:
        found = find_session(
            session, token_hash(token), at.settings.serve_idle_minutes, at.settings.serve_longest_hours
        )
    if found is not None and now() - found.seen_at > NOTED_EVERY:
        with at.transaction() as session:
            note_sign(session, found)
    return found


def from_our_page(request: Request) -> None:
    """Raises NotAllowed for a call that a browser makes for a page of another origin."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("the call comes from another site")
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
        raise NotAllowed("the call comes from another site")


def our_address(request: Request) -> str:
    """The address by which the browser reached us, as ``https://review.example.org``: behind a proxy, too, which passes
    on the name that was asked for (see docs/review-page.md)."""
    scheme = "https" if desk(request).settings.serve_https else request.url.scheme
    return f"{scheme}://{request.headers.get('host', '')}"


def set_session_cookie(response: Response, at: Desk, token: str) -> None:
    """Whoever sends it back is signed in. Strict: no other site can have it sent."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=at.settings.serve_https)


def client_address(request: Request) -> str:
    return request.client.host if request.client else ""
