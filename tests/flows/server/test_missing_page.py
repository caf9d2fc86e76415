"""A form of which a page is missing, on the review page: a person says that it may stand without it."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import text

from inkfield.flows.server.app import make_app
from inkfield.flows.settings import ServeSettings
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.readings import PageReading
from inkfield.schemas.reasons import ReasonCode, because
from tests.support.office import BASE, signed_in
from tests.support.readings import field
from tests.support.review_desk import opened, scan, store


def test_a_missing_page_is_shown_settled_and_undone(tmp_path: Path) -> None:
    engine, forms = opened(tmp_path, f"sqlite:///{tmp_path / 'rows.db'}")
    missing = because(ReasonCode.MISSING_PAGE, pages=("page 2",))
    whole = (field("member_number", "code", "288500341"),)
    pages = [
        PageReading(1, 800, 600, 200.0, "enrolment", 1, "done", whole, scan_number=1, sheet=1),
        PageReading(2, 800, 600, 200.0, "enrolment", 1, "done", (field("waived", "checkbox", True),), scan_number=2,
                    sheet=2, part_of=1),
        PageReading(3, 800, 600, 200.0, "enrolment", 1, "review", (field("member_number", "code", "633329156"),),
                    reason=missing, scan_number=3, sheet=1),
    ]  # fmt: skip
    number = store(engine, scan(tmp_path / "three.png", 1), pages)
    app = make_app(engine, forms, ServeSettings())
    client = signed_in(TestClient(app, base_url=BASE, follow_redirects=False), "anna")

    def rows() -> list[tuple[int, str, bool | None, str | None]]:
        with transaction(engine) as session:
            query = "SELECT page_number, status, waived, reviewed_by FROM enrolment ORDER BY 1"
            return [
                (n, status, w if w is None else bool(w), who)
                for n, status, w, who in session.execute(text(query))
            ]

    assert rows() == [(1, "done", True, None), (3, "review", None, None)]
    queue = client.get("/").text
    (page,) = re.findall(rf"/documents/{number}#page-(\d+)", queue)
    assert "missing of the form: page 2" in queue
    shown = client.get(f"/documents/{number}").text
    assert "let the form stand without it" in shown and "It belongs to" in shown
    assert client.post("/api/close-page", json={"page": int(page)}).status_code == 200
    assert rows()[1] == (3, "done", None, "anna")
    assert client.post("/api/close-page", json={"page": int(page)}).status_code == 422
    assert "missing of the form" not in client.get("/").text
    assert client.post("/api/undo").status_code == 200
    assert rows()[1] == (3, "review", None, None) and "missing of the form" in client.get("/").text
