"""Signing in and out."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from inkfield.flows.server.access import COOKIE, client_address, from_our_page, needs, signed_in
from inkfield.flows.server.desk import Desk, desk
from inkfield.flows.server.html import page
from inkfield.flows.server.passwords import is_password, needs_new_hash, new_token, password_hash, token_hash
from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.store.audit import note
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
WRONG = "The name or the password is wrong."
TOO_MANY = f"Too many sign-ins have failed. Wait {FAILURE_MINUTES} minutes, or ask an administrator."


@routes.get("/sign-in")
def form(request: Request) -> Response:
    if signed_in(request) is not None:
        return RedirectResponse("/", 303)
    return page("sign_in.html", None, message="", name="")


@routes.post("/sign-in")
async def sign_in(request: Request) -> Response:
    from_our_page(request)
    sent = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
    name, password = (clean(sent.get(key, [""])[0])[:256] for key in ("name", "password"))
    return await run_in_threadpool(_try, desk(request), name.strip(), password, client_address(request))


def _try(at: Desk, name: str, password: str, address: str) -> Response:
    with at.transaction() as session:
        if too_many_failures(session, name, address):
            return _again(429, TOO_MANY, name)
        found = with_password(session, name)
    person, hashed = found or (None, None)
    right = is_password(hashed, password)  # 50 ms: not in a transaction, which others wait for
    with at.transaction() as session:
        if person is None or hashed is None or not right:
            note_failure(session, name, address)
            return _again(403, WRONG, name)
        if needs_new_hash(hashed):
            set_password_hash(session, person.id, password_hash(password))
        forget_past(session)
        forget_sessions(session, at.settings.serve_idle_minutes, at.settings.serve_longest_hours)
        token = new_token()
        begin_session(session, person, token_hash(token), new_token())
    response = RedirectResponse("/", 303)
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=at.settings.serve_https)
    return response


@routes.post("/api/sign-out")
def sign_out(request: Request, who: Annotated[SignedIn, Depends(needs("reader"))]) -> Response:
    with desk(request).transaction() as session:
        give_back(session, who.person)
        end_session(session, token_hash(request.cookies[COOKIE]))
        note(session, who.person.name, "signed out")
    response = JSONResponse({})
    response.delete_cookie(COOKIE)
    return response


def _again(status: int, message: str, name: str) -> HTMLResponse:
    return page("sign_in.html", None, status, message=message, name=name)
