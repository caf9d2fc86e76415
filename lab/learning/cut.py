"""Cuts the ink of settled fields out of their scans: in a worker process, as everything is read.

A page is read again by the same stages as ever, and what each settled field was read from is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlalchemy import Engine

from inkfield.flows.workers.limits import intake_limits
from inkfield.flows.workers.reader_process import DocumentLost, ReaderProcess
from inkfield.flows.workers.storage import StoreMissing, local_copy, to_path
from inkfield.lab.learning.ink import packed
from inkfield.lab.learning.written import is_written, written_text
from inkfield.pipeline.fields.reader import Ink
from inkfield.pipeline.intake import content_hash, open_page
from inkfield.pipeline.page import load_page_reader
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.errors import DocumentError
from inkfield.schemas.forms.model import load_forms
from inkfield.schemas.kinds import kind_of
from inkfield.schemas.readings import PageReading
from inkfield.schemas.store.lessons import Cut, PageToCut, forget_undone, pages_to_cut, write_lessons

SECONDS = 300.0
"""Longest time for a page; the model is loaded before."""


@dataclass(frozen=True)
class CutJob:
    """A page whose fields are to be cut out, and where its file lies on this machine."""

    file: Path
    page: PageToCut


@dataclass(frozen=True)
class CutSetup:
    """What the worker process needs: the weights by which it is told what is written."""

    weights: str

    def open(self, on_page: Callable[[int], None]) -> Callable[[CutJob], object]:
        return lambda job: cut_page(job.file, job.page, self.weights)


def cut_settled(engine: Engine, weights: str, progress: Callable[[int, int], None]) -> None:
    """Cuts out what was settled since the last time, page by page: killed, it goes on where it was.

    ``weights`` are a name or path for `load_recognizer`; ``progress`` is called with the pages done, and all. Raises
    ReaderBroken where no process can read, DatabaseError.
    """
    with transaction(engine) as session:
        forget_undone(session)
        waiting = pages_to_cut(session)
    if not waiting:
        return
    process = ReaderProcess(CutSetup(weights))
    try:
        for done, page in enumerate(waiting):
            progress(done, len(waiting))
            cuts = _cut_in(process, page)
            with transaction(engine) as session:
                write_lessons(session, page, cuts)
    finally:
        process.close()


def _cut_in(process: ReaderProcess, page: PageToCut) -> Sequence[Cut]:
    """What the process cuts out; nothing of a page whose scan is gone or cannot be read."""
    try:
        with local_copy(to_path(page.path)) as file:
            found = process.ask(CutJob(file, page), SECONDS)
    except (DocumentLost, DocumentError, StoreMissing, OSError):
        found = None
    return found if isinstance(found, list) else [Cut(field) for field in page.fields]


def cut_page(file: Path, page: PageToCut, weights: str) -> list[Cut]:
    """Reads a page and cuts out its settled fields. Raises DocumentError, OSError."""
    nothing = [Cut(field) for field in page.fields]
    form = load_forms().get(page.form)
    try:
        if form is None or content_hash(file) != page.sha256:
            return nothing
        image = open_page(file, page.scan_number, intake_limits())
    except (DocumentError, OSError):
        return nothing
    reader = load_page_reader(page.form, weights)
    seen: list[tuple[str, Ink]] = []
    reader.fields.ink_witness = lambda name, ink: seen.append((name, ink))
    try:
        reading = _of_page(reader.read(image, date.today()), page)
    finally:
        reader.fields.ink_witness = None
    if reading is None:
        return nothing
    boxes = {field.name: field.box for field in reading.fields}
    fields = reader.fields.for_form(form)

    def cut(settled: Cut) -> Cut:
        name = settled.settled.name
        column = name.rpartition(".")[2]
        ink = next((ink for told, ink in seen if told == column and ink.box == boxes.get(name)), None)
        described = form.described(name)
        if ink is None or described is None or not is_written(described) or not (ink.cells or ink.lines):
            return settled
        try:
            value = kind_of(described.kind).typed(settled.settled.value)
        except ValueError:
            return settled
        text = written_text(fields, described, ink, value)
        if text is None:
            return settled
        png, parts = packed(ink)
        return replace(settled, written=text, ink=png, parts=parts, in_cells=bool(ink.cells))

    return [cut(settled) for settled in nothing]


def _of_page(found: Sequence[PageReading], page: PageToCut) -> PageReading | None:
    """The reading of the page in the database, of those of its scan: cheques may have been scanned together."""
    mine = [reading for reading in found if reading.form == page.form]
    if len(mine) > 1:
        mine = [reading for reading in mine if reading.picture == page.picture]
    return mine[0] if len(mine) == 1 else None
