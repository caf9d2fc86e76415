"""A page of no form, settled on the review page: a person says which form it is, or closes it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from fastapi.testclient import TestClient
from sqlalchemy import text

from inkfield.flows.server.app import make_app
from inkfield.flows.settings import ServeSettings
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.readings import PageReading
from inkfield.schemas.reasons import ReasonCode, because
from tests.support.checkout import EXAMPLES
from tests.support.office import BASE, signed_in
from tests.support.review_desk import opened, scan, store


def test_a_page_of_no_form_is_read_as_a_form_or_closed(tmp_path: Path) -> None:
    engine, forms = opened(tmp_path, f"sqlite:///{tmp_path / 'rows.db'}")
    path = Path(shutil.copy(EXAMPLES / "claim-1.pdf", tmp_path))
    no_form = PageReading(
        1, 1654, 2339, 200.0, None, None, "unknown_form", reason=because(ReasonCode.NO_FORM), scan_number=1
    )
    claim, other = store(engine, path, [no_form]), store(engine, scan(tmp_path / "b.png", 1), [no_form], "b")
    app = make_app(engine, forms, ServeSettings())
    client = signed_in(TestClient(app, base_url=BASE, follow_redirects=False), "anna")
    pages = dict(re.findall(r"/documents/(\d+)#page-(\d+)", client.get("/").text))
    assert set(pages) == {str(claim), str(other)}
    assert (
        client.post("/api/read-as", json={"page": int(pages[str(claim)]), "form": "nonsense"}).status_code
        == 422
    )
    done = client.post("/api/read-as", json={"page": int(pages[str(claim)]), "form": "claim"})
    assert done.status_code == 200, done.text
    assert client.post("/api/close-page", json={"page": int(pages[str(other)])}).status_code == 200
    with transaction(engine) as session:
        rows = session.execute(text("SELECT document_id, policy_number FROM claim")).all()
        status = session.scalar(text("SELECT status FROM documents WHERE id = :d"), {"d": other})
        did = session.scalars(text("SELECT action FROM review_audit ORDER BY id DESC LIMIT 2")).all()
    assert len(rows) == 1 and rows[0][0] == claim and re.fullmatch(r"[A-Z]{2}\d{8}", rows[0][1])
    assert status == "done" and set(did) == {"form changed", "page closed"}
    assert "of no form" not in client.get("/").text
    assert client.post("/api/undo").status_code == 200  # the page that was closed waits again
    assert "b.png" in client.get("/").text
