"""Pages from templates: everything that is put into them is escaped."""

from __future__ import annotations

import re
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from inkfield.flows.server.desk import Desk
from inkfield.flows.templates import templates_of
from inkfield.schemas.reasons import ReasonCode
from inkfield.schemas.store.people import SignedIn

_TEMPLATES = templates_of("inkfield.flows.server")


def words(name: str) -> str:
    """A name of SQL as people read it: ``services.1.charge`` is services 1 charge."""
    return name.replace("_", " ").replace(".", " ")


def kind_of_reason(code: str) -> str:
    """The sentence of a reason's code, with dots for what fills it."""
    known = ReasonCode._value2member_map_.get(code)
    return re.sub(r"{\w+[^}]*}", "…", known.template) if isinstance(known, ReasonCode) else words(code)


_TEMPLATES.filters["words"] = words


def page(template: str, who: SignedIn | None, code: int = 200, **values: Any) -> HTMLResponse:
    """A page for who is signed in (None: nobody is)."""
    text = _TEMPLATES.get_template(template).render(who=who, **values)
    return HTMLResponse(text, code)


def sign_in_page(at: Desk, message: str = "", name: str = "", code: int = 200) -> HTMLResponse:
    """Where people sign in, with what went wrong before."""
    ways = {"service": at.service is not None, "passwords": at.settings.serve_passwords}
    return page("sign_in.html", None, code, message=message, name=name, **ways)


def error_page(request: Request, status: int, message: str) -> HTMLResponse:
    return page("error.html", None, status, message=message or "There is no such page.")
