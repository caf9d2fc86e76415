"""Weights that were learned here: which there are, which are in use, and going back to others.

Every function works in the caller's transaction and never commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from inkfield.schemas.database.learning_tables import WeightsRow
from inkfield.schemas.store.audit import note

SHIPPED = "default"
"""The weights that come with inkfield: in use where no others are."""
_LEARNED = "learned"


class OthersInUse(Exception):
    """The weights in use are not those that were learned on any more."""


@dataclass(frozen=True)
class Weights:
    """Weights that were learned, and how they were judged. Those that were not good enough cannot be used."""

    name: str
    in_use: bool
    usable: bool
    made_at: datetime
    figures: Mapping[str, Any]


def weights_in_use(session: Session) -> str:
    """The name of the weights that documents are read with from now on."""
    return session.scalar(select(WeightsRow.name).where(WeightsRow.in_use)) or SHIPPED


def learned_weights(session: Session) -> list[Weights]:
    """All that were learned, oldest first; the networks themselves are not fetched."""
    query = select(
        WeightsRow.name,
        WeightsRow.in_use,
        WeightsRow.network.is_not(None),
        WeightsRow.made_at,
        WeightsRow.figures,
    )
    return [Weights(*row) for row in session.execute(query.order_by(WeightsRow.id))]


def stored_weights(session: Session, name: str) -> tuple[bytes, Mapping[str, Any]]:
    """The weights file, and the confidences that go with it. Raises LookupError."""
    row = session.execute(
        select(WeightsRow.network, WeightsRow.confidences).where(WeightsRow.name == name)
    ).one_or_none()
    if row is None or row[0] is None:
        raise LookupError(f"there are no weights {name!r}; `inkfield weights list` shows them")
    return row[0], row[1]


def add_weights(
    session: Session, network: bytes | None, confidences: Mapping[str, Any], figures: Mapping[str, Any]
) -> str:
    """Notes weights that were learned (None: they were not good enough), not in use yet; returns their name."""
    name = f"{_LEARNED}-{(session.scalar(select(func.max(WeightsRow.id))) or 0) + 1}"
    session.add(WeightsRow(name=name, network=network, confidences=dict(confidences), figures=dict(figures)))
    session.flush()
    return name


def use_weights(session: Session, name: str, who: str, instead_of: str | None = None) -> str:
    """Documents are read with these weights from now on; returns those before. It is put on record.

    Raises LookupError for weights that are not there, OthersInUse where others are in use than ``instead_of``.
    """
    row = session.scalar(select(WeightsRow).where(WeightsRow.name == name).with_for_update())
    if name != SHIPPED and (row is None or row.network is None):
        raise LookupError(
            f"there are no weights {name!r} that can be used; `inkfield weights list` shows them"
        )
    before = weights_in_use(session)
    if instead_of is not None and before != instead_of:
        raise OthersInUse(f"{before} is in use by now, and not {instead_of}")
    session.execute(update(WeightsRow).where(WeightsRow.in_use).values(in_use=False))
    session.flush()
    if row is not None:
        row.in_use = True
    note(session, who, "weights used", before=before, after=name)
    session.flush()
    return before
