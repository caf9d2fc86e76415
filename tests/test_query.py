"""Queries: read-only whatever is asked."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from schemas.database import open_database, transaction
from schemas.query import QueryError, run_query
from schemas.store import begin_batch

pytest_plugins = ["postgres"]


@pytest.fixture
def engine(database_url: str) -> Engine:
    engine = open_database(database_url)
    with transaction(engine) as session:
        begin_batch(session, "first")
    return engine


def test_columns_and_rows(engine: Engine) -> None:
    assert run_query(engine, "SELECT id, name FROM batches") == (["id", "name"], [(1, "first")])
    assert run_query(engine, "SELECT name FROM batches WHERE id = 9") == (["name"], [])


def test_parameters_are_values_not_sql(engine: Engine) -> None:
    sql = "SELECT count(*) FROM batches WHERE name = :name"
    assert run_query(engine, sql, {"name": "first"})[1] == [(1,)]
    assert run_query(engine, sql, {"name": "' OR 1=1 --"})[1] == [(0,)]


def test_signs_in_a_query_are_no_parameters(engine: Engine) -> None:
    assert run_query(engine, "SELECT name FROM batches WHERE name LIKE 'f%' AND name <> ':x %s'")[1] == [
        ("first",)
    ]


def test_nothing_but_a_select(engine: Engine) -> None:
    for sql in (
        "DELETE FROM batches",
        "UPDATE batches SET name = 'x'",
        "INSERT INTO form_views VALUES ('a', 'b')",
        "DROP TABLE reviews",
        "CREATE TABLE mine (id INTEGER)",
        "SELECT 1; DELETE FROM batches",
        "COMMIT; DELETE FROM batches",
        "SELEC name FROM batches",
        "SELECT name FROM nowhere",
        "",
    ):
        with pytest.raises(QueryError):
            run_query(engine, sql)
        assert run_query(engine, "SELECT count(*) FROM batches")[1] == [(1,)]


def test_writing_goes_on_after_a_query(engine: Engine) -> None:
    run_query(engine, "SELECT 1")
    with transaction(engine) as session:
        assert begin_batch(session, "second") == 2


def test_the_database_in_memory_is_read_only_too() -> None:
    engine = open_database("sqlite://")
    with pytest.raises(QueryError, match="readonly"):
        run_query(engine, "DELETE FROM batches")
    with transaction(engine) as session:
        begin_batch(session, "second")
