"""Real documents read again: after a form was added, when it is asked for, and on another scan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import pytest
from sqlalchemy import select

from inkfield.flows.commands.read_again import NothingToReadAgain, files_to_read_again
from inkfield.flows.nightly.fresh_files import fresh_files
from inkfield.flows.workers import batch_rows
from inkfield.flows.workers.document_outcome import Outcome
from inkfield.flows.workers.read_into_database import DocumentReader
from inkfield.flows.workers.reader_process import ReaderSetup
from inkfield.flows.workers.recheck import AskForms
from inkfield.pipeline.intake import open_pages
from inkfield.pipeline.page import load_page_reader
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.database.tables import FieldRow
from inkfield.schemas.forms.model import FORMS_FOLDER, load_forms
from inkfield.schemas.reasons import ReasonCode
from tests.support.checkout import EXAMPLES
from tests.support.settling import settle_field

OTHER_FORM = """
{name: receipt, version: 1, title: Receipt, layout: registered, paper: {width_mm: 210, height_mm: 297},
 blank: receipt.png, fields: [{name: shop, kind: text, box: [10, 10, 80, 10]}]}
"""


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Forms are loaded once a process: these tests change them."""
    _forget()
    yield
    _forget()


def _forget() -> None:
    for cached in (batch_rows.engine, batch_rows.form_version_key, batch_rows._forms, load_page_reader):
        cached.cache_clear()


def read(url: str, path: Path, again: bool = False, form: str | None = None) -> Outcome:
    batch = batch_rows.begin(url, path.name)
    outcome = DocumentReader(ReaderSetup(url, form, again=again)).read(path, batch)
    assert outcome.error_code is None, outcome
    return outcome


def test_what_was_settled_stays_when_forms_are_added_and_when_it_is_read_again(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, claim = database_url, EXAMPLES / "claim-1.pdf"
    read(url, claim)
    with transaction(open_database(url)) as session:
        born = session.scalar(select(FieldRow.id).where(FieldRow.name == "date_of_birth"))
        assert born is not None
        settle_field(session, born, "clerk", "1999-12-31", load_forms(), AskForms(load_forms()))

    (tmp_path / "receipt.yaml").write_text(OTHER_FORM)
    cv2.imwrite(str(tmp_path / "receipt.png"), cv2.imread(str(FORMS_FOLDER / "claim.png"))[::-1])
    monkeypatch.setenv("INKFIELD_FORMS", str(tmp_path))
    _forget()
    later = datetime.now(UTC) + timedelta(days=1)
    with transaction(open_database(url)) as session:  # long after the file was changed
        session.connection().exec_driver_sql("UPDATE documents SET received_at = '2040-01-01'")
    assert fresh_files(open_database(url), [claim], batch_rows.form_version_key(None), later).documents == []
    assert read(url, claim).already_read

    assert (
        files_to_read_again(url, "claim", None)
        == files_to_read_again(url, None, "claim-1.pdf")
        == [str(claim)]
    )
    assert not read(url, claim, again=True).already_read
    sql = "SELECT document_id, date_of_birth, date_of_birth_status, reviewed_by FROM claim"
    [(document_id, shown, status, by)] = run_query(open_database(url), sql)[1]
    assert (document_id, str(shown), status, by) == (1, "1999-12-31", "accepted", "clerk")
    with transaction(open_database(url)) as session:
        field = session.get_one(FieldRow, born)
        assert (
            field.reasons[0].code == ReasonCode.READ_OTHERWISE
            and field.alternatives[0]["value"] != "1999-12-31"
        )
    with pytest.raises(NothingToReadAgain, match="fits"):
        files_to_read_again(url, "receipt", None)


def test_a_cheque_on_another_scan_is_not_posted(tmp_path: Path) -> None:
    url, cheque = f"sqlite:///{tmp_path}/rows.db", EXAMPLES / "cheque-single.pdf"
    first = read(url, cheque)
    page = next(iter(open_pages(cheque)))
    height, width = page.image.shape[:2]
    smaller = cv2.resize(page.image, (int(0.93 * width), int(0.93 * height)), interpolation=cv2.INTER_AREA)
    cv2.imwrite(str(tmp_path / "phone.jpg"), smaller, [cv2.IMWRITE_JPEG_QUALITY, 80])
    second = read(url, tmp_path / "phone.jpg")
    assert (first.status, second.status) == ("done", "review")
    found = run_query(open_database(url), "SELECT decision FROM cheque_in ORDER BY document_id")[1]
    assert [decision for (decision,) in found] == ["post", "review"]
