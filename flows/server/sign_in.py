"""Signing in and out."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from inkfield.flows.server.access import (
    COOKIE,
    client_address,
    from_our_page,
    needs,
    our_address,
    set_session_cookie,
    signed_in,
)
from inkfield.flows.server.desk import Desk, desk
from inkfield.flows.server.html import sign_in_page
from inkfield.flows.server.passwords import is_password, needs_new_hash, new_token, password_hash, token_hash
from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.store.audit import note
from inkfield.schemas.store.identities import id_token_of
from inkfield.schemas.store.lending import forget_past, give_back
from inkfield.schemas.store.people import (
    FAILURE_MINUTES,
    SignedIn,
    begin_session,
    end_session,
    forget_sessions,
    note_failure,
    set_password_hash,
    too_many_failures,
    with_password,
)

routes = APIRouter()
NO_PASSWORDS = "Nobody signs in with a password here."
WRONG = "The name or the password is wrong."
TOO_MANY = f"Too many sign-ins have failed. Wait {FAILURE_MINUTES} minutes, or ask an administrator."


@routes.get("/sign-in")
def form(request: Request) -> Response:
    if signed_in(request) is not None:
        return RedirectResponse("/", 303)
    return sign_in_page(desk(request))


@routes.post("/sign-in")
async def sign_in(request: Request) -> Response:
    from_our_page(request)
    if not desk(request).settings.serve_passwords:
        return sign_in_page(desk(request), NO_PASSWORDS, code=403)
    sent = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
    name, password = (clean(sent.get(key, [""])[0])[:256] for key in ("name", "password"))
    return await run_in_threadpool(_try, desk(request), name.strip(), password, client_address(request))


def _try(at: Desk, name: str, password: str, address: str) -> Response:
    with at.transaction() as session:
        if too_many_failures(session, name, address):
            return sign_in_page(at, TOO_MANY, name, 429)
        found = with_password(session, name)
    person, hashed = found or (None, None)
    right = is_password(hashed, password)  # 50 ms: not in a transaction, which others wait for
    with at.transaction() as session:
        if person is None or hashed is None or not right:
            note_failure(session, name, address)
            return sign_in_page(at, WRONG, name, 403)
        if needs_new_hash(hashed):
            set_password_hash(session, person.id, password_hash(password))
        forget_past(session)
        forget_sessions(session, at.settings.serve_idle_minutes, at.settings.serve_longest_hours)
        token = new_token()
        begin_session(session, person, token_hash(token), new_token())
    response = RedirectResponse("/", 303)
    set_session_cookie(response, at, token)
    return response


@routes.post("/api/sign-out")
def sign_out(request: Request, who: Annotated[SignedIn, Depends(needs("reader"))]) -> Response:
    """Ends the session; says where the page goes next: who came through the sign-in service signs out there, too."""
    at, token = desk(request), token_hash(request.cookies[COOKIE])
    with at.transaction() as session:
        id_token = id_token_of(session, token)
        give_back(session, who.person)
        end_session(session, token)
        note(session, who.person.name, "signed out")
    there = None
    if at.service is not None and id_token is not None:
        there = at.service.sign_out_url(id_token, f"{our_address(request)}/sign-in")
    response = JSONResponse({"next": there or "/sign-in"})
    response.delete_cookie(COOKIE)
    return response
