"""Which files `inkfield process --again` reads again: those of a batch, or those with pages of a form."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import exists, or_, select

from inkfield.flows.commands.query_command import open_existing
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.database.tables import BatchRow, DocumentRow, PageRow


class NothingToReadAgain(Exception):
    """Nothing that was read fits, or its files are gone. The message says what to do."""


def files_to_read_again(url: str, form: str | None, batch: str | None) -> list[str]:
    """The files of a batch (its number or name), of pages of a form, or of both at once, by the documents' ids.

    Raises NothingToReadAgain, naming a file that is gone, and DatabaseError.
    """
    wanted = [DocumentRow.is_current, DocumentRow.path != ""]
    if form is not None:
        wanted.append(exists().where(PageRow.document_id == DocumentRow.id, PageRow.form == form))
    if batch is not None:
        number = int(batch) if batch.isdecimal() and len(batch) < 18 else -1
        named = select(BatchRow.id).where(or_(BatchRow.name == batch, BatchRow.id == number))
        wanted.append(DocumentRow.batch_id.in_(named))
    with transaction(open_existing(url)) as session:
        paths = list(session.scalars(select(DocumentRow.path).where(*wanted).order_by(DocumentRow.id)))
    if not paths:
        raise NothingToReadAgain(
            'No document that was read fits. `inkfield query "SELECT id, name FROM batches"` shows the batches.'
        )
    gone = [path for path in paths if "://" not in path and not Path(path).is_file()]
    if gone:
        raise NothingToReadAgain(
            f"{len(gone)} of {len(paths)} files are gone, among them {gone[0]}. Put them back, or give the files that"
            " are there: inkfield process --again FILE..."
        )
    return paths
