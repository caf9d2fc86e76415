"""A page that is no known form has its status and reason in SQL; `inkfield status` counts them; none is posted."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkfield.flows.commands.status_command import status_of
from inkfield.pipeline.document import read_document
from inkfield.pipeline.settings import Settings
from inkfield.pipeline.text.no_form import why_no_form
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.reasons import ReasonCode, because
from inkfield.schemas.store.documents import begin_batch, register_document, save_document
from tests.support.cheque_paper import draw_cheque
from tests.support.no_cheques import deposit_slip, open_hand

PAGES = {
    "half": draw_cheque()[:, :800],
    "slip": deposit_slip(),
    "photo": open_hand(),
    "blank": np.full((1087, 2386, 3), 246, np.uint8),
    "black": np.zeros((1087, 2386, 3), np.uint8),
}


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database into which each of the pages was read, as a file of its own."""
    folder: Path = tmp_path_factory.mktemp("fronts")
    url = f"sqlite:///{folder / 'inkfield.db'}"
    engine = open_database(url)
    for name, picture in PAGES.items():
        path = folder / f"{name}.png"
        cv2.imwrite(str(path), picture)
        reading = read_document(path, Settings(today=date(2026, 6, 30)))
        with transaction(engine) as session:
            noted = register_document(session, begin_batch(session, name), path, reading.sha256, "all:1")
            save_document(session, noted.document_id, reading)
    engine.dispose()
    return url


def test_each_has_its_status_and_reason(stored: str) -> None:
    engine = open_database(stored)
    _, found = run_query(
        engine, "SELECT d.file_name, d.status, c.status, c.form, c.reason FROM current_reasons c"
        " JOIN documents d ON d.id = c.document_id"
    )  # fmt: skip
    rows = {str(row[0]).removesuffix(".png"): tuple(row[1:]) for row in found}
    assert set(rows) == set(PAGES)
    assert all(document == "review" for document, *_ in rows.values())
    assert rows["blank"][1:] == ("blank", None, "blank")
    assert rows["black"][1:] == ("unknown_form", None, "black")
    assert rows["slip"][1:] == ("unknown_form", None, "no_cheque")
    assert rows["photo"][1:] == ("blank", None, "blank")  # of a hand: nothing is written or printed on it
    assert rows["half"][1:] == ("unknown_form", None, "no_form")
    _, posted = run_query(
        engine, "SELECT count(*) FROM fields WHERE name = 'decision' AND value_text = 'post'"
    )
    assert posted[0][0] == 0


def test_status_counts_them_by_reason(stored: str) -> None:
    found = status_of(stored, None, datetime.now(UTC))
    assert found["no_form_by_code"] == {"blank": 2, "black": 1, "no_cheque": 1, "no_form": 1}
    assert found["no_form_by_reason"][str(because(ReasonCode.BLANK))] == 2


def test_the_reason_follows_from_what_is_seen() -> None:
    sheet, cheque = np.full((1400, 1000), 240, np.uint8), np.full((500, 1100), 240, np.uint8)
    assert why_no_form(np.zeros((50, 90), np.uint8), ()) == ReasonCode.BLACK
    assert why_no_form(sheet, ()) == ReasonCode.NO_TEXT
    (line,) = _lines()
    assert why_no_form(cheque, (line,)) == ReasonCode.NO_CHEQUE
    assert why_no_form(sheet, (line,)) == ReasonCode.NO_FORM


def _lines():  # type: ignore[no-untyped-def]
    from inkfield.schemas.readings import TextLine

    return (TextLine((0, 0, 9, 9), "Dear Sir"),)
