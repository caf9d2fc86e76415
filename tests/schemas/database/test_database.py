"""Opening databases, exact amounts, and what happens to those that cannot be opened."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from inkfield.schemas.database.columns import ExactAmount, form_column
from inkfield.schemas.database.connection import DatabaseError, is_temporary, open_database, transaction
from inkfield.schemas.database.exact_sum import ExactSum
from inkfield.schemas.database.tables import BatchRow, DocumentRow, FieldRow
from inkfield.schemas.kinds import KINDS
from inkfield.schemas.kinds.amount import fits_amount
from inkfield.schemas.store.documents import begin_batch, register_document, save_document
from tests.support.readings import document, page


def save(engine: Engine, *amounts: str) -> None:
    pages = [page(number, amount) for number, amount in enumerate(amounts, 1)]
    with transaction(engine) as session:
        batch = begin_batch(session, "batch")
        registered = register_document(session, batch, "slip.pdf", "ab" * 32, "slip:1")
        save_document(session, registered.document_id, document(pages))


def test_amounts_are_exact(database_url: str) -> None:
    engine = open_database(database_url)
    save(engine, "0.10", "0.20", "9999999999999999.99", "0.07")
    amount = FieldRow.value_number
    with transaction(engine) as session:
        mine = FieldRow.name == "amount"
        values = session.scalars(select(amount).where(mine).order_by(amount)).all()
        total = session.scalar(select(func.sum(amount)).where(mine))
        larger = session.scalars(select(amount).where(mine, amount > Decimal("0.10"), amount < 1)).all()
    assert values == [Decimal(v) for v in ("0.07", "0.10", "0.20", "9999999999999999.99")]
    assert total == Decimal("10000000000000000.36")
    assert larger == [Decimal("0.20")]


@settings(max_examples=50, deadline=None)
@given(hundredths=st.integers(-(10**18) + 1, 10**18 - 1))
def test_every_amount_goes_through_sqlite_unchanged(hundredths: int) -> None:
    from sqlalchemy.dialects import sqlite

    amount, dialect = Decimal(hundredths).scaleb(-2), sqlite.dialect()
    stored = ExactAmount().process_bind_param(amount, dialect)
    assert stored == hundredths
    assert abs(hundredths) < 2**63
    assert ExactAmount().process_result_value(stored, dialect) == amount


@pytest.mark.parametrize("text", ["0.001", "10000000000000000", "NaN", "Infinity", "-1E+30", "1E-400"])
def test_an_amount_that_does_not_fit_is_refused(text: str) -> None:
    assert not fits_amount(Decimal(text))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-(10**9), 10**9), max_size=50))
def test_sum_of_divided_hundredths_is_the_divided_sum(hundredths: list[int]) -> None:
    exact = ExactSum()
    for number in hundredths:
        exact.step(number / 100.0)
    assert exact.finalize() == (sum(hundredths) / 100.0 if hundredths else None)


def test_times_are_utc(database_url: str) -> None:
    engine = open_database(database_url)
    local = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with transaction(engine) as session:
        session.add(BatchRow(name="batch", started_at=local))
    with transaction(engine) as session:
        started = session.scalars(select(BatchRow.started_at)).one()
    assert started == local
    assert started.tzinfo is UTC


def test_a_transaction_that_fails_leaves_nothing(database_url: str) -> None:
    engine = open_database(database_url)
    with pytest.raises(RuntimeError), transaction(engine) as session:
        begin_batch(session, "batch")
        raise RuntimeError
    with transaction(engine) as session:
        assert session.scalar(select(func.count(BatchRow.id))) == 0


def test_writers_wait_for_each_other(database_url: str) -> None:
    engine = open_database(database_url)
    with transaction(engine) as session:
        batch = begin_batch(session, "batch")

    def write(number: int) -> int:
        # Two files of the same content among them: reads, then writes, as workers do.
        sha256 = f"{number // 2:064x}"
        with transaction(engine) as session:
            registered = register_document(session, batch, f"{number}.pdf", sha256, "slip:1")
        with transaction(engine) as session:
            save_document(session, registered.document_id, document(sha256=sha256))
        return registered.document_id

    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(write, range(24)))
    assert len(set(ids)) == 12
    with transaction(engine) as session:
        assert session.scalar(select(func.count(DocumentRow.id)).where(DocumentRow.status == "done")) == 12
        assert session.scalar(select(func.count(FieldRow.id))) == 12 * 7


def test_a_new_file_is_private_and_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "claims.db"
    save(open_database(f"sqlite:///{path}"), "1.00")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with transaction(open_database(f"sqlite:///{path}", migrate=False)) as session:
        assert session.scalar(select(func.count(DocumentRow.id))) == 1


def test_the_database_in_memory() -> None:
    save(open_database("sqlite://"), "1.00")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("inkfield.db", "no database URL"),
        ("mysql://localhost/x", "no database URL"),
        ("sqlite:///{folder}/none/x.db", "no folder"),
        ("sqlite:///file:x.db?mode=rwc&uri=true", "without file:"),
        ("sqlite:///{folder}", "is a folder"),
        ("sqlite:///{folder}/text.db", "not a database"),
        ("postgresql://me:secret@127.0.0.1:1/x", "cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_opened_says_why(tmp_path: Path, url: str, message: str) -> None:
    (tmp_path / "text.db").write_text("this is a letter, " * 100)
    with pytest.raises(DatabaseError, match=message) as caught:
        open_database(url.format(folder=tmp_path))
    assert "secret" not in str(caught.value)


def test_asking_a_missing_database_does_not_make_one(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(DatabaseError, match="no file"):
        open_database(f"sqlite:///{path}", migrate=False)
    assert not path.exists()


def test_a_locked_database_is_temporary_and_a_wrong_query_is_not(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/claims.db"
    open_database(url)
    impatient = open_database(f"{url}?timeout=0.05")
    with (
        open_database(url).begin(),
        pytest.raises(OperationalError) as locked,
        impatient.begin(),
    ):
        pass
    assert is_temporary(locked.value)
    with pytest.raises(OperationalError) as wrong, impatient.connect() as connection:
        connection.exec_driver_sql("SELECT nothing FROM nowhere")
    assert not is_temporary(wrong.value)


def test_a_lost_server_is_temporary() -> None:
    from sqlalchemy import create_engine

    with pytest.raises(OperationalError) as lost:
        create_engine("postgresql+psycopg://me@127.0.0.1:1/x").connect()
    assert is_temporary(lost.value)


def test_every_kind_has_an_sql_type() -> None:
    types = {name: str(form_column(kind.stored)) for name, kind in KINDS.items()}
    assert types["amount"] == types["amount_words"] == "NUMERIC(18, 2)"
    assert (types["date"], types["integer"], types["checkbox"]) == ("DATE", "BIGINT", "BOOLEAN")
    assert types["table"] == types["micr"] == "TEXT"
