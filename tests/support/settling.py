"""Settling a field by its id, as tests do who look at what comes of it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from inkfield.schemas.forms.model import Form
from inkfield.schemas.store.review import Settled, lock_field, settle_on
from inkfield.schemas.store.write_reading import Recheck


def settle_field(
    session: Session,
    field_id: int,
    reviewer: str,
    value: str | None,
    forms: Mapping[str, Form] | None = None,
    recheck: Recheck | None = None,
) -> Settled:
    """Raises as `lock_field` and `settle_on` do."""
    return settle_on(session, lock_field(session, field_id), reviewer, value, forms, recheck)
