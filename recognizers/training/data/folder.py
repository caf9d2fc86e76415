"""The reader of a "folder of line images + labels.tsv" data set."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from inkfield.recognizers.training.data.labelled import Defect, LabelledLine, Row

__all__ = ["LabelledLine", "images", "read_lines", "rows"]

NO_TEXT = "no text"
_COLUMNS = ("id", "split", "page_or_writer", "text")
_SUFFIXES = (".webp", ".png", ".jpg")


def read_lines(folder: Path, split: str | None = None) -> Iterator[LabelledLine]:
    """Lines of ``folder/labels.tsv`` (columns id, split, page_or_writer, text; no quoting), in file order.

    Rows without text are passed over. Raises FileNotFoundError without labels.tsv and ValueError for a row that
    does not fit.
    """
    for row in rows(folder):
        if isinstance(row, Defect):
            if row.kind != NO_TEXT:
                raise ValueError(str(row))
        elif isinstance(row, LabelledLine) and (split is None or row.split == split):
            yield row


def rows(folder: Path) -> Iterator[Row]:
    """The same, with what is wrong told in its place: a row that does not fit, a header without the columns."""
    labels = folder / "labels.tsv"
    with labels.open("rb") as handle:
        header = handle.readline().decode("utf-8-sig", "replace").rstrip("\r\n").split("\t")
        lacking = [name for name in _COLUMNS if name not in header]
        if lacking:
            yield Defect(labels, "bad label", f"the header lacks the column {', '.join(lacking)}", 1)
            return
        for number, raw in enumerate(handle, start=2):
            if raw.strip():
                yield _row(folder, labels, number, raw, header)


def images(folder: Path) -> Iterator[Path]:
    """All pictures of the folder, labelled or not."""
    return (p for p in sorted((folder / "images").glob("*")) if p.suffix.lower() in _SUFFIXES)


def _row(folder: Path, labels: Path, number: int, raw: bytes, header: list[str]) -> Row:
    try:
        cells = raw.decode("utf-8").rstrip("\r\n").split("\t")
    except UnicodeDecodeError:
        return Defect(labels, "bad label", "not UTF-8", number)
    if len(cells) != len(header):
        return Defect(labels, "bad label", f"{len(cells)} columns, not {len(header)}", number)
    row = dict(zip(header, cells, strict=True))
    if not row["id"] or Path(row["id"]).name != row["id"]:
        return Defect(labels, "bad label", "the id is no file name", number)
    if not row["text"]:
        return Defect(labels, NO_TEXT, "the text is empty", number)
    return LabelledLine(_image_of(folder, row["id"]), row["text"], row["page_or_writer"], row["split"])


def _image_of(folder: Path, identifier: str) -> Path:
    for suffix in _SUFFIXES:
        path = folder / "images" / (identifier + suffix)
        if path.exists():
            return path
    return folder / "images" / (identifier + ".webp")
