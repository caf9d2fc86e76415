"""Reasons are codes in a table of their own"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from inkfield.schemas.database.analysts import grant_view

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
AT_ONCE = 1000
VIEW = "current_reasons"
DEFINITION = f"""CREATE VIEW {VIEW} AS
SELECT d.id AS document_id, d.file_name, p.number AS page_number, p.form, f.name AS field, f.status,
  r.reason, r.parameters
FROM reasons r JOIN fields f ON f.id = r.field_id JOIN pages p ON p.id = f.page_id
JOIN documents d ON d.id = p.document_id WHERE d.is_current
UNION ALL
SELECT d.id, d.file_name, p.number, p.form, NULL, p.status, r.reason, r.parameters
FROM reasons r JOIN pages p ON p.id = r.page_id
JOIN documents d ON d.id = p.document_id WHERE d.is_current"""
COMMENTS = {
    "TABLE reasons": "why fields and pages wait for a person: codes, see docs/reasons.md",
    "TABLE fields": "the evidence of what was read: text, value, confidence, box, alternatives",
    f"VIEW {VIEW}": "why fields and pages of current readings wait for a person, or are what they are",
    f"COLUMN {VIEW}.field": "name of the field; null: the reason is of the page",
    f"COLUMN {VIEW}.status": "status of the field, or of the page",
    f"COLUMN {VIEW}.reason": "a code; docs/reasons.md has the sentence of each",
    f"COLUMN {VIEW}.parameters": "what fills the sentence",
}

fields = sa.table("fields", sa.column("id", KEY), sa.column("reasons", JSON))
pages = sa.table("pages", sa.column("id", KEY), sa.column("reason", sa.Text()))
reasons = sa.table(
    "reasons",
    sa.column("id", KEY),
    sa.column("page_id", KEY),
    sa.column("field_id", KEY),
    sa.column("reason", sa.Text()),
    sa.column("parameters", JSON),
)


def upgrade() -> None:
    op.create_table(
        "reasons",
        sa.Column("id", KEY, nullable=False),
        sa.Column("page_id", KEY, nullable=True),
        sa.Column("field_id", KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("parameters", JSON, nullable=False),
        sa.CheckConstraint("(page_id IS NULL) <> (field_id IS NULL)", name="ck_reasons_owner"),
        sa.ForeignKeyConstraint(
            ["page_id"], ["pages.id"], name="fk_reasons_page_id_pages", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["field_id"], ["fields.id"], name="fk_reasons_field_id_fields", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reasons"),
    )
    connection = op.get_bind()
    for owner, rows in (("field_id", _of_fields(connection)), ("page_id", _of_pages(connection))):
        for batch in rows:
            made = [(id, coded(sentence)) for id, sentence in batch]
            values = [{owner: id, "reason": code, "parameters": filling} for id, (code, filling) in made]
            connection.execute(reasons.insert(), values)
    for column in ("page_id", "field_id", "reason"):
        op.create_index(f"ix_reasons_{column}", "reasons", [column])
    op.drop_column("fields", "reasons")
    op.drop_column("pages", "reason")
    _make_view(connection)


def downgrade() -> None:
    op.execute(f"DROP VIEW IF EXISTS {VIEW}")
    op.execute(f"DELETE FROM form_views WHERE name = '{VIEW}'")
    op.add_column("pages", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("fields", sa.Column("reasons", JSON, nullable=False, server_default="[]"))
    connection = op.get_bind()
    said: dict[int, list[str]] = {}
    rows = connection.execute(sa.select(reasons).order_by(reasons.c.id)).all()
    for _, page_id, field_id, code, filling in rows:
        if page_id is not None:
            mine = pages.c.id == page_id
            connection.execute(pages.update().where(mine).values(reason=sentence_of(code, filling)))
        else:
            said.setdefault(field_id, []).append(sentence_of(code, filling))
    for field_id, told in said.items():
        connection.execute(fields.update().where(fields.c.id == field_id).values(reasons=told))
    op.drop_table("reasons")


def _make_view(connection: sa.Connection) -> None:
    """A view of ours, noted beside those of the forms: later migrations take it down and put it up again with them."""
    noted = sa.table("form_views", sa.column("name"), sa.column("definition"))
    connection.execute(noted.delete().where(noted.c.name == VIEW))
    connection.execute(noted.insert().values(name=VIEW, definition=DEFINITION))
    op.execute(DEFINITION)
    if connection.dialect.name == "postgresql":
        for what, comment in COMMENTS.items():
            op.execute(f"COMMENT ON {what} IS '{comment}'")
    grant_view(connection, VIEW)


def _of_fields(connection: sa.Connection) -> Iterator[list[tuple[int, str]]]:
    last = 0
    while True:
        query = sa.select(fields).where(fields.c.id > last, sa.cast(fields.c.reasons, sa.Text()) != "[]")
        rows = connection.execute(query.order_by(fields.c.id).limit(AT_ONCE)).all()
        if not rows:
            return
        last = rows[-1][0]
        yield [(id, sentence) for id, told in rows for sentence in told or ()]


def _of_pages(connection: sa.Connection) -> Iterator[list[tuple[int, str]]]:
    last = 0
    while True:
        query = sa.select(pages).where(pages.c.id > last, pages.c.reason.is_not(None))
        rows = connection.execute(query.order_by(pages.c.id).limit(AT_ONCE)).all()
        if not rows:
            return
        last = rows[-1][0]
        yield [(id, sentence) for id, sentence in rows]


# The sentences as they were up to revision 0005: `and` and `list` are several texts, `number` is a measure.
SENTENCES = {
    "low_confidence": "confidence below the form's limit",
    "no_value": "no value",
    "not_written": "required, but nothing is written",
    "far_ahead": "date lies more than a year ahead",
    "post_dated": "post-dated: the date lies ahead",
    "stale": "stale: the date is too long ago",
    "serial_differs": "printed number and MICR line differ",
    "differ": "{fields:and} differ",
    "wrong_order": "{earlier} lies after {later}",
    "wrong_sum": "{total} is not the sum of {column}",
    "several_of": "more than one of {fields:list} is ticked",
    "none_of": "none of {fields:list} is ticked",
    "no_micr": "no MICR line was found",
    "not_found": "no {field} found",
    "cut_off": "cut off by the scanner",
    "several_options": "several options are ticked",
    "cells": "for review: {cells:list}",
    "too_large": "the number does not fit into 16 digits and 2 decimal places",
    "no_amount": "what is written there is not an amount",
    "hardly_an_amount": "perhaps not an amount: it reads as something else",
    "one_side": "{field} states no amount",
    "disagree": "figures and words disagree",
    "hardly_legible": "uncertain: figures or words are hard to read",
    "two_pens": "{field} is written with two pens: perhaps altered",
    "pen_change": "words and figures continue with another pen: perhaps altered",
    "struck_out": "something is written across the cheque: perhaps cancelled",
    "micr_pattern": "the MICR line ({font:free}) does not match this form's pattern",
    "micr_structure": "the MICR line is not {structure:free}: read it on the cheque",
    "check_digit": "the routing number's check digit is wrong",
    "absent": "{field} is not there",
    "in_review": "{field} is for review",
    "not_one_amount": "{fields:and} do not state one amount",
    "uncertain": "the fields together are not certain enough",
    "presented": "presented before: it is the cheque of document {document:whole} ({file:free}, page {page:whole})",
    "presented_otherwise": "presented before: document {document:whole} ({file:free}, page {page:whole}) has the same "
    "MICR line and another amount",
    "undersize": "undersize image: {measure} {value:number}",
    "oversize": "oversize image: {measure} {value:number}",
    "torn_corner": "torn or folded corner: {measure} {value:number}",
    "skewed": "skewed image: {measure} {value:number}",
    "too_dark": "too dark: {measure} {value:number}",
    "too_light": "too light: {measure} {value:number}",
    "piggyback": "piggyback: {measure} {value:number}",
    "streaks": "streaks: {measure} {value:number}",
    "out_of_focus": "out of focus: {measure} {value:number}",
    "noise": "noise: {measure} {value:number}",
    "low_resolution": "resolution too low: {measure} {value:number}",
    "unlike_specimens": "signature unlike the specimens on file: {measure} {value:number}",
    "page_quality": "page quality: {measure} {value:number}",
    "read_otherwise": "the machine now reads it otherwise than a person settled it",
    "other_kind": "a person settled it when it was of another kind",
    "blank": "nothing is written or printed on the page",
    "black": "the page is black",
    "no_text": "neither a known form nor text: a photo, or a scan of something else",
    "no_cheque": "the shape of a cheque, but neither its MICR line nor its fields were found",
    "no_form": "text, but no known form",
    "objection": "{field}: {objection:free}",
}
NAME = r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*"
"""A field, or a cell of a table."""
PLACES = {
    "": NAME,
    "and": rf"{NAME}(?: and {NAME})*",
    "list": rf"{NAME}(?:, {NAME})*",
    "number": r"\S+",
    "whole": r"\d+",
    "free": r".+",
}
JOINED = {"and": " and ", "list": ", "}
PLACE = re.compile(r"{(\w+):?(\w*)}")


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = PLACE.split(sentence)
    made = re.escape(parts[0])
    for name, sort, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        made += f"(?P<{name}>{PLACES[sort]})" + re.escape(text)
    return re.compile(made, re.DOTALL)


PATTERNS = {code: _pattern(sentence) for code, sentence in SENTENCES.items()}


def coded(sentence: str) -> tuple[str, dict[str, Any]]:
    """Code and parameters of a sentence; one that there never was keeps its text under the code ``other``."""
    for code, pattern in PATTERNS.items():
        found = pattern.fullmatch(sentence)
        if found is None:
            continue
        sorts = dict(PLACE.findall(SENTENCES[code]))
        try:
            return code, {name: _value(text, sorts[name]) for name, text in found.groupdict().items()}
        except ValueError:
            continue
    return "other", {"text": sentence}


def _value(text: str, sort: str) -> Any:
    if sort in JOINED:
        return text.split(JOINED[sort])
    if sort == "number":
        value = float(text)
        return value if abs(value) < float("inf") else None
    return int(text) if sort == "whole" else text


def sentence_of(code: str, filling: dict[str, Any]) -> str:
    """The sentence of a code; the code itself where a later version made it."""

    def filled(place: re.Match[str]) -> str:
        value = filling.get(place[1])
        if isinstance(value, list):
            return JOINED[place[2]].join(value)
        return f"{float('nan') if value is None else value:.3g}" if place[2] == "number" else str(value)

    if code == "other":
        return str(filling.get("text", code))
    return PLACE.sub(filled, SENTENCES[code]) if code in SENTENCES else code
