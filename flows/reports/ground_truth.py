"""What people corrected in the archive as ground truth: the scans as pictures, ALTO or PAGE XML with the lines that a
person vouches for, and a catalogue file as HTR-United has them. eScriptorium, kraken and `inkfield data check` read it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
from sqlalchemy.orm import Session

from inkfield.flows.reports.export_text import as_alto, as_page
from inkfield.flows.workers.limits import intake_limits
from inkfield.flows.workers.storage import StoreMissing, local_copy, to_path
from inkfield.pipeline.intake import content_hash, open_page
from inkfield.recognizers.training.data.catalogue import write_catalogue
from inkfield.schemas.archive.browse import year_of
from inkfield.schemas.database.archive_tables import ArchiveLineRow, ArchivePageRow
from inkfield.schemas.database.tables import DocumentRow
from inkfield.schemas.errors import DocumentError
from inkfield.schemas.readings import DocumentReading, PageReading, TextLine, Word
from inkfield.schemas.store.corrections import as_box, corrected_pages

FORMATS: dict[str, tuple[str, Callable[[DocumentReading], str]]] = {
    "alto": ("Alto-XML", as_alto),
    "page": ("Page-XML", as_page),
}
"""By name: what HTR-United calls it, and what writes it."""
_ODD = re.compile(r"[^\w.-]+")


@dataclass
class Written:
    """What was written. ``lost`` are the pages whose scan does not lie any more where it lay, and why; ``to_fill_in``
    what the catalogue file still lacks."""

    counts: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    to_fill_in: Sequence[str] = ()


def write_ground_truth(session: Session, folder: Path, name: str, earlier: Mapping[str, Any]) -> Written:
    """Writes all pages with corrected lines into a new or empty folder, in a format of `FORMATS`.

    ``earlier`` are entries of an earlier catalogue file, that a person filled in. Raises FileExistsError for a folder
    that is not empty, OSError.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty: name a new folder")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = Written()
    years = set()
    for document, page, lines in corrected_pages(session):
        place = f"{document.file_name}, page {page.number}"
        try:
            _write_page(folder, name, document, page, lines)
        except (DocumentError, StoreMissing, FileNotFoundError, LookupError):
            written.lost.append(
                f"{place}: the scan is no longer kept where it lay, or cannot be opened there"
            )
            continue
        written.counts += Counter(pages=1, lines=len(lines), characters=sum(len(line.text) for line in lines))
        years |= {year_of(document.path)} - {""}
    if written.counts:
        known = _known(written.counts, FORMATS[name][0], sorted(years), earlier)
        written.to_fill_in = write_catalogue(folder, known, earlier)
    return written


def _write_page(
    folder: Path, name: str, document: DocumentRow, page: ArchivePageRow, lines: Sequence[ArchiveLineRow]
) -> None:
    """A picture, to whose pixels the boxes belong, and its XML; the XML last: a picture alone is no page."""
    limits = intake_limits()
    with local_copy(to_path(document.path), limits.max_bytes) as file:
        if content_hash(file) != document.sha256:
            raise LookupError("another file lies there by now")
        image = open_page(file, page.number, limits).image
    stem = f"{document.id:06d}_{_ODD.sub('_', Path(document.file_name).stem)[:80]}_{page.number:04d}"
    picture = folder / f"{stem}.png"
    if not cv2.imwrite(str(picture), image):
        raise OSError(f"{picture} cannot be written")
    reading = PageReading(
        page.number, page.width, page.height, page.dpi, None, None, "done",
        lines=tuple(map(_line, lines)),
    )  # fmt: skip
    told = FORMATS[name][1](DocumentReading(picture.name, document.sha256, "done", (reading,)))
    picture.with_suffix(".xml").write_text(f"{told}\n", encoding="utf-8")


def _line(row: ArchiveLineRow) -> TextLine:
    words = tuple(Word(as_box(word["box"]), word["text"], word["confidence"]) for word in row.words)
    return TextLine(as_box(row.box), row.text, row.confidence, words)


def _known(
    counts: Counter[str], layout: str, years: Sequence[str], earlier: Mapping[str, Any]
) -> dict[str, Any]:
    """The entries of the catalogue that the archive knows. Who typed is nobody's business but the office's."""
    guessed: dict[str, Any] = {
        "title": "Corrected lines of an archive",
        "description": "Lines that people corrected or confirmed; other lines of the pages are left out.",
        "script": [{"iso": "Latn"}],
        "script-type": "only-manuscript",
        "hands": {"count": "unknown", "precision": "estimated"},
        "production-software": f"inkfield {version('inkfield')}",
    }
    if years:
        guessed["time"] = {"notBefore": years[0], "notAfter": years[-1]}
    volume = [{"metric": metric, "count": counts[metric]} for metric in ("pages", "lines", "characters")]
    return {
        **{entry: told for entry, told in guessed.items() if entry not in earlier},
        "format": layout,
        "volume": volume,
    }
