"""Signing in through the sign-in service: a person is sent there, and comes back with a code."""

from __future__ import annotations

import logging
import secrets

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from inkfield.flows.server.access import (
    client_address,
    from_our_page,
    our_address,
    set_session_cookie,
    signed_in,
)
from inkfield.flows.server.desk import Desk, desk
from inkfield.flows.server.html import page, sign_in_page
from inkfield.flows.server.oidc.discovery import ServiceDown
from inkfield.flows.server.oidc.id_token import NotAccepted
from inkfield.flows.server.oidc.service import SignInService, plain
from inkfield.flows.server.passwords import new_token, token_hash
from inkfield.schemas.store.identities import BEGUN_MINUTES, Arrival, Begun, Refusal, admit, begin, take_begun
from inkfield.schemas.store.lending import forget_past
from inkfield.schemas.store.people import begin_session, forget_sessions

log = logging.getLogger(__name__)
routes = APIRouter(prefix="/sign-in")
BEGUN_COOKIE = "inkfield_sign_in"
MOST_BEGUN = 120
"""Sign-ins that may begin from an address in a minute: an office may share one."""
MOST_CODE = 8192
DOWN = "The sign-in service of your organisation does not answer."
NOT_ACCEPTED = (
    "The sign-in service's answer was not accepted. Try again; if it happens again, ask an administrator."
)
OVER = "This sign-in has run out, or was begun in another window. Try again."


@routes.get("/service")
def leave(request: Request) -> Response:
    """Sends a person to the sign-in service. Raises LookupError where none is set, TooOften and NotAllowed."""
    at, service = _service(request)
    from_our_page(request)
    if signed_in(request) is not None:
        return RedirectResponse("/", 303)
    at.begun_sign_ins.pass_one(client_address(request), MOST_BEGUN)
    try:
        url, begun = service.send(_back(request))
    except ServiceDown as error:
        return _down(at, error)
    token = new_token()
    with at.transaction() as session:
        begin(session, token_hash(token), begun)
    response = RedirectResponse(url, 303)
    # Lax: the browser sends it along when the service sends the person back, which it would not do with a strict one.
    response.set_cookie(
        BEGUN_COOKIE, token, max_age=60 * BEGUN_MINUTES, path="/sign-in", httponly=True, samesite="lax",
        secure=at.settings.serve_https,
    )  # fmt: skip
    return response


@routes.get("/back")
def come_back(request: Request) -> Response:
    """A person comes back from the service. Only to this browser's own sign-in, once. Raises LookupError."""
    at, service = _service(request)
    answer = _came_back(request, at, service)
    answer.delete_cookie(BEGUN_COOKIE, path="/sign-in")
    return answer


def _came_back(request: Request, at: Desk, service: SignInService) -> Response:
    begun = _begun(request, at)
    said = request.query_params
    if begun is None and signed_in(request) is not None:
        return RedirectResponse("/", 303)  # the browser's way back, after the sign-in
    if begun is None or not secrets.compare_digest(said.get("state", "").encode(), begun.state.encode()):
        return _refused(at, "the state is not of a sign-in of this browser", OVER)
    if "error" in said:
        code = plain(said["error"])
        return _refused(
            at, f"it says {code}", f"The sign-in service did not let you in ({code.replace('_', ' ')})."
        )
    code = said.get("code", "")
    if not 0 < len(code) <= MOST_CODE:
        return _refused(at, "it sends no code", NOT_ACCEPTED)
    try:
        arrival, id_token = service.receive(_back(request), code, said.get("iss"), begun)
    except NotAccepted as error:
        return _refused(at, str(error), NOT_ACCEPTED)
    except ServiceDown as error:
        return _down(at, error)
    return _arrived(at, arrival, id_token)


def _begun(request: Request, at: Desk) -> Begun | None:
    token = request.cookies.get(BEGUN_COOKIE)
    if not token:
        return None
    with at.transaction() as session:
        return take_begun(session, token_hash(token))


def _arrived(at: Desk, arrival: Arrival, id_token: str) -> Response:
    token = new_token()
    with at.transaction() as session:
        found = admit(session, arrival)
        if not isinstance(found, Refusal):
            forget_past(session)
            forget_sessions(session, at.settings.serve_idle_minutes, at.settings.serve_longest_hours)
            begin_session(session, found, token_hash(token), new_token(), id_token)
    if isinstance(found, Refusal):
        log.warning("sign-in refused, subject %r: %s", arrival.identity.subject, found.message)
        return sign_in_page(at, found.message, code=403)
    # A page, not a redirect: a browser sends our strict cookie only where our own page leads on.
    response = page("signed_in.html", None)
    set_session_cookie(response, at, token)
    return response


def _service(request: Request) -> tuple[Desk, SignInService]:
    at = desk(request)
    if at.service is None:
        raise LookupError("no sign-in service is set")
    return at, at.service


def _back(request: Request) -> str:
    return f"{our_address(request)}/sign-in/back"


def _refused(at: Desk, why: str, message: str) -> HTMLResponse:
    log.warning("a sign-in through the sign-in service was refused: %s", why)
    return sign_in_page(at, message, code=403)


def _down(at: Desk, error: ServiceDown) -> HTMLResponse:
    log.error("the sign-in service: %s", error)
    instead = (
        "Sign in with your password, or try again later."
        if at.settings.serve_passwords
        else "Try again later."
    )
    return sign_in_page(at, f"{DOWN} {instead}", code=503)
