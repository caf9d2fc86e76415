"""What a person settled stays, whatever happens: any order of reading, settling, new and changed forms, purging."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, update

from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.read_only_query import run_query
from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow
from inkfield.schemas.database.views import sync_views
from inkfield.schemas.forms.key import forms_key
from inkfield.schemas.forms.model import Form, load_form
from inkfield.schemas.readings import PageReading
from inkfield.schemas.store.documents import begin_batch, fail_document, register_document, save_document
from inkfield.schemas.store.retention import purge_before
from tests.support.readings import document, field, page
from tests.support.settling import settle_field

FORMS = ("claim_a", "claim_b", "claim_c")
FILES = {"one": ("claim_a",), "two": ("claim_b", "claim_a"), "three": ("claim_c", "letter", "claim_b")}
"""By file the form that each page is, if that form is known."""
FORM = """
name: {name}
version: 1
title: '{title}'
layout: cheque
paper: {{width_mm: 200, height_mm: 100}}
fields:
  - {{name: amount, kind: amount, accept_at: {accept_at}}}
  - {{name: born, kind: date, date_order: DMY}}
  - name: services
    kind: table
    box: [0, 0, 100, 20]
    rows: 2
    columns: [{{name: charge, kind: amount, x: 0, width: 50}}]
"""
SETTLED = {"amount": "77.70", "born": "1956-04-22", "services.1.charge": "88.80", "services.2.charge": ""}


class Store(RuleBasedStateMachine):
    """The database beside a model of it: what was settled, and which reading each page shows."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.engine = open_database(self.url or f"sqlite:///{self.folder.name}/rows.db")
        if self.url:
            with self.engine.begin() as connection:
                connection.exec_driver_sql(
                    "TRUNCATE batches, documents, presented, settled RESTART IDENTITY CASCADE"
                )
        self.accept_at: dict[str, float] = {"claim_a": 0.5}
        self.forms: dict[str, Form] = {}
        self.readings = 0
        self.asked_again: set[str] = set()
        """Files that are to be read again, and have not been since."""
        self.settled: dict[tuple[str, int, str, str], str] = {}
        self.shown: dict[
            tuple[str, int], tuple[str | None, str, int]
        ] = {}  # form, its content, which reading
        self._write_forms()

    def teardown(self) -> None:
        self.engine.dispose()
        self.folder.cleanup()

    def _write_forms(self) -> None:
        for name, accept_at in self.accept_at.items():
            path = Path(self.folder.name, f"{name}.yaml")
            path.write_text(FORM.format(name=name, title="A claim", accept_at=round(accept_at, 4)))
            self.forms[name] = load_form(path)
        sync_views(self.engine, self.forms)

    def _content(self, name: str | None) -> str:
        return "" if name is None else forms_key([self.forms[name]])

    def _pages(self, file: str, forms: list[str]) -> list[PageReading]:
        """A reading whose values no other reading has."""
        self.readings += 1
        pages = []
        for number, kind in enumerate(FILES[file], start=1):
            value = Decimal(self.readings) + Decimal(number) / 100
            fields = (
                field("amount", "amount", value, status="review"),
                field("born", "date", None, status="review"),
                field("services", "table", "[]"),
                field("services.1.charge", "amount", value),
                field("services.2.charge", "amount", value, status="review"),
            )
            read = replace(page(number), form=kind, fields=fields, status="review")
            unknown = replace(read, form=None, form_version=None, fields=(), status="unknown_form")
            pages.append(read if kind in forms else unknown)
        return pages

    def _process(self, file: str, only: str | None, again: bool, fails: bool) -> None:
        names = list(self.forms) if only is None else [only]
        key = forms_key(self.forms[name] for name in names)
        with transaction(self.engine) as session:
            noted = register_document(session, begin_batch(session, "b"), file, file * 9, key, again)
        if noted.already_done:
            return
        if again:
            self.asked_again.add(file)
        if fails:  # what was asked for is still wanted: the next reading is it
            with transaction(self.engine) as session:
                fail_document(session, noted.document_id, "timed_out", "too long")
            return
        again = file in self.asked_again
        self.asked_again.discard(file)
        reading = replace(document(self._pages(file, names), file * 9), status="review")
        with transaction(self.engine) as session:
            save_document(session, noted.document_id, reading, {}, key)
        for number, kind in enumerate(FILES[file], start=1):
            before = self.shown.get((file, number))
            now = kind if kind in names else None
            if not again and before and before[0] is not None:
                if before[0] in names and before[1] == self._content(before[0]):
                    continue  # its own form is what it was
                if before[0] not in names and now is None:
                    continue  # its form was not asked for, and no other fits
            if before and before[0] is not None and before[0] not in names and now is None:
                continue
            self.shown[file, number] = (now, self._content(now), self.readings)

    # --- what happens --------------------------------------------------------------------------------------

    @rule(
        file=st.sampled_from(sorted(FILES)), again=st.booleans(), fails=st.sampled_from([False, False, True])
    )
    def process(self, file: str, again: bool, fails: bool) -> None:
        self._process(file, None, again, fails)

    @rule(file=st.sampled_from(sorted(FILES)), only=st.sampled_from(FORMS))
    def process_as(self, file: str, only: str) -> None:
        if only in self.forms:
            self._process(file, only, False, False)

    @rule(name=st.sampled_from(FORMS))
    def add_or_change_form(self, name: str) -> None:
        self.accept_at[name] = self.accept_at.get(name, 0.5) + 0.001  # without a new version
        self._write_forms()

    @precondition(lambda self: self.shown)
    @rule(data=st.data(), name=st.sampled_from(sorted(SETTLED)))
    def settle(self, data: st.DataObject, name: str) -> None:
        file, number = data.draw(st.sampled_from(sorted(self.shown)))
        form = self.shown[file, number][0]
        if form is None:
            return
        with transaction(self.engine) as session:
            field_id = session.scalar(
                select(FieldRow.id)
                .join(PageRow, PageRow.id == FieldRow.page_id)
                .join(DocumentRow, DocumentRow.id == PageRow.document_id)
                .where(DocumentRow.sha256 == file * 9, PageRow.number == number, FieldRow.name == name)
            )
            assert field_id is not None
            settle_field(session, field_id, "clerk", SETTLED[name], self.forms)
        self.settled[file, number, form, name] = SETTLED[name]

    @rule(file=st.sampled_from(sorted(FILES)))
    def purge(self, file: str) -> None:
        old = datetime.now(UTC) - timedelta(days=100)
        with transaction(self.engine) as session:
            session.execute(
                update(DocumentRow)
                .where(DocumentRow.sha256 == file * 9, DocumentRow.finished_at.is_not(None))
                .values(finished_at=old)
            )
            finished = session.scalar(select(DocumentRow.finished_at).where(DocumentRow.sha256 == file * 9))
            purge_before(session, datetime.now(UTC) - timedelta(days=90))
        if finished is not None:
            self.shown = {key: value for key, value in self.shown.items() if key[0] != file}
            self.settled = {key: value for key, value in self.settled.items() if key[0] != file}

    # --- what holds ----------------------------------------------------------------------------------------

    @invariant()
    def every_page_shows_once_and_as_it_should(self) -> None:
        rows: dict[tuple[str, int], tuple[str, dict[str, object]]] = {}
        for name in self.forms:
            sql = f"SELECT v.*, d.sha256 FROM {name} v JOIN documents d ON d.id = v.document_id"
            columns, found = run_query(self.engine, sql)
            for row in found:
                values = dict(zip(columns, row, strict=True))
                key = (
                    str(values["sha256"])[: len(str(values["sha256"])) // 9],
                    int(str(values["page_number"])),
                )
                assert key not in rows, "two current rows for one page"
                rows[key] = name, values
        assert {key: name for key, (name, _) in rows.items()} == {
            key: form for key, (form, _, _) in self.shown.items() if form is not None
        }
        for (file, number), (form, values) in rows.items():
            read = self.shown[file, number][2] + number / 100
            said = {
                name: v for (f, n, g, name), v in self.settled.items() if (f, n, g) == (file, number, form)
            }
            assert float(str(values["amount"])) == pytest.approx(float(said.get("amount", read)))
            born = None if values["born"] is None else str(values["born"])
            assert born == said.get("born")
            assert values["amount_status"] == ("accepted" if "amount" in said else "review")
            charges = [said.get(f"services.{line}.charge", f"{read:.2f}") for line in (1, 2)]
            shown = [charge or None for charge in charges]
            stored = run_query(
                self.engine,
                f"SELECT charge FROM {form}_services WHERE document_id = {values['document_id']} "
                f"AND page_number = {number} ORDER BY row_number",
            )[1]
            assert [None if c is None else f"{float(c):.2f}" for (c,) in stored] == shown

    @invariant()
    def no_settled_value_is_lost(self) -> None:
        sql = "SELECT d.sha256, s.page_number, s.form, s.name FROM settled s JOIN documents d ON d.id = s.document_id"
        kept = Counter(run_query(self.engine, sql)[1])
        assert kept == Counter((file * 9, number, form, name) for file, number, form, name in self.settled)


def test_what_a_person_settled_stays(database_url: str) -> None:
    many = database_url.startswith("sqlite")
    machine = type("StoreThere", (Store,), {"url": "" if many else database_url})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15 if many else 4,
            stateful_step_count=18,
            deadline=None,
            phases=[
                Phase.explicit,
                Phase.generate,
            ],  # shrinking takes minutes; the steps are printed as they are
            suppress_health_check=list(HealthCheck),
        ),
    )
