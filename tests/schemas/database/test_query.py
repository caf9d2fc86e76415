"""Queries: read-only whatever is asked."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.read_only_query import QueryError, run_query
from inkfield.schemas.store.documents import begin_batch


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
    with pytest.raises(QueryError, match="may only read"):
        run_query(engine, "DELETE FROM batches")
    with transaction(engine) as session:
        begin_batch(session, "second")


def files_of(folder: Path) -> set[Path]:
    """All files but those that SQLite keeps beside an open database."""
    return {path for path in folder.rglob("*") if not path.name.endswith(("-wal", "-shm"))}


SQLITE_ATTACKS = [
    "VACUUM INTO '{copy}'",
    "VACUUM main INTO '{copy}'",
    "ATTACH '{copy}' AS mine",
    "ATTACH 'file:{copy}?mode=rwc' AS mine",
    "SELECT load_extension('{copy}')",
    "SELECT fts3_tokenizer('simple')",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA query_only = OFF",
    "PRAGMA writable_schema = ON",
    "PRAGMA user_version = 7",
    "PRAGMA temp_store_directory = '{folder}'",
    "PRAGMA wal_checkpoint(TRUNCATE)",
    "PRAGMA incremental_vacuum",
    "PRAGMA optimize",
    "CREATE TEMP TABLE mine AS SELECT * FROM batches",
    "BEGIN IMMEDIATE",
    "SAVEPOINT mine",
    "REINDEX",
    "ANALYZE",
    "WITH gone AS (SELECT 1) DELETE FROM batches",
    "REPLACE INTO batches SELECT * FROM batches",
    "EXPLAIN DELETE FROM batches",
    "UPDATE sqlite_master SET sql = 'x'",
    "DELETE FROM sqlite_master",
    "ALTER TABLE batches RENAME TO mine",
    "CREATE VIRTUAL TABLE mine USING fts5(x)",
    "CREATE TEMP VIEW mine AS SELECT 1",
    "SELECT 1; VACUUM INTO '{copy}'",
    "SELECT 1 -- \n; ATTACH '{copy}' AS mine",
]


@pytest.mark.parametrize("attack", SQLITE_ATTACKS)
def test_no_statement_makes_a_file_on_sqlite(tmp_path: Path, attack: str) -> None:
    engine = open_database(f"sqlite:///{tmp_path}/rows.db")
    copy = tmp_path / "copy.db"
    before, content = files_of(tmp_path), run_query(engine, "SELECT * FROM sqlite_master")[1]
    for written in (attack, attack.lower(), f" /* now */\n{attack}"):
        with pytest.raises(QueryError):
            run_query(engine, written.format(copy=copy, folder=tmp_path))
    assert files_of(tmp_path) == before
    assert run_query(engine, "SELECT * FROM sqlite_master")[1] == content


def test_the_database_in_memory_makes_no_file_either(tmp_path: Path) -> None:
    engine = open_database("sqlite://")
    for attack in SQLITE_ATTACKS:
        with pytest.raises(QueryError):
            run_query(engine, attack.format(copy=tmp_path / "copy.db", folder=tmp_path))
    assert files_of(tmp_path) == set()
    with transaction(engine) as session:
        begin_batch(session, "second")


POSTGRES_ATTACKS = [
    "SET TRANSACTION READ WRITE",
    "COPY (SELECT 1) TO PROGRAM 'touch {copy}'",
    "COPY batches TO '{copy}'",
    "/* SELECT */ COPY batches TO '{copy}'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_catalog.PG_READ_FILE('/etc/passwd')",
    "SELECT \"pg_read_file\"('/etc/passwd')",
    "SELECT U&\"\\0070g_read_file\"('/etc/passwd')",
    "SELECT pg_read_file/**/('/etc/passwd')",
    "SELECT pg_read_binary_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT lo_export(1, '{copy}')",
    "SELECT lo_create(7)",
    "SELECT nextval('batches_id_seq')",
    "SELECT setval('batches_id_seq', 99)",
    "SELECT set_config('transaction_read_only', 'off', false)",
    "SELECT set_config('role', 'none', true), query_to_xml('SELECT 1', true, true, '')",
    "SELECT query_to_xml('DELETE FROM batches', true, true, '')",
    "SELECT pg_terminate_backend(pg_backend_pid())",
    "SELECT pg_advisory_lock(1)",
    "SELECT pg_sleep(100)",
    "SELECT pg_reload_conf()",
    "SELECT * FROM batches LIMIT (SELECT pg_switch_wal() IS NULL)::int",
    "WITH gone AS (DELETE FROM batches RETURNING id) SELECT * FROM gone",
    "SELECT * INTO mine FROM batches",
    "SELECT * FROM batches FOR UPDATE",
    "EXPLAIN ANALYZE DELETE FROM batches",
    "CREATE TEMP TABLE mine AS SELECT 1",
    "DO $$ BEGIN DELETE FROM batches; END $$",
    "CALL anything()",
    "LISTEN mine",
    "LOCK batches",
    "RESET ROLE",
    "VACUUM",
    "SELECT 1; SET TRANSACTION READ WRITE; DELETE FROM batches",
    "COMMIT; DELETE FROM batches",
]


@pytest.mark.parametrize("attack", POSTGRES_ATTACKS)
def test_no_statement_does_more_than_read_on_postgresql(
    postgres_server: str, tmp_path: Path, attack: str
) -> None:
    """The role of the tests is a superuser: nothing but inkfield stands between it and the server."""
    engine = open_database(postgres_server)
    with transaction(engine) as session:
        begin_batch(session, "kept")
    numbers = "SELECT count(*), max(id) FROM batches"
    before = run_query(engine, numbers)[1]
    tmp_path.chmod(0o777)
    with pytest.raises(QueryError):
        run_query(engine, attack.format(copy=tmp_path / "copy"))
    assert files_of(tmp_path) == set()
    assert run_query(engine, numbers)[1] == before
    with transaction(engine) as session:
        assert begin_batch(session, "next") == before[0][1] + 1
    engine.dispose()


WORDS = [
    *[
        "SELECT",
        "1",
        ";",
        "--",
        "/*",
        "*/",
        "(",
        ")",
        "'",
        '"',
        "WITH",
        "x",
        "AS",
        "DELETE",
        "FROM",
        "batches",
        "UPDATE",
        "SET",
        "name",
        "=",
        "'y'",
        "ATTACH",
        "VACUUM",
        "INTO",
    ],
    *[
        "'z.db'",
        "PRAGMA",
        "user_version",
        "=",
        "3",
        "BEGIN",
        "COMMIT",
        "RETURNING",
        "*",
        "UNION",
        "ALL",
        "VALUES",
        ",",
        "CREATE",
        "TABLE",
        "EXPLAIN",
        "DROP",
    ],
    "\n",
]


@given(
    st.lists(
        st.sampled_from(WORDS),
        max_size=12,
    )
)
@settings(max_examples=300, deadline=None)
def test_no_order_of_words_changes_anything(folder_of_rows: Path, words: list[str]) -> None:
    engine = open_database(f"sqlite:///{folder_of_rows}/rows.db", migrate=False)
    with suppress(QueryError):
        run_query(engine, " ".join(words))
    assert {path.name for path in files_of(folder_of_rows)} == {"rows.db"}
    assert run_query(engine, "SELECT count(*), min(name) FROM batches")[1] == [(1, "first")]
    assert run_query(engine, "PRAGMA user_version")[1] == [(0,)]
    engine.dispose()


@pytest.fixture(scope="module")
def folder_of_rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rows")
    engine = open_database(f"sqlite:///{folder}/rows.db")
    with transaction(engine) as session:
        begin_batch(session, "first")
    engine.dispose()
    return folder


def test_reading_of_every_kind_goes_on(engine: Engine) -> None:
    for sql in (
        "WITH b AS (SELECT * FROM batches) SELECT count(*), sum(id), upper(min(name)) FROM b",
        "-- the first\nSELECT 1",
        "/* the first */ (SELECT 1)" if engine.dialect.name == "postgresql" else "/* the first */ SELECT 1",
        "VALUES (1), (2)",
        "SELECT 1 UNION ALL SELECT 2",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT * FROM n",
        "SELECT row_number() OVER (ORDER BY id), CASE WHEN random() > 2 THEN 1 ELSE 0 END FROM batches;",
    ):
        assert run_query(engine, sql)[1]
    each = {
        "sqlite": """SELECT value FROM json_each('[1, 2]'), pragma_table_info('batches') WHERE name = 'id'""",
        "postgresql": "SELECT value FROM jsonb_array_elements('[1, 2]'::jsonb)",
    }
    assert run_query(engine, each[engine.dialect.name])[1] == [(1,), (2,)]


def test_an_administrator_asks_with_the_rights_of_a_reader(postgres_server: str) -> None:
    engine = open_database(postgres_server)
    assert run_query(engine, "SELECT current_user")[1] == [("pg_read_all_data",)]
    with engine.connect() as connection:  # and is one again after
        assert connection.exec_driver_sql("SELECT current_user").scalar() == "inkfield"
    engine.dispose()


def test_a_mistyped_name_gets_the_names_there_are(engine: Engine) -> None:
    with pytest.raises(QueryError, match=r"Did you mean batches\?[\s\S]*There are .*documents"):
        run_query(engine, "SELECT * FROM bathces")
    with pytest.raises(QueryError, match=r"Did you mean name\?[\s\S]*batches has id, name"):
        run_query(engine, "SELECT b.nam FROM batches b")
