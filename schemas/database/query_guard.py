"""What a query may do beside reading: nothing.

A read-only connection alone does not see to that. SQLite copies a whole database (VACUUM INTO) and makes files
(ATTACH) on a connection that was opened with ``mode=ro``; PostgreSQL's read-only transactions let a superuser write
files of the server, run programs and end other people's sessions.
"""

from __future__ import annotations

import re
import sqlite3

from sqlalchemy import Connection, text

_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_FORBIDDEN_FUNCTIONS = {"load_extension", "fts3_tokenizer"}
"""SQLite's only functions that reach outside of the database."""
_PRAGMAS = {
    "collation_list", "compile_options", "data_version", "database_list", "encoding", "foreign_key_check",
    "foreign_key_list", "freelist_count", "function_list", "index_info", "index_list", "index_xinfo",
    "integrity_check", "module_list", "page_count", "page_size", "pragma_list", "quick_check", "schema_version",
    "table_info", "table_list", "table_xinfo", "user_version",
}  # fmt: skip
"""Pragmas that tell something. Those that take a name as their argument only tell, too."""
_TAKE_A_NAME = {
    "foreign_key_check", "foreign_key_list", "index_info", "index_list", "index_xinfo", "integrity_check",
    "quick_check", "table_info", "table_list", "table_xinfo",
}  # fmt: skip

_BEGINS = re.compile(
    r"(?:\s|--[^\n]*\n|/\*(?:(?!/\*|\*/).)*\*/|\()*(select|with|values|table|show|explain)\b",
    re.IGNORECASE | re.DOTALL,
)
_WORD = re.compile(r"\w+")
_HARMLESS = {
    "bernoulli", "clock_timestamp", "current_query", "gen_random_uuid", "pg_database_size", "pg_indexes_size",
    "pg_relation_size", "pg_table_size", "pg_tablespace_size", "pg_total_relation_size", "random", "random_normal",
    "system", "timeofday",
}  # fmt: skip
"""Functions that PostgreSQL calls volatile since they give something new each time, not since they do something."""
_VOLATILE = text(
    "SELECT DISTINCT lower(proname) FROM pg_catalog.pg_proc WHERE provolatile = 'v'"
    " AND prorettype <> 'pg_catalog.trigger'::pg_catalog.regtype AND lower(proname) = ANY(:words)"
)
_READERS = text(
    "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = 'pg_read_all_data'"
    " AND pg_catalog.pg_has_role(session_user, oid, 'member')"
)


class Refused(Exception):
    """A statement that could do more than read. The message says what is refused."""


def allow_reading_only(
    action: int, first: str | None, second: str | None, database: str | None, source: str | None
) -> int:
    """SQLite's authorizer: asked for every step of a statement when it is prepared, also of those within it."""
    if action in _READING:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() not in _FORBIDDEN_FUNCTIONS:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_UPDATE and first == "sqlite_master" and database == "main":
        # So table functions (json_each) tell their columns; a real change of this table is refused by SQLite itself.
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA:
        name = (first or "").lower()
        if name in _PRAGMAS and (second is None or name in _TAKE_A_NAME):
            return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def refuse_on_postgres(connection: Connection, sql: str) -> None:
    """Raises Refused for a statement that is no SELECT, and for one that names a function with effects.

    PostgreSQL marks functions that do something as volatile. Every word of the statement is compared with their
    names, in strings and comments, too: no trick of quoting then hides one.
    """
    if not _BEGINS.match(sql):
        raise Refused("refused: a query may only read; write a SELECT")
    if re.search(r"u&\s*\"", sql, re.IGNORECASE):
        raise Refused('refused: names written as U&"..." are not taken; write them plainly')
    words = sorted({word.lower() for word in _WORD.findall(sql)} - _HARMLESS)
    found = sorted(connection.scalars(_VOLATILE, {"words": words}))
    if found:
        raise Refused(f"refused: {', '.join(found)} is a function that can do more than read")


def reads_only(connection: Connection) -> None:
    """Lays down the rights of an administrator for this transaction: who may be a role that only reads becomes it."""
    if connection.execute(_READERS).first() is not None:
        connection.exec_driver_sql("SET LOCAL ROLE pg_read_all_data")
