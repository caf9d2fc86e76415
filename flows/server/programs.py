"""Which program calls the REST API, and whether it may: by its token, with its role, and not too often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from inkfield.flows.server.access import NotAllowed, client_address
from inkfield.flows.server.desk import desk
from inkfield.flows.server.passwords import token_hash
from inkfield.flows.server.turnstile import TooOften
from inkfield.schemas.store.people import MOST_FAILURES_OF_ADDRESS, Person
from inkfield.schemas.store.tokens import program_with

_bearer = HTTPBearer(auto_error=False, description="made by `inkfield serve tokens add NAME --role reviewer`")
Given = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


class NoToken(Exception):
    """The call has no token, or one that is not known."""


def program(role: str) -> Callable[[Request, Given], Person]:
    """A dependency: a program with that role at least calls. Raises NoToken, TooOften and NotAllowed.

    Cookies count for nothing here: what a browser sends by itself gets nobody in.
    """

    def checked(request: Request, given: Given) -> Person:
        at, address = desk(request), client_address(request)
        if at.failed_tokens.is_shut(address, MOST_FAILURES_OF_ADDRESS):
            raise TooOften
        found = None
        if given is not None:
            with at.reading() as session:
                found = program_with(session, token_hash(given.credentials))
        if found is None:
            at.failed_tokens.pass_one(address, MOST_FAILURES_OF_ADDRESS)
            raise NoToken
        at.calls.pass_one(found.name, at.settings.serve_calls_per_minute)
        if not found.may(role):
            raise NotAllowed(f"this needs the role {role}; that of {found.name} is {found.role}")
        return found

    return checked
