"""What became of one document of a batch: counts and codes, never what stands in its fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath
from typing import Any

from inkfield.schemas.readings import DocumentReading
from inkfield.schemas.store.documents import Stored
from inkfield.schemas.store.parts import status_of_file

KILLS_WORKER = "kills_worker"
"""The error code of a document whose reading was begun again and again and never came to an end."""


@dataclass(frozen=True)
class Outcome:
    """``status`` is done, review or failed. ``already_read``: the rows are those of an earlier run.

    ``accepted``, ``review`` and ``empty`` count fields; ``seconds`` is the time from opening the file to its
    rows.
    """

    path: str
    status: str
    pages: int = 0
    forms: tuple[str, ...] = ()
    accepted: int = 0
    review: int = 0
    empty: int = 0
    seconds: float = 0.0
    already_read: bool = False
    error_code: str | None = None
    error_message: str | None = None
    part: int | None = None
    """Which document of its file it is, where separators split that."""
    parts: tuple[Outcome, ...] = ()
    """Of a file that separators split: what became of each document in it."""

    @property
    def documents(self) -> tuple[Outcome, ...]:
        """What became of each document: of the parts of a file that was split, else of itself."""
        return self.parts or (self,)

    @property
    def name(self) -> str:
        """The name of the file, and which part of it."""
        name = PurePath(self.path).name
        return name if self.part is None else f"{name} #{self.part}"

    def as_dict(self) -> dict[str, Any]:
        found = asdict(self)
        del found["parts"]
        return found


def outcome_of(path: str, reading: DocumentReading, seconds: float) -> Outcome:
    """The outcome of a document that has just been read."""
    fields = Counter(field.status for page in reading.pages for field in page.fields)
    return Outcome(
        path=path,
        status=reading.status,
        pages=len(reading.pages),
        forms=tuple(sorted({page.form for page in reading.pages if page.form})),
        accepted=fields["accepted"],
        review=fields["review"],
        empty=fields["empty"],
        seconds=round(seconds, 3),
        error_code=reading.error_code,
        error_message=reading.error_message,
    )


def with_stored(outcome: Outcome, stored: Stored) -> Outcome:
    """The outcome with what stands in the database: settled values hold, and a cheque may have been presented
    before."""
    if outcome.status == "failed":
        return outcome
    return replace(
        outcome,
        status=stored.status,
        accepted=stored.fields["accepted"],
        review=stored.fields["review"],
        empty=stored.fields["empty"],
    )


def outcome_of_rows(
    path: str, status: str, page_forms: Sequence[str | None], field_statuses: Sequence[str]
) -> Outcome:
    """The outcome of a document that an earlier run has read, from its rows."""
    fields = Counter(field_statuses)
    return Outcome(
        path=path,
        status=status,
        pages=len(page_forms),
        forms=tuple(sorted({form for form in page_forms if form})),
        accepted=fields["accepted"],
        review=fields["review"],
        empty=fields["empty"],
        already_read=True,
    )


def outcome_of_parts(path: str, parts: Sequence[Outcome]) -> Outcome:
    """The outcome of a file that was split, by those of its documents."""
    bad = [part for part in parts if part.status == "failed"]
    return Outcome(
        path=path,
        status=status_of_file([part.status for part in parts]),
        pages=sum(part.pages for part in parts),
        forms=tuple(sorted({form for part in parts for form in part.forms})),
        accepted=sum(part.accepted for part in parts),
        review=sum(part.review for part in parts),
        empty=sum(part.empty for part in parts),
        seconds=round(sum(part.seconds for part in parts), 3),
        already_read=all(part.already_read for part in parts),
        error_code=bad[0].error_code if bad else None,
        error_message=bad[0].error_message if bad else None,
        parts=tuple(parts),
    )


def failed(path: str, code: str, message: str, seconds: float = 0.0) -> Outcome:
    """The outcome of a document that was not read."""
    return Outcome(
        path=path, status="failed", seconds=round(seconds, 3), error_code=code, error_message=message
    )


def count_failed(outcomes: Iterable[Outcome]) -> int:
    return sum(outcome.status == "failed" for outcome in outcomes)
