"""The tables of the database: batches, documents, pages, fields, why they wait, reviews, what people settled, which
items were presented, a note of the forms' tables and views; and what keeps the work in order: leases, runs of the
schedules. The tables of the forms themselves follow the form files: see schemas/database/form_tables.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, MetaData, Text, UniqueConstraint, false, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.columns import ExactAmount, Json, Key, UtcTime, value_column
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import Value
from inkfield.schemas.reasons import Reason

DOCUMENT_STATUSES = ("received", "processing", "done", "review", "failed")
FINAL_STATUSES = ("done", "review")
"""A document in one of these is read: the same file again changes nothing."""
PAGE_STATUSES = ("done", "review", "blank", "unknown_form")
FIELD_STATUSES = ("accepted", "review", "empty")
BATCH_STATUSES = ("running", "done", "failed")
RUN_STATUSES = ("running", "done", "failed")


def now() -> datetime:
    return datetime.now(UTC)


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """The column has one of these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Base(DeclarativeBase):
    # Constraints with names can be changed by later migrations on every database.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class BatchRow(Base):
    """Files that were handed in together. ``already_done`` counts those that had been read before.

    ``key`` is what began it, where that could be cut off and begin it again: a claim of a watcher.
    """

    __tablename__ = "batches"
    __table_args__ = (
        one_of("status", BATCH_STATUSES),
        Index(None, "key", unique=True),
        {"comment": "files that were handed in together"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    key: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="running")
    already_done: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)


class DocumentRow(Base):
    """One content, or what lies between two separators of one: the same file is the same rows, however often it is
    read.

    Whether it has to be read again is told by its pages: each knows the form that it was read with, and that form's
    content (see schemas/forms/key.py). While and after it is read again in vain, it keeps the rows of its last reading.
    """

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("sha256", "part"),
        one_of("status", DOCUMENT_STATUSES),
        Index(None, "batch_id"),
        Index(None, "label"),
        {"comment": "one content each, or a part of it: the file that it came in, its status, why it failed"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    batch_id: Mapped[int] = mapped_column(Key, ForeignKey("batches.id"))
    """The batch that read it, or tried to last."""
    sha256: Mapped[str] = mapped_column(Text)
    """Of the file; documents of one file share it."""
    part: Mapped[int] = mapped_column(default=1, server_default="1")
    """Which document of its file it is, from 1; see pipeline/separators."""
    first_page: Mapped[int | None]
    """The pages of the file that it consists of, from 1; both are null where the file holds no separator."""
    last_page: Mapped[int | None]
    label: Mapped[str | None] = mapped_column(Text)
    """What the separator before it says."""
    split_doubt: Mapped[str | None] = mapped_column(Text)
    """Why a person should see where it begins: a code of pipeline/separators; null when there is no doubt, or none
    any more."""
    form_key: Mapped[str] = mapped_column(Text)
    """Names and contents of the forms that were tried when it was read last; see schemas/forms/key.py."""
    file_name: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="received")
    is_current: Mapped[bool] = mapped_column(default=False)
    """Whether it has rows of a whole reading: those that the views show."""
    error_code: Mapped[str | None] = mapped_column(Text)
    error_message: Mapped[str | None] = mapped_column(Text)
    page_count: Mapped[int | None]
    timings: Mapped[dict[str, float]] = mapped_column(Json, default=dict)
    """Seconds by stage."""
    begun: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often its reading has begun since it last came to an end: what kills its reader is known by it."""
    page_missing: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A person says that a page is missing: it waits until one says that this is settled."""
    received_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)

    @property
    def waits(self) -> bool:
        """Whether it waits for a person whatever is read on its pages."""
        return self.page_missing or self.split_doubt is not None


class PageRow(Base):
    """One page. ``text`` is the full text, line by line, of a page that is no known form."""

    __tablename__ = "pages"
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        one_of("status", PAGE_STATUSES),
        Index(None, "form"),
        {"comment": "pages of documents, with their form, or their full text where they are none"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    document_id: Mapped[int] = mapped_column(Key, ForeignKey("documents.id", ondelete="CASCADE"))
    number: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    dpi: Mapped[float]
    form: Mapped[str | None] = mapped_column(Text)
    form_version: Mapped[int | None]
    form_key: Mapped[str | None] = mapped_column(Text)
    """Version and content of the form that the page was read with; see inkfield.schemas.forms.key.content_key."""
    picture: Mapped[str | None] = mapped_column(Text)
    """Perceptual hash of the page's picture, as hex; see pipeline/image/picture_hash.py."""
    ink: Mapped[str | None] = mapped_column(Text)
    """Perceptual hash of what is written on a cheque, as hex; see pipeline/cheques/ink_hash.py."""
    scan_number: Mapped[int | None]
    """The page of the file that it was read on, from 1; null where it was read before this was noted."""
    sheet: Mapped[int | None]
    """Of a form of several pages: which of them it is, from 1."""
    part_of: Mapped[int | None]
    """Of a form of several pages: the number of the page under which the filled form stands; null for that one."""
    status: Mapped[str] = mapped_column(Text)
    quality: Mapped[dict[str, float | None]] = mapped_column(Json, default=dict)
    text: Mapped[str | None] = mapped_column(Text)

    fields: Mapped[list[FieldRow]] = relationship(passive_deletes=True, cascade="all, delete-orphan")
    pairs: Mapped[list[PairRow]] = relationship(
        passive_deletes=True, cascade="all, delete-orphan", order_by="PairRow.id"
    )
    reason_rows: Mapped[list[ReasonRow]] = relationship(
        passive_deletes=True, cascade="all, delete-orphan", lazy="selectin"
    )

    @property
    def reason(self) -> Reason | None:
        """Why the page is no known form (see pipeline/text/no_form.py); of a form of several pages why a person should
        look whatever stands in it (see pipeline/together)."""
        return self.reason_rows[0].reason if self.reason_rows else None

    @reason.setter
    def reason(self, reason: Reason | None) -> None:
        if reason != self.reason:
            self.reason_rows = [] if reason is None else [ReasonRow.of(reason)]


class PairRow(Base):
    """A labelled value of a page that is no known form. The view `labelled_values` has those of current readings."""

    __tablename__ = "pairs"
    __table_args__ = (
        CheckConstraint("confidence >= 0 AND confidence <= 1", name="confidence"),
        Index(None, "page_id"),
        {"comment": "labelled values of pages that are no known form: see the view labelled_values"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    page_id: Mapped[int] = mapped_column(Key, ForeignKey("pages.id", ondelete="CASCADE"))
    label: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    """As read; of checkboxes and signatures ``true`` or ``false``."""
    kind: Mapped[str] = mapped_column(Text)
    row_number: Mapped[int | None]
    """In a table, from 1."""
    box: Mapped[list[int]] = mapped_column(Json)
    """[x, y, width, height] in pixels of the page as scanned."""
    confidence: Mapped[float]


class FieldRow(Base):
    """One field as read. Of the value columns the one that its kind asks for is set, the others are null."""

    __tablename__ = "fields"
    __table_args__ = (
        UniqueConstraint("page_id", "name"),
        one_of("status", FIELD_STATUSES),
        CheckConstraint("confidence >= 0 AND confidence <= 1", name="confidence"),
        Index(None, "status"),
        {"comment": "the evidence of what was read: text, value, confidence, box, alternatives"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    page_id: Mapped[int] = mapped_column(Key, ForeignKey("pages.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    value_text: Mapped[str | None] = mapped_column(Text)
    value_number: Mapped[Decimal | None] = mapped_column(ExactAmount)
    value_date: Mapped[date | None]
    value_bool: Mapped[bool | None]
    confidence: Mapped[float]
    status: Mapped[str] = mapped_column(Text)
    box: Mapped[list[int] | None] = mapped_column(Json)
    """[x, y, width, height] in pixels of the page as scanned."""
    alternatives: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    source: Mapped[str] = mapped_column(Text, default="")
    reason_rows: Mapped[list[ReasonRow]] = relationship(
        passive_deletes=True, cascade="all, delete-orphan", lazy="selectin", order_by="ReasonRow.id"
    )

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why it waits for a person, or is what it is."""
        return tuple(row.reason for row in self.reason_rows)

    @reasons.setter
    def reasons(self, reasons: Sequence[Reason]) -> None:
        if tuple(reasons) != self.reasons:
            self.reason_rows = [ReasonRow.of(reason) for reason in reasons]

    @property
    def value(self) -> Value:
        """The value, from the column of the field's kind."""
        found: Value = getattr(self, value_column(self.kind))
        return int(found) if isinstance(found, Decimal) and kind_of(self.kind).stored == "integer" else found

    @value.setter
    def value(self, value: Value) -> None:
        setattr(self, value_column(self.kind), value)

    def value_as_text(self) -> str | None:
        """The value as a person types it; None for no value."""
        return kind_of(self.kind).as_text(self.value)


class ReasonRow(Base):
    """One reason of a field, or of a page that is no known form; see schemas/reasons.py. Those of a field are in the
    order of their ids."""

    __tablename__ = "reasons"
    __table_args__ = (
        CheckConstraint("(page_id IS NULL) <> (field_id IS NULL)", name="owner"),
        Index(None, "page_id"),
        Index(None, "field_id"),
        Index(None, "reason"),
        {"comment": "why fields and pages wait for a person: codes, see docs/reasons.md"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    page_id: Mapped[int | None] = mapped_column(Key, ForeignKey("pages.id", ondelete="CASCADE"))
    field_id: Mapped[int | None] = mapped_column(Key, ForeignKey("fields.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column("reason", Text)
    parameters: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """What fills the sentence of the code."""

    @property
    def reason(self) -> Reason:
        return Reason.from_json(self.code, self.parameters)

    @classmethod
    def of(cls, reason: Reason) -> ReasonRow:
        filling = {name: clean(v) if isinstance(v, str) else v for name, v in reason.as_json().items()}
        return cls(code=str(reason.code), parameters=filling)


class ReviewRow(Base):
    """What a person said about a field: values as text, as in the form's view. The history; what holds is settled."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index(None, "field_id"),
        {"comment": "what people said about fields, in order; what holds is in settled"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    field_id: Mapped[int] = mapped_column(Key, ForeignKey("fields.id", ondelete="CASCADE"))
    reviewer: Mapped[str] = mapped_column(Text)
    old_value: Mapped[str | None] = mapped_column(Text)
    new_value: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class SettledRow(Base):
    """What a person settled: it outlives every new reading of the page.

    ``name`` is the field, or table cell (``services.1.charge``), "" for the page as a whole (a page of no form that
    needs no more). ``page_number`` is null where the page is no longer found in its document.
    """

    __tablename__ = "settled"
    __table_args__ = (
        UniqueConstraint("document_id", "page_number", "form", "name"),
        {"comment": "what people settled: it holds for every later reading"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    document_id: Mapped[int] = mapped_column(Key, ForeignKey("documents.id", ondelete="CASCADE"))
    page_number: Mapped[int | None]
    picture: Mapped[str | None] = mapped_column(Text)
    form: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    value: Mapped[str | None] = mapped_column(Text)
    """As in the form's view; null: the person says that the field is empty."""
    reviewer: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class PresentedRow(Base):
    """An item (a cheque) that was presented: hashes only, so that it stays when what was read is purged.

    The unique index lets an item be posted once, whoever writes at the same time.
    """

    __tablename__ = "presented"
    __table_args__ = (
        UniqueConstraint("document_id", "page_number"),
        Index(None, "item"),
        Index(None, "amount"),
        Index(
            "uq_presented_posted",
            "item",
            unique=True,
            sqlite_where=text("posted"),
            postgresql_where=text("posted"),
        ),
        Index(
            "ix_presented_ink_alone",
            "id",
            sqlite_where=text("item IS NULL AND ink IS NOT NULL"),
            postgresql_where=text("item IS NULL AND ink IS NOT NULL"),
        ),
        {"comment": "hashes of the items (cheques) that were presented, and which of them is posted"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    document_id: Mapped[int] = mapped_column(Key, ForeignKey("documents.id", ondelete="CASCADE"))
    page_number: Mapped[int]
    item: Mapped[str | None] = mapped_column(Text)
    """Hash of what tells the item from all others: of a cheque its MICR line; null where it was not read."""
    amount: Mapped[str | None] = mapped_column(Text)
    """Hash of form and amount."""
    picture: Mapped[str | None] = mapped_column(Text)
    ink: Mapped[str | None] = mapped_column(Text)
    """Of what is written on it; see PageRow."""
    posted: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class FormViewRow(Base):
    """A view or table that was made for a form: tells which are ours, and which to make anew."""

    __tablename__ = "form_views"
    __table_args__ = ({"comment": "which views and tables are of forms"},)

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    definition: Mapped[str] = mapped_column(Text)
    """The statement that makes the view; "" for the table of a form's table."""
    columns: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """The columns of the form's tables; see inkfield.schemas.database.form_tables.FormLayout."""


class LeaseRow(Base):
    """The right to do something alone, for a while; see schemas/store/leases.py."""

    __tablename__ = "leases"
    __table_args__ = ({"comment": "rights to do something alone, for a while"},)

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)


class RunRow(Base):
    """One run of a schedule: figures only, for the report and for comparing with the next runs."""

    __tablename__ = "runs"
    __table_args__ = (
        one_of("status", RUN_STATUSES),
        UniqueConstraint("schedule", "due_at"),
        {"comment": "runs of the schedules, with their figures"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    schedule: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    """The last due time that the run stands for; unique, so that no night is run twice."""
    nights: Mapped[int]
    """How many due times it stands for: more than one after missed nights."""
    status: Mapped[str] = mapped_column(Text, default="running")
    batch_id: Mapped[int | None] = mapped_column(Key, ForeignKey("batches.id"))
    started_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    finished_at: Mapped[datetime | None] = mapped_column(UtcTime)
    figures: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """Counts, rates, totals and failure codes; see schemas/store/nights.py."""
