"""`inkfield learn` with the real thing: people settle, the network learns, is adopted, reads, and is taken back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from sqlalchemy import Engine, func, select
from typer.testing import CliRunner

from inkfield.flows.commands.cli import app
from inkfield.flows.workers import batch_rows
from inkfield.flows.workers.read_into_database import DocumentReader
from inkfield.flows.workers.reader_process import ReaderSetup
from inkfield.flows.workers.weights_in_use import weights_now
from inkfield.lab.learning import judge, learn, teach
from inkfield.lab.learning.judge import Score, reasons_against
from inkfield.pipeline.page import load_page_reader
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.database.learning_tables import LessonRow
from inkfield.schemas.database.tables import DocumentRow, FieldRow, PageRow, now
from inkfield.schemas.store.retention import purge_before
from inkfield.schemas.store.weights import SHIPPED, learned_weights, weights_in_use
from tests.support.guest_form import ROWS, guest_form, guests
from tests.support.settling import settle_field


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the form of guests, and learning on a small scale: minutes are for offices."""
    guest_form(tmp_path)
    monkeypatch.setenv("INKFIELD_FORMS", str(tmp_path))
    monkeypatch.setenv("INKFIELD_LEARNING", str(tmp_path / "learning"))
    for cached in (batch_rows.engine, batch_rows.form_version_key, batch_rows._forms, load_page_reader):
        cached.cache_clear()
    torch.set_num_threads(1)
    small = replace(
        teach.LIMITS, steps=7, columns=2500, pool=10, rendered=0.0, learning_rate=0.0006, average=0.5
    )
    monkeypatch.setattr(teach, "LIMITS", small)
    monkeypatch.setattr(learn, "LIMITS", learn.LearnLimits(fewest=8))
    monkeypatch.setattr(judge, "LIMITS", replace(judge.LIMITS, fewest=8, rendered=4, forgotten=50.0))
    return tmp_path


def read(reader: DocumentReader, engine: Engine, batch: int, path: Path) -> tuple[list[str], set[str]]:
    """The names read, in order, and the weights that the fields say they were read with."""
    outcome = reader.read(path, batch)
    assert outcome.error_code is None, outcome
    with transaction(engine) as session:
        query = select(FieldRow).join(PageRow).join(DocumentRow).where(DocumentRow.path == str(path))
        fields = sorted(session.scalars(query), key=lambda field: field.name)
        return [field.value_text or "" for field in fields], {f.source.partition("/")[0] for f in fields}


def settle(engine: Engine, path: Path, names: list[str]) -> None:
    with transaction(engine) as session:
        query = select(FieldRow.id, FieldRow.name).join(PageRow).join(DocumentRow)
        for field, name in session.execute(query.where(DocumentRow.path == str(path))).all():
            settle_field(session, field, "anna", names[int(name.removeprefix("guest_")) - 1])


def test_what_people_settle_is_learned_adopted_and_taken_back(
    office: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{office / 'rows.db'}"
    engine = batch_rows.engine(url)
    reader, batch = DocumentReader(ReaderSetup(url)), batch_rows.begin(url, "guests")
    with pytest.raises(learn.TooFew):
        learn.learn(engine, print)
    for number, held_out in ((1, False), (3, True)):
        path, names = guests(office, number, held_out)
        assert read(reader, engine, batch, path)[1] == {SHIPPED}
        settle(engine, path, names)
    with monkeypatch.context() as cut_off:
        cut_off.setattr(learn, "judge_fields", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):  # killed after the training
            learn.learn(engine, print)
    with transaction(engine) as session:
        assert weights_in_use(session) == SHIPPED and learned_weights(session) == []
        assert session.scalar(select(func.count(LessonRow.ink))) == 2 * ROWS
    steps = []
    monkeypatch.setattr(
        teach.Trainer, "step", lambda *_: steps.append(1)
    )  # it goes on: nothing is trained again

    found = learn.learn(engine, print)

    assert found.against == () and steps == []
    before, after = found.figures["before"], found.figures["after"]
    assert after["cer"] < 0.8 * before["cer"] and after["right"] >= before["right"]
    assert not (office / "learning" / "run").exists()
    path, names = guests(office, 4, True)
    values, sources = read(reader, engine, batch, path)
    assert sources == {"learned-1"}
    assert sum(map(str.__eq__, values, names)) > before["right"]
    back = CliRunner().invoke(app, ["weights", "use", SHIPPED, "--db", url])
    assert back.exit_code == 0 and weights_now(engine) == SHIPPED
    listed = CliRunner().invoke(app, ["weights", "list", "--db", url]).stdout
    assert f"* {SHIPPED}" in listed and "learned-1" in listed
    with transaction(engine) as session:  # what is past its time takes its ink along
        purge_before(session, now())
        assert session.scalar(select(func.count(LessonRow.id))) == 0


def test_weights_that_are_worse_in_any_way_are_not_adopted() -> None:
    before = Score(fields=40, cer=12.0, right=20, accepted=10, accepted_wrong=1)
    better = replace(before, cer=9.0, right=24)
    assert reasons_against(before, better, 0.97, 2.0, 2.1) == []
    assert len(reasons_against(before, better, 0.8, 2.0, 2.1)) == 1
    assert len(reasons_against(before, better, 0.97, 2.0, 3.0)) == 1
    assert len(reasons_against(before, replace(better, right=19), 0.97, 2.0, 2.0)) == 1
    assert len(reasons_against(before, replace(better, accepted=30, accepted_wrong=2), 0.97, 2.0, 2.0)) == 1
    assert len(reasons_against(replace(before, fields=9), replace(better, fields=9), 0.97, 2.0, 2.0)) == 1
