"""The role that may look and not touch, on a real PostgreSQL that was set up as docker-compose.yml does."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError, ProgrammingError

from inkfield.schemas.database.analysts import RoleError, grant_analyst
from inkfield.schemas.database.connection import open_database, transaction
from inkfield.schemas.database.migrate import VERSIONS, migrate
from inkfield.schemas.database.views import sync_views
from inkfield.schemas.forms.model import load_form
from inkfield.schemas.store.documents import begin_batch, register_document, save_document
from tests.support.checkout import ROOT
from tests.support.postgres import NOT_INSTALLED, find_programs, running_server
from tests.support.readings import FORM, document

TABLES = (
    "batches", "documents", "pages", "fields", "reasons", "reviews", "settled", "presented", "runs", "leases",
    "form_views", "form_slip", "review_users", "review_sessions", "review_failed_sign_ins", "review_answers",
    "review_steps", "review_audit", "review_sign_ins", "api_tokens", "webhook_calls", "spot_checks", "pairs",
    "archived", "archive_pages", "archive_lines", "archive_index", "archive_corrections",
    "learning_lessons", "learned_weights",
)  # fmt: skip


pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own, since roles belong to a whole server, after the script of the first start."""
    programs = find_programs()
    if programs is None:
        pytest.skip(NOT_INSTALLED)
    secrets = tmp_path_factory.mktemp("secrets")
    for name in ("inkfield", "prefect", "analyst"):
        (secrets / f"{name}_password").write_text("it's secret\n")
    with running_server(programs) as url:
        with create_engine(url, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("CREATE ROLE postgres SUPERUSER LOGIN")
        administrator = as_role(url, "postgres", "postgres")
        with create_engine(administrator, isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql("ALTER ROLE inkfield RENAME TO first")
        script = str(ROOT / "scripts" / "postgres" / "01_roles.sql")
        host = str(make_url(url).query["host"])
        subprocess.run(
            [
                str(programs / "psql"),
                "-X",
                "-q",
                "-h",
                host,
                "-U",
                "postgres",
                "-d",
                "postgres",
                "-f",
                script,
            ],
            env={**os.environ, "INKFIELD_SECRETS": str(secrets)},
            check=True,
        )
        yield url


def as_role(url: str, role: str, database: str = "inkfield") -> str:
    return make_url(url).set(username=role, database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def owner(server: str, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The database as inkfield makes it, with one document of the form `slip`."""
    engine = open_database(as_role(server, "inkfield"))
    make_view(engine, tmp_path_factory.mktemp("forms"), "slip")
    with transaction(engine) as session:
        batch = begin_batch(session, "night")
        noted = register_document(session, batch, "slip.pdf", "ab" * 32, "slip:1")
        save_document(session, noted.document_id, document())
    return engine


def make_view(engine: Engine, folder: Path, name: str) -> None:
    path = folder / f"{name}.yaml"
    path.write_text(FORM.format(name=name, version=1), encoding="utf-8")
    sync_views(engine, [load_form(path)])


@pytest.fixture
def analyst(server: str, owner: Engine) -> Engine:
    return create_engine(as_role(server, "analyst"))


def ask(engine: Engine, sql: str) -> list[tuple[object, ...]]:
    with engine.begin() as connection:
        result = connection.exec_driver_sql(sql)
        return [tuple(row) for row in result] if result.returns_rows else []


def test_an_analyst_reads_the_views(analyst: Engine) -> None:
    assert ask(analyst, "SELECT payee, amount::text FROM slip") == [("Anna Müller", "1234.50")]
    assert ask(analyst, "SELECT count(*) FROM slip_services") == [(0,)]  # the table of a form's table
    by_reason = "SELECT reason, count(*) FROM current_reasons GROUP BY reason"
    assert ask(analyst, by_reason) == [("far_ahead", 1)]
    assert ask(analyst, "SELECT count(*) FROM labelled_values") == [(0,)]


@pytest.mark.parametrize("table", [*TABLES, "alembic_version"])
def test_an_analyst_reads_no_table(analyst: Engine, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        ask(analyst, f"SELECT * FROM {table}")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE slip SET status = 'done'",
        "DELETE FROM slip",
        "INSERT INTO reviews (field_id, reviewer) VALUES (1, 'me')",
        "CREATE TABLE mine (x int)",
        "CREATE TEMPORARY TABLE mine (x int)",
        "CREATE SCHEMA mine",
        "DROP VIEW slip",
        "CREATE ROLE mine",
        "COPY slip TO PROGRAM 'cat'",
    ],
)
def test_an_analyst_changes_nothing(analyst: Engine, sql: str) -> None:
    with pytest.raises(DBAPIError, match=r"permission denied|must be |cannot |read-only"):
        ask(analyst, sql)


def test_an_analyst_holds_nothing_up(analyst: Engine) -> None:
    assert ask(analyst, "SHOW statement_timeout") == [("5min",)]
    assert ask(analyst, "SHOW default_transaction_read_only") == [("on",)]
    assert ask(analyst, "SELECT rolconnlimit > 0 FROM pg_roles WHERE rolname = 'analyst'") == [(True,)]


def test_no_table_of_ours_is_forgotten(owner: Engine) -> None:
    found = ask(owner, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert {name for (name,) in found} == {*TABLES, "alembic_version", "slip_services"}


def test_an_analyst_has_no_way_into_the_database_of_prefect(server: str, owner: Engine) -> None:
    with pytest.raises(Exception, match="permission denied for database"):
        create_engine(as_role(server, "analyst", "prefect")).connect()


def test_views_that_are_made_or_made_anew_later_are_readable(
    owner: Engine, analyst: Engine, tmp_path: Path
) -> None:
    make_view(owner, tmp_path, "giro")
    said = "SELECT obj_description('slip'::regclass), col_description('slip'::regclass, 6)"
    before = ask(owner, said)
    assert ask(analyst, "SELECT count(*) FROM giro") == [(0,)]
    with owner.connect() as connection:
        head = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    (tmp_path / "next.py").write_text(
        f"revision = 'next'\ndown_revision = '{head}'\nbranch_labels = depends_on = None\n\n"
        "def upgrade():\n    pass\n"
    )
    migrate(owner, [VERSIONS, tmp_path])  # takes the views down and puts them up again
    assert ask(owner, said) == before and all(before[0])  # with what psql says of them
    assert ask(analyst, "SELECT count(*) FROM slip") == [(1,)]


def test_an_administrator_makes_an_analyst_of_a_role(server: str, owner: Engine) -> None:
    administrator = create_engine(as_role(server, "postgres"))
    ask(administrator, "CREATE ROLE anna LOGIN")
    with pytest.raises(RoleError, match="no role 'bert'"):
        grant_analyst(administrator, "bert")
    assert "slip" in grant_analyst(administrator, "anna")
    anna = create_engine(as_role(server, "anna"))
    assert ask(anna, "SELECT count(*) FROM slip") == [(1,)]
    with pytest.raises(ProgrammingError, match="permission denied"):
        ask(anna, "SELECT * FROM fields")


def test_where_there_are_no_roles_it_says_so(tmp_path: Path, server: str, owner: Engine) -> None:
    with pytest.raises(RoleError, match="PostgreSQL"):
        grant_analyst(open_database(f"sqlite:///{tmp_path}/rows.db"))
    with pytest.raises(RoleError, match="administrator"):
        grant_analyst(owner, "analyst")  # inkfield itself may not make members
