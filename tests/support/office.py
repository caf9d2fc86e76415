"""The review page as an application in this process, with people and programs that call it, and tricks in its data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy import text

from inkfield.flows.server.app import make_app
from inkfield.flows.server.passwords import new_token, token_hash
from inkfield.flows.settings import ServeSettings
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.store.tokens import add_token
from tests.support.review_desk import PASSWORD, PEOPLE, opened, scan, slip, store

TRICK = """"><script>alert('1')</script>'; DROP TABLE fields; --"""
BASE = "http://desk"


def signed_in(client: TestClient, name: str) -> TestClient:
    """The client, once this person is signed in, with what the page's own calls send along."""
    done = client.post("/sign-in", data={"name": name, "password": PASSWORD})
    assert done.status_code == 303, done.text
    found = re.search(r'name="csrf" content="([^"]+)"', client.get("/documents").text)
    assert found is not None
    client.headers["X-CSRF-Token"] = found[1]
    return client


class Office:
    """The application with a database, and people who are signed in at it."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder = folder
        self.engine, forms = opened(folder, f"sqlite:///{folder / 'rows.db'}")
        self.app = make_app(self.engine, forms, ServeSettings(**settings))
        self.number = store(self.engine, scan(folder / "a.png", 1), [slip(payee=TRICK)])
        store(self.engine, scan(folder / f"{TRICK[:30].replace('/', '')}.png", 2), [slip()])

    def nobody(self) -> TestClient:
        return TestClient(self.app, base_url=BASE, follow_redirects=False, raise_server_exceptions=False)

    def person(self, name: str) -> TestClient:
        return signed_in(self.nobody(), name)

    def of_role(self, role: str) -> TestClient:
        return self.person(next(name for name, of in PEOPLE.items() if of == role))

    def program(self, name: str, role: str) -> TestClient:
        """A new program, which calls with its token."""
        token, client = new_token(), self.nobody()
        with transaction(self.engine) as session:
            add_token(session, name, role, token_hash(token), "the tests")
        client.headers["Authorization"] = f"Bearer {token}"
        return client

    def fields(self, number: int | None = None) -> dict[str, int]:
        with transaction(self.engine) as session:
            rows = session.execute(
                text(
                    "SELECT f.name, f.id FROM fields f JOIN pages p ON p.id = f.page_id WHERE p.document_id = :d"
                ),
                {"d": number or self.number},
            )
            return {name: id for name, id in rows}

    def calls(self) -> list[tuple[str, str]]:
        """Method and path of every route."""
        found = [(m, r.path) for r in _routes(self.app.routes) for m in r.methods]
        assert len(found) > 15
        return sorted(found)


def _routes(routes: list[Any]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif getattr(route, "routes", None):
            yield from _routes(route.routes)
        elif getattr(route, "original_router", None) is not None:
            yield from _routes(route.original_router.routes)
