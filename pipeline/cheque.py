"""Reads a cheque: sets it upright, finds its fields, reads each, and the amount from figures and words jointly."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from pipeline.calibration import confidence
from pipeline.candidates import Candidate, Evidence, evidence
from pipeline.cheque_crops import clean, date_cell_crops, field_crops, text_bands
from pipeline.cheque_layout import ChequeLayout, find_cheque_fields
from pipeline.deskew import deskew, skew_angle
from pipeline.field_reader import FieldReader, Ink, empty_reading, has_ink, yes_or_no
from pipeline.geometry import map_box, quarter_turn, rotation, to_grey
from pipeline.orientation import rotate_upright
from pipeline.records import Alternative, Box, FieldReading, Trace
from pipeline.signature import signature_present
from pipeline.text_page import draw_boxes
from pipeline.values.joint_amount import JointAmount, read_joint_amount
from schemas.form import Field, Form

_ASPECT = (1.75, 2.75)
"""Width over height of a picture that a cheque (202 x 92 mm) may fill, scanner's margin and lost edge included."""


@dataclass(frozen=True)
class Cheque:
    """A cheque set upright and level: BGR or grey ``image``, its layout, and the homography back to the scan."""

    image: np.ndarray
    layout: ChequeLayout
    to_scan: np.ndarray

    @property
    def dpi(self) -> float:
        """Resolution by the paper's known width: what a file says of its resolution is often wrong."""
        return self.layout.scale * 25.4

    def scan_box(self, name: str) -> Box | None:
        """Where a region lies on the page as scanned."""
        region = self.layout.regions.get(name)
        return map_box(region.box, self.to_scan) if region else None


def set_upright(image: np.ndarray) -> Cheque | None:
    """The cheque that fills the picture, whichever way it lies; None when the picture shows no such cheque."""
    sideways = image.shape[0] > image.shape[1]
    aspect = max(image.shape[:2]) / max(1, min(image.shape[:2]))
    if not _ASPECT[0] <= aspect <= _ASPECT[1]:
        return None
    for turn in (90, 270) if sideways else (0, 180):
        turned = rotate_upright(image, turn)
        angle = skew_angle(to_grey(turned))
        level = deskew(turned, angle)
        layout = find_cheque_fields(to_grey(level))
        if layout is not None:
            back = np.linalg.inv(rotation(turned.shape, angle) @ quarter_turn(image.shape, turn))
            return Cheque(level, layout, back)
    return None


def read_cheque(
    cheque: Cheque, form: Form, reader: FieldReader, today: date, trace: Trace
) -> tuple[FieldReading, ...]:
    """All fields of the form, in its order. Statuses are provisional until the form's rules are applied."""
    trace("upright and level", cheque.image)
    cleaned = clean(cheque.image, cheque.dpi)
    trace("pattern and rules removed", cleaned)
    trace("fields", draw_boxes(cheque.image, [region.box for region in cheque.layout.regions.values()]))
    crops = field_crops(cleaned, cheque.layout)
    for name, part in crops.items():
        trace(f"crop: {name}", part)
    readings = _amounts(cheque, form, reader, crops)
    for field in form.fields:
        if field.name not in readings and field.kind != "decision":
            readings[field.name] = _read_field(field, cheque, reader, crops, cleaned, today)
    return tuple(readings[field.name] for field in form.fields if field.name in readings)


def _read_field(
    field: Field,
    cheque: Cheque,
    reader: FieldReader,
    crops: dict[str, np.ndarray],
    cleaned: np.ndarray,
    today: date,
) -> FieldReading:
    box = cheque.scan_box(field.name)
    match field.kind:
        case "micr":
            return _micr(field, cheque)
        case "signature":
            present, probability = signature_present(crops["signature"], cheque.dpi)
            return yes_or_no(field, box, present, probability)
        case "date":
            return _date(field, cheque, reader, cleaned, today)
        case "code":
            return _account(field, cheque, reader, crops["account_number"])
        case _:
            return reader.read(field, Ink((crops[field.name],), box))


def _micr(field: Field, cheque: Cheque) -> FieldReading:
    found = cheque.layout.micr
    if not found.text:
        return empty_reading(field, None)
    status = "accepted" if found.confidence >= field.accept_at else "review"
    box = map_box(found.box, cheque.to_scan) if found.box else None
    return FieldReading(
        field.name, field.kind, found.text, found.text, round(found.confidence, 4),
        "accepted" if status == "accepted" else "review", box, source="E-13B shapes",
    )  # fmt: skip


def _date(
    field: Field, cheque: Cheque, reader: FieldReader, cleaned: np.ndarray, today: date
) -> FieldReading:
    """The date from its eight cells; of dates that look alike, the one that a cheque is likelier to bear."""
    box = cheque.scan_box("date")
    cells = date_cell_crops(cleaned, cheque.layout)
    looks = reader.two_looks(field, cells)
    if looks is None:
        return empty_reading(field, box)
    candidates, by_cell = looks
    likely = [replace(c, log_probability=c.log_probability + _year_prior(c, today)) for c in candidates]
    return reader.decide(field, box, sorted(likely, key=lambda c: -c.log_probability), by_cell)


def _year_prior(candidate: Candidate, today: date) -> float:
    """Log weight of a cheque's year: of late, or a while ago; hardly ever long past or yet to come."""
    if not isinstance(candidate.value, date):
        return 0.0
    age = today.year - candidate.value.year
    return -4.0 if age < -1 else -0.2 * max(0, min(age - 12, 20))


def _account(field: Field, cheque: Cheque, reader: FieldReader, part: np.ndarray) -> FieldReading:
    """The account number: of the lines in its region, the one that reads best as such a number."""
    best: tuple[float, list[Candidate], np.ndarray] | None = None
    bands = [band for band in text_bands(part, cheque.layout.scale) if has_ink(band)]
    for log_probs in reader.recognizer.log_probs(bands):
        candidates = reader.candidates(field, log_probs)
        if candidates:
            shortfall = evidence(candidates, log_probs, reader.alphabet).shortfall
            if best is None or shortfall < best[0]:
                best = (shortfall, candidates, log_probs)
    box = cheque.scan_box("account_number")
    if best is None:
        return replace(empty_reading(field, box), status="review", reasons=("no account number found",))
    return reader.decide(field, box, best[1], best[2])


def _amounts(
    cheque: Cheque, form: Form, reader: FieldReader, crops: dict[str, np.ndarray]
) -> dict[str, FieldReading]:
    """Courtesy amount and legal amount, each alone, and the amount that both support."""
    boxes = [cheque.scan_box(name) for name in ("courtesy_amount", "legal_amount_1")]
    inks = [
        Ink((crops["courtesy_amount"],), boxes[0]),
        Ink((crops["legal_amount_1"], crops["legal_amount_2"]), boxes[1]),
    ]
    columns = [reader.log_probs(ink) for ink in inks]
    empty = np.empty((0, len(reader.alphabet)), np.float32)
    figures, words = (c if c is not None else empty for c in columns)
    joint, courtesy, legal = read_joint_amount(figures, words, reader.alphabet)
    readings = {}
    for name, box, found, log_probs in zip(
        ("courtesy_amount", "legal_amount"), boxes, (courtesy, legal), columns, strict=True
    ):
        field = form.field(name)
        if log_probs is None:
            readings[name] = empty_reading(field, box)
            continue
        candidates = _merged([Candidate(h.text, h.value, h.log_probability) for h in found])
        readings[name] = reader.decide(field, box, candidates, log_probs)
    readings["amount"] = _joint_reading(form.field("amount"), boxes[0], reader, joint)
    return readings


def _merged(candidates: list[Candidate]) -> list[Candidate]:
    """One candidate a value, probabilities added, best first."""
    merged: dict[object, Candidate] = {}
    for c in candidates:
        known = merged.get(c.value)
        total = (
            c.log_probability
            if known is None
            else float(np.logaddexp(known.log_probability, c.log_probability))
        )
        merged[c.value] = replace(known or c, log_probability=total)
    return sorted(merged.values(), key=lambda c: -c.log_probability)


def joint_evidence(joint: JointAmount) -> tuple[str, Evidence]:
    """The calibration kind (do both sides support the best value, or one?) and the evidence for it."""
    best = joint.candidates[0]
    share = min(max(best.probability, 1e-6), 1 - 1e-6)
    kind = "joint_both" if len(best.supported_by) == 2 else "joint_one"
    return kind, Evidence(math.log(share / (1 - share)), 0.0, 0.0)


def _joint_reading(field: Field, box: Box | None, reader: FieldReader, joint: JointAmount) -> FieldReading:
    if not joint.candidates:
        return empty_reading(field, box)
    alternatives = tuple(
        Alternative(str(c.value), c.value, round(c.probability, 4)) for c in joint.candidates[1:5]
    )
    best = joint.candidates[0]
    if joint.disagreement:
        return FieldReading(
            field.name, field.kind, "", None, 0.0, "review", box,
            (Alternative(str(best.value), best.value, round(best.probability, 4)), *alternatives),
            "joint", ("figures and words disagree",),
        )  # fmt: skip
    kind, found = joint_evidence(joint)
    sure = confidence(found, reader.calibration.get(kind))
    accepted = sure >= field.accept_at
    reasons = () if accepted else ("confidence below the form's limit",)
    return FieldReading(
        field.name, field.kind, str(best.value), best.value, round(sure, 4),
        "accepted" if accepted else "review", box, alternatives, "joint", reasons,
    )  # fmt: skip
