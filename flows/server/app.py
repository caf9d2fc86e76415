"""The web application: its routes, what it answers when something goes wrong, and the headers of every answer."""

from __future__ import annotations

import logging
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from inkfield.flows.server import (
    actions,
    api,
    archive,
    dashboard,
    form_edit,
    iiif,
    pages,
    picture_routes,
    sign_in,
    spot_checks,
    upload,
)
from inkfield.flows.server.access import NotAllowed, NotSignedIn
from inkfield.flows.server.desk import Desk
from inkfield.flows.server.hand_in import NoInbox
from inkfield.flows.server.headers import SecurityHeaders
from inkfield.flows.server.html import error_page
from inkfield.flows.server.oidc import routes as service_routes
from inkfield.flows.server.oidc.service import SignInService
from inkfield.flows.server.pictures import NotKept, Pictures
from inkfield.flows.server.programs import NoToken
from inkfield.flows.server.turnstile import TooOften
from inkfield.flows.settings import ServeSettings
from inkfield.flows.workers.event_log import where
from inkfield.flows.workers.limits import intake_limits
from inkfield.flows.workers.recheck import AskForms
from inkfield.schemas.database.connection import is_temporary
from inkfield.schemas.forms.model import Form
from inkfield.schemas.store.answers import Changed, Rules
from inkfield.schemas.store.lending import WithAnother
from inkfield.schemas.store.undo import CannotUndo

log = logging.getLogger(__name__)
STATIC = Path(__file__).parent / "static"


def make_app(engine: Engine, forms: dict[str, Form], settings: ServeSettings) -> FastAPI:
    """The review page over a database, with these forms. Raises BadSetting for a limit that is no number, and for a
    sign-in service that is half set."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    rules = Rules(forms, AskForms(forms), settings.serve_double_above)
    app.state.desk = Desk(engine, rules, settings, Pictures(), SignInService.of(settings))
    app.add_middleware(SecurityHeaders, https=settings.serve_https, most_of_a_file=intake_limits().max_bytes)
    for routes in (
        sign_in.routes,
        service_routes.routes,
        pages.routes,
        actions.routes,
        picture_routes.routes,
        upload.routes,
        dashboard.routes,
        spot_checks.routes,
        archive.routes,
        iiif.routes,
        form_edit.routes,
        api.routes,
    ):
        app.include_router(routes)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_api_route("/health", _health, methods=["GET"])
    app.add_exception_handler(NotSignedIn, _not_signed_in)
    app.add_exception_handler(NoToken, _no_token)
    app.add_exception_handler(TooOften, _too_often)
    for kind, status in _STATUSES.items():
        app.add_exception_handler(kind, _answer_with(status))
    app.add_exception_handler(RequestValidationError, _bad_call)
    app.add_exception_handler(DBAPIError, _database)
    app.add_exception_handler(HTTPException, _no_such_page)
    app.add_exception_handler(Exception, _fault)
    return app


_STATUSES: dict[type[Exception], int] = {
    NotAllowed: 403,
    LookupError: 404,
    NotKept: 404,
    ValueError: 422,
    Changed: 409,
    WithAnother: 409,
    CannotUndo: 409,
    NoInbox: 409,
}


def _answer_with(status: int):  # type: ignore[no-untyped-def]
    async def answer(request: Request, error: Exception) -> Response:
        return said(request, status, str(error.args[0]) if error.args else "")

    return answer


def said(request: Request, status: int, message: str) -> Response:
    """An answer that says what is wrong: as JSON to a script, as a page to a person."""
    if request.url.path.startswith(("/api/", "/v1/", "/iiif/")):
        return JSONResponse({"message": message}, status)
    if request.url.path.endswith(".jpg"):
        return PlainTextResponse(message, status)
    return error_page(request, status, message)


async def _not_signed_in(request: Request, error: Exception) -> Response:
    if request.method == "GET" and not request.url.path.endswith(".jpg") and not _for_viewers(request):
        return RedirectResponse("/sign-in", 303)
    return said(request, 401, "You are no longer signed in. Sign in again: nothing you answered is lost.")


def _for_viewers(request: Request) -> bool:
    return request.url.path.startswith("/iiif/")


async def _no_token(request: Request, error: Exception) -> Response:
    answer = said(request, 401, "this needs a token that is known: Authorization: Bearer TOKEN")
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


async def _too_often(request: Request, error: Exception) -> Response:
    answer = said(request, 429, "too many calls: wait a minute")
    answer.headers["Retry-After"] = "60"
    return answer


async def _bad_call(request: Request, error: Exception) -> Response:
    return said(request, 422, "the call is not as it should be")  # its own words would quote what was sent


async def _database(request: Request, error: Exception) -> Response:
    if is_temporary(error):
        return said(request, 503, "The database is busy. Try again: nothing was changed.")
    return await _fault(request, error)


async def _fault(request: Request, error: Exception) -> Response:
    # Only the type: the message of an error may quote what stood in a field.
    log.error("%s %s: %s in %s", request.method, request.scope["path"], type(error).__name__, where(error))
    return said(request, 500, "A fault in inkfield. Nothing was changed; the log says where it lies.")


async def _no_such_page(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return said(
        request, error.status_code, "There is no such page." if error.status_code == 404 else error.detail
    )


def _health() -> PlainTextResponse:
    return PlainTextResponse("ok")
