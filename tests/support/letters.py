"""Letters in an archive: scans of a few written lines, and what was read on them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from sqlalchemy import Engine

from inkfield.pipeline.intake import content_hash
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.readings import DocumentReading, PageReading, TextLine, Word, WordReading
from inkfield.schemas.store.archive import NO_FORMS, lies_at, write_archive
from inkfield.schemas.store.documents import begin_batch, register_document, save_document

WIDTH, HEIGHT = 800, 500
LETTERS = (("1897", ("Dear Mr Mitler", "the harvest was good")), ("1898", ("Miller came at noon",)))


def _word(text: str, box: tuple[int, int, int, int]) -> Word:
    rivals = (WordReading("Miller", 0.3),) if text == "Mitler" else ()
    return Word(box, text, 0.6, (WordReading(text, 0.7 if rivals else 1.0), *rivals))


def letter(folder: Path, lines: tuple[str, ...]) -> tuple[Path, DocumentReading]:
    """A scan of some lines, and what was read on it."""
    image = np.full((HEIGHT, WIDTH), 245, np.uint8)
    read = []
    for row, said in enumerate(lines):
        y, words, x = 80 + 120 * row, [], 60
        for part in said.split():
            cv2.putText(image, part, (x, y + 40), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.4, 30, 2)
            words.append(_word(part, (x, y, 26 * len(part), 50)))
            x += 26 * len(part) + 30
        read.append(TextLine((60, y, x - 90, 50), said, 0.8, tuple(words)))
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "letter.png"
    cv2.imwrite(str(path), image)
    page = PageReading(1, WIDTH, HEIGHT, 150.0, None, None, "done", lines=tuple(read))
    return path, DocumentReading(path.name, content_hash(path), "done", (page,))


def archived(engine: Engine, path: Path, reading: DocumentReading) -> int:
    with transaction(engine) as session:
        batch = begin_batch(session, "letters")
        number = register_document(session, batch, path, reading.sha256, NO_FORMS).document_id
        save_document(session, number, reading, {}, NO_FORMS)
        write_archive(session, number, reading, "default detect")
        lies_at(session, number, str(path))
    return number


def archive_letters(engine: Engine, folder: Path) -> None:
    """Puts the letters into the archive, each in a folder of its year."""
    for year, lines in LETTERS:
        archived(engine, *letter(folder / year, lines))
