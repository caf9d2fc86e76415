"""The names there are, for a query with one that is not there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process, utils
from sqlalchemy import Engine, inspect

_NO_TABLE = re.compile(r'no such table: (\S+)|relation "([^"]+)" does not exist')
_NO_COLUMN = re.compile(r'no such column: (\S+)|column "?([^"\s]+)"? does not exist')
_CLOSE = 60.0
"""Least likeness (rapidfuzz, 0 to 100) of a name that is offered: of ``patient_nam`` and ``patient_name`` it is 96,
of names that have nothing in common under 45."""
_ENDINGS = ("_confidence", "_status")


def names_there_are(engine: Engine, sql: str, said: str) -> str:
    """What to add to the database's words ``said`` about ``sql``: close names, and all there are; else nothing."""
    if found := _NO_TABLE.search(said):
        tables = _tables(engine)
        return _offer(_last_part(found), tables, "There are", tables)
    if found := _NO_COLUMN.search(said):
        words = {word.lower() for word in re.findall(r"\w+", sql)}
        asked = [name for name in _tables(engine) if name.lower() in words]
        columns = {name: _columns(engine, name) for name in asked}
        every = list(dict.fromkeys(column for names in columns.values() for column in names))
        listed = ". ".join(f"{name} has {', '.join(_shortened(names))}" for name, names in columns.items())
        return _offer(_last_part(found), every, "", [listed] if listed else [])
    return ""


def closest(name: str, names: Sequence[str]) -> list[str]:
    """Up to three of the names that are most like this one, the best first."""
    found = process.extract(
        name, names, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=_CLOSE, limit=3
    )
    return [close for close, _, _ in found]


def _offer(name: str, names: Sequence[str], opening: str, listed: Sequence[str]) -> str:
    close = closest(name, names)
    parts = [f"Did you mean {' or '.join(close)}?"] if close else []
    if listed:
        parts.append(f"{opening} {', '.join(listed)}.".lstrip())
    return "".join(f"\n{part}" for part in parts)


def _last_part(found: re.Match[str]) -> str:
    return (found[1] or found[2]).rpartition(".")[2].strip('"')


def _tables(engine: Engine) -> list[str]:
    """Views first: they are what a query is meant to ask."""
    looked = inspect(engine)
    views = looked.get_view_names()
    return [*sorted(views), *sorted(set(looked.get_table_names()) - set(views))]


def _columns(engine: Engine, table: str) -> list[str]:
    return [str(column["name"]) for column in inspect(engine).get_columns(table)]


def _shortened(columns: Sequence[str]) -> list[str]:
    """``payee (also _confidence, _status)`` in place of three names."""
    there = set(columns)
    short = []
    for name in columns:
        if any(name.endswith(ending) and name.removesuffix(ending) in there for ending in _ENDINGS):
            continue
        more = [ending for ending in _ENDINGS if name + ending in there]
        short.append(f"{name} (also {', '.join(more)})" if more else name)
    return short
