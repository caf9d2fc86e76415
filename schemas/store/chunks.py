"""Large batches are cut into chunks; which documents a chunk has, and whether it is read, stands here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from inkfield.schemas.database.clean_text import clean
from inkfield.schemas.database.tables import ChunkRow, DocumentRow, now


@dataclass(frozen=True)
class Chunk:
    """``paths`` is empty once the chunk is done. ``attempts`` counts the flow runs it was handed to."""

    id: str
    batch_id: int
    number: int
    status: str
    form: str | None
    paths: tuple[str, ...]
    attempts: int
    flow_run: str | None


def add_chunks(
    session: Session, batch_id: int, form: str | None, groups: Iterable[Sequence[str]]
) -> list[str]:
    """Note the chunks of a batch; returns their ids."""
    rows = [
        ChunkRow(
            id=uuid4().hex,
            batch_id=batch_id,
            number=number,
            form=form,
            document_count=len(paths),
            paths=list(paths),
        )
        for number, paths in enumerate(groups, start=1)
    ]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def load_chunk(session: Session, chunk_id: str) -> Chunk:
    """Raises LookupError for a chunk that this database does not know."""
    row = session.get(ChunkRow, chunk_id)
    if row is None:
        raise LookupError(f"this database has no chunk {chunk_id}")
    return _chunk(row)


def waiting_chunks(session: Session, batch_id: int) -> list[Chunk]:
    """The chunks of a batch that nobody has finished yet, in their order."""
    query = select(ChunkRow).where(ChunkRow.batch_id == batch_id, ChunkRow.status == "waiting")
    return [_chunk(row) for row in session.scalars(query.order_by(ChunkRow.number))]


def hand_out(session: Session, chunk_id: str, flow_run: str) -> None:
    """Note the flow run that the chunk was handed to: one more attempt."""
    session.execute(
        update(ChunkRow)
        .where(ChunkRow.id == chunk_id)
        .values(attempts=ChunkRow.attempts + 1, flow_run=flow_run)
    )


def finish_chunk(session: Session, chunk_id: str, status: str) -> None:
    """The chunk is ``done`` or ``lost``. Nobody needs its list of documents any more."""
    session.execute(
        update(ChunkRow)
        .where(ChunkRow.id == chunk_id, ChunkRow.status == "waiting")
        .values(status=status, paths=[], finished_at=now())
    )


def suspects(session: Session, batch_id: int, paths: Sequence[str]) -> set[str]:
    """Of these paths those that were being read when an earlier attempt ended: one of them may have ended it."""
    listed = [clean(path) for path in paths]
    query = select(DocumentRow.path).where(
        DocumentRow.batch_id == batch_id, DocumentRow.status == "processing", DocumentRow.path.in_(listed)
    )
    return set(session.scalars(query))


def _chunk(row: ChunkRow) -> Chunk:
    return Chunk(
        id=row.id,
        batch_id=row.batch_id,
        number=row.number,
        status=row.status,
        form=row.form,
        paths=tuple(row.paths),
        attempts=row.attempts,
        flow_run=row.flow_run,
    )
