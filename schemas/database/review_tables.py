"""The tables of the review page: who may sign in, who is signed in, what people said that does not hold yet, what
can be undone, and the record of all that was done. What holds is in ``settled``
and ``reviews``, as from the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from inkfield.schemas.database.columns import Json, Key, UtcTime
from inkfield.schemas.database.tables import Base, now, one_of

ROLES = ("reader", "reviewer", "supervisor", "admin")
"""In this order: each may do what those before it may."""
ANSWER_ACTIONS = ("answer", "skip", "unreadable")


class UserRow(Base):
    """A person who may sign in on the review page. One who left stays, without a way in: the audit names them."""

    __tablename__ = "review_users"
    __table_args__ = (
        UniqueConstraint("name"),
        Index("ix_review_users_identity", "issuer", "subject", unique=True),
        one_of("role", ROLES),
        {"comment": "who may sign in on the review page"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    issuer: Mapped[str | None] = mapped_column(Text)
    """The sign-in service that knows the person, and what it calls them: names and mail addresses can be given to
    another person, the subject of an issuer cannot. Null: the person signs in with a password."""
    subject: Mapped[str | None] = mapped_column(Text)


class SessionRow(Base):
    """Somebody who is signed in. Only a hash of the token is kept: who reads the table cannot sign in with it."""

    __tablename__ = "review_sessions"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index(None, "user_id"),
        {"comment": "who is signed in on the review page"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    token_hash: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("review_users.id", ondelete="CASCADE"))
    csrf: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    seen_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    id_token: Mapped[str | None] = mapped_column(Text)
    """By what the sign-in service knows whom to sign out; null where somebody came with a password."""


class BegunSignInRow(Base):
    """A sign-in that has begun at the sign-in service. The browser that began it has a token, of which only a hash is
    kept; used once, and deleted after ten minutes."""

    __tablename__ = "review_sign_ins"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index(None, "begun_at"),
        {"comment": "sign-ins that have begun at the sign-in service; deleted after ten minutes"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    token_hash: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    nonce: Mapped[str] = mapped_column(Text)
    verifier: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class FailedSignInRow(Base):
    """A sign-in that failed: so many in a while, and no more are tried. Deleted after an hour."""

    __tablename__ = "review_failed_sign_ins"
    __table_args__ = (
        Index(None, "at"),
        {"comment": "sign-ins that failed in the last hour"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class AnswerRow(Base):
    """What one person said about a field that still waits: a value that a second person has not yet confirmed, or why
    they leave it to others. Gone when the field is settled."""

    __tablename__ = "review_answers"
    __table_args__ = (
        UniqueConstraint("field_id", "user_id"),
        one_of("action", ANSWER_ACTIONS),
        {"comment": "what people said about fields that still wait"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    field_id: Mapped[int] = mapped_column(Key, ForeignKey("fields.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("review_users.id", ondelete="CASCADE"))
    action: Mapped[str] = mapped_column(Text)
    value: Mapped[str | None] = mapped_column(Text)
    """As in the form's view; null: the person says that the field is empty."""
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class StepRow(Base):
    """How a page was before somebody did something on it, so that they can undo it. Each person's last ones only."""

    __tablename__ = "review_steps"
    __table_args__ = (
        Index(None, "user_id"),
        Index(None, "page_id"),
        {"comment": "what can be undone on the review page"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("review_users.id", ondelete="CASCADE"))
    page_id: Mapped[int] = mapped_column(Key, ForeignKey("pages.id", ondelete="CASCADE"))
    field_id: Mapped[int | None] = mapped_column(Key, ForeignKey("fields.id", ondelete="CASCADE"))
    before: Mapped[dict[str, Any]] = mapped_column(Json)
    """The page as it was; see schemas/store/undo.py."""
    after: Mapped[str] = mapped_column(Text)
    """A hash of the page as it was left: what others have touched since is not undone."""
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class AuditRow(Base):
    """One thing that somebody did. Rows are added, never changed or deleted: triggers in the database see to it. The
    one change that they let pass takes the values out, when what was read is purged."""

    __tablename__ = "review_audit"
    __table_args__ = (
        Index(None, "at"),
        Index(None, "document_id"),
        {"comment": "what people did on the review page: rows are added only"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    who: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(Key)
    page_number: Mapped[int | None]
    field_name: Mapped[str | None] = mapped_column(Text)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)


class TokenRow(Base):
    """By what a program is known that calls the REST API. Only a hash is kept. The program is a person who cannot sign
    in, with a role and a name on record."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index(None, "user_id"),
        {"comment": "by what programs are known that call the REST API"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    user_id: Mapped[int] = mapped_column(Key, ForeignKey("review_users.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class WebhookCallRow(Base):
    """The status of a document that the webhook was told, or is to be told at ``next_at``."""

    __tablename__ = "webhook_calls"
    __table_args__ = (
        Index(
            "ix_webhook_calls_due",
            "next_at",
            sqlite_where=text("told = 0"),  # as SQLAlchemy asks there: SQLite compares the words
            postgresql_where=text("NOT told"),
        ),
        {"comment": "of which status of a document the webhook was told, or is to be told"},
    )

    document_id: Mapped[int] = mapped_column(
        Key, ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    status: Mapped[str] = mapped_column(Text)
    told: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcTime, default=now)


class SpotCheckRow(Base):
    """An accepted field that somebody reads without seeing the reading. It holds no value, so that it may stay when
    what was read is purged."""

    __tablename__ = "spot_checks"
    __table_args__ = (
        Index(None, "field_id", unique=True),
        Index(None, "user_id"),
        Index(None, "answered_at"),
        {
            "comment": "accepted fields that people read without seeing the reading: whether it was right, no values"
        },
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    field_id: Mapped[int | None] = mapped_column(Key, ForeignKey("fields.id", ondelete="SET NULL"))
    form: Mapped[str] = mapped_column(Text)
    field_name: Mapped[str] = mapped_column(Text)
    picked_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    user_id: Mapped[int | None] = mapped_column(Key, ForeignKey("review_users.id", ondelete="SET NULL"))
    was_right: Mapped[bool | None]
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)
