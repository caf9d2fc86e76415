"""How much of a blank `inkfield forms new` finds without its form fields: recall, kinds, false boxes.

The form fields of each PDF are the truth. They are taken out, and the proposal for what is left is compared with them.
A field is found where a box overlaps it by half (intersection over union), or has its middle in it and covers three
quarters of it. Kinds are three: text of any kind, checkbox, signature. A proposed box that is no field of the PDF
counts as false, also where a person would write there.

    python -m benchmarks.forms_new blanks/*.pdf

The constants of pipeline/proposal were set on the US forms W-9, 1040, Schedule A and 8889, with the I-9 in view.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdf

from inkfield.pipeline.proposal.acroform import form_fields, read_widgets
from inkfield.pipeline.proposal.labels import Print
from inkfield.pipeline.proposal.propose import propose_form
from inkfield.schemas.forms.boxes import MmBox, boxes_of
from inkfield.schemas.forms.model import FormError

_OVERLAP, _COVERED = 0.5, 0.75


@dataclass(frozen=True)
class Place:
    page: int
    kind: str
    box: MmBox
    name: str


@dataclass
class Score:
    fields: int = 0
    found: int = 0
    right_kind: int = 0
    proposed: int = 0
    false: int = 0

    def add(self, other: Score) -> None:
        for name, number in vars(other).items():
            setattr(self, name, getattr(self, name) + number)

    def __str__(self) -> str:
        recall, kinds = (100 * n / max(1, self.fields) for n in (self.found, self.right_kind))
        return (
            f"{self.fields:5} {self.found:5} {recall:6.1f} % {kinds:6.1f} % {self.proposed:5} {self.false:5} "
            f"{100 * self.false / max(1, self.proposed):6.1f} %"
        )


def without_fields(path: Path, folder: Path) -> Path:
    """A copy of a PDF without form fields and annotations."""
    writer = pypdf.PdfWriter(clone_from=path)
    writer._root_object.pop("/AcroForm", None)
    for page in writer.pages:
        page.pop("/Annots", None)
    writer.write(folder / path.name)
    return folder / path.name


def truth(path: Path) -> Iterator[Place]:
    for field in form_fields(read_widgets(path).all, lambda number: Print([])):
        for box in [option.box for option in field.options] or [field.box]:
            yield Place(field.page, "checkbox" if field.options else _class(field.kind), box, field.name)


def proposed(path: Path) -> list[Place]:
    """The boxes of the proposal; combs count whole."""
    try:
        form = propose_form(path).form
    except FormError:
        return []
    combs = {f"{field.name}.{n}" for field in form.fields for n in range(1, len(field.character_boxes()) + 1)}
    return [
        Place(box.page, _class(box.kind), box.box_mm, box.field)
        for box in boxes_of(form)
        if box.field not in combs
    ]


def _class(kind: str) -> str:
    return kind if kind in ("checkbox", "signature") else "text"


def overlap(first: MmBox, second: MmBox) -> tuple[float, float]:
    """Intersection over union, and the share of the first that the second covers."""
    width = min(first[0] + first[2], second[0] + second[2]) - max(first[0], second[0])
    height = min(first[1] + first[3], second[1] + second[3]) - max(first[1], second[1])
    if width <= 0 or height <= 0:
        return 0.0, 0.0
    common, area = width * height, first[2] * first[3]
    return common / (area + second[2] * second[3] - common), common / area


def meets(field: MmBox, box: MmBox) -> bool:
    union, covered = overlap(field, box)
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    inside = field[0] <= x <= field[0] + field[2] and field[1] <= y <= field[1] + field[3]
    return union >= _OVERLAP or (inside and covered >= _COVERED)


def compare(fields: list[Place], boxes: list[Place], tell: bool) -> Score:
    score = Score(len(fields), proposed=len(boxes))
    used: set[int] = set()
    for field in fields:
        met = [i for i, box in enumerate(boxes) if box.page == field.page and meets(field.box, box.box)]
        used |= set(met)
        if not met:
            if tell:
                print("  missed", field.page, field.kind, [round(n, 1) for n in field.box], field.name)
            continue
        best = max(met, key=lambda i: overlap(field.box, boxes[i].box)[0])
        score.found += 1
        score.right_kind += boxes[best].kind == field.kind
    score.false = len(boxes) - len(used)
    if tell:
        for i, box in enumerate(boxes):
            if i not in used:
                print("  false", box.page, box.kind, [round(n, 1) for n in box.box], box.name)
    return score


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path, help="PDFs with form fields")
    parser.add_argument(
        "--tell", action="store_true", help="name every field that is missed, and every false box"
    )
    call = parser.parse_args()
    print(f"{'form':28} fields found recall    kinds    boxes false")
    with tempfile.TemporaryDirectory() as folder:
        for path in call.files:
            score = compare(list(truth(path)), proposed(without_fields(path, Path(folder))), call.tell)
            print(f"{path.name:28} {score}", flush=True)


if __name__ == "__main__":
    main()
