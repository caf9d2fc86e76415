"""The tables of learning: ink that people have settled, and the weights that were made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from inkfield.schemas.database.columns import Json, Key, UtcTime
from inkfield.schemas.database.tables import Base, now


class LessonRow(Base):
    """The ink of one thing that a person settled, and what is written there. It goes with its document's contents when
    they are purged."""

    __tablename__ = "learning_lessons"
    __table_args__ = (
        UniqueConstraint("document_id", "source", "page_number", "form", "name"),
        {"comment": "crops of what people settled, and their texts: what `inkfield learn` learns from"},
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    document_id: Mapped[int] = mapped_column(Key, ForeignKey("documents.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(Text)
    """What was settled: ``field``."""
    page_number: Mapped[int]
    form: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    settled_at: Mapped[datetime] = mapped_column(UtcTime)
    """Of what was settled: where that has changed since, the lesson is made anew."""
    value: Mapped[str | None] = mapped_column(Text)
    """As it was settled."""
    written: Mapped[str | None] = mapped_column(Text)
    """The text as it stands in the ink; null where it cannot be told, or the ink is not to be had."""
    ink: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The crops, one below the other, as PNG."""
    parts: Mapped[list[list[int]]] = mapped_column(Json, default=list)
    """[height, width] in pixels of each crop."""
    in_cells: Mapped[bool] = mapped_column(default=False)
    """Whether each crop is a character box, not a line."""


class WeightsRow(Base):
    """Weights that were learned here. Those that are not good enough keep their figures only."""

    __tablename__ = "learned_weights"
    __table_args__ = (
        UniqueConstraint("name"),
        Index(
            "uq_learned_weights_in_use",
            "in_use",
            unique=True,
            sqlite_where=text("in_use = 1"),
            postgresql_where=text("in_use"),
        ),
        {
            "comment": "weights that were learned from what people settled; where none is in use, the shipped ones are"
        },
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    """As `fields.source` has it for what was read with them."""
    in_use: Mapped[bool] = mapped_column(default=False)
    network: Mapped[bytes | None] = mapped_column(LargeBinary)
    """A weights file; null for weights that were not good enough."""
    confidences: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """By the ending of their file: what was fitted for these weights; see pipeline/fields/calibration.py."""
    figures: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """What they were judged by."""
    made_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
