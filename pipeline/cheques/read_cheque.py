"""Reads a cheque: sets it upright, finds its fields, reads each, and the amount from figures and words jointly."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import cv2
import numpy as np

from inkfield.pipeline.cheques.alteration.ink_colour import TWO_PENS, two_pens
from inkfield.pipeline.cheques.alteration.pen_change import PEN_CHANGE, pen_change
from inkfield.pipeline.cheques.alteration.struck_out import STRUCK_OUT, struck_out
from inkfield.pipeline.cheques.crops import (
    clean,
    crop_box,
    date_cell_crops,
    field_crops,
    groups_apart,
    holds_words,
    tall_only,
    text_bands,
    with_margin,
)
from inkfield.pipeline.cheques.field_places import ChequeLayout, region_of
from inkfield.pipeline.cheques.micr.structure import micr_faults, parse_us_micr
from inkfield.pipeline.cheques.paper.find_papers import Paper, find_papers, grown, inked_part
from inkfield.pipeline.cheques.paper.level_perspective import levelling
from inkfield.pipeline.cheques.payee_captions import payee_without_captions
from inkfield.pipeline.cheques.standards.cts_2010 import fields_and_line, is_indian_micr, only_cheque
from inkfield.pipeline.cheques.standards.us import find_us_fields, is_us_micr, read_us_micr
from inkfield.pipeline.fields.cell_reader import drawn_together
from inkfield.pipeline.fields.kinds.amount_grammar import Style
from inkfield.pipeline.fields.kinds.amount_proof import Proof, prove
from inkfield.pipeline.fields.kinds.amount_reading import AmountHypothesis
from inkfield.pipeline.fields.kinds.joint_amount import JointAmount, read_joint_amount
from inkfield.pipeline.fields.ranking import Candidate, Evidence, evidence
from inkfield.pipeline.fields.reader import FieldReader, Ink, empty_reading, has_ink, yes_or_no
from inkfield.pipeline.fields.signature import signature_present
from inkfield.pipeline.image.deskew import deskew, skew_angle
from inkfield.pipeline.image.geometry import crop, map_box, quarter_turn, rotation, to_grey
from inkfield.pipeline.image.orientation import rotate_upright
from inkfield.pipeline.judgement.rules import LOW_CONFIDENCE
from inkfield.pipeline.records import CROP_STAGE, Alternative, Box, FieldReading, Trace, no_trace
from inkfield.pipeline.text.read_text import draw_boxes
from inkfield.recognizers.line_model import LineOutput
from inkfield.schemas.forms.model import Field, Form

_ASPECT = (1.75, 2.95)
"""Width over height of a picture that a cheque may fill (CTS 202 x 92 mm, US 6 x 2.75 to 8.25 x 3 inches), scanner's
margin and lost edge included."""
_GROWN_ASPECT = (1.3, 2.95)
"""The same of a picture with what lies before and behind a tinted part that may be all of the cheque."""
_US_WIDTH = 1600
"""Pixels to which the width of a US cheque is brought: 267 dpi for a personal one, whatever the camera."""
_SURELY_FOREIGN = 0.5
"""Confidence of a US line from which its cheque is not tried upside down as an Indian one: of a line that is read
upside down hardly a symbol is sure."""
_CTS_WIDTH, _COARSE = 2386, 1.2
"""Pixels of a CTS-2010 cheque's width at 300 dpi, to which coarser scans are brought (exchanged images have 200 dpi and
less): where a rule is one pixel wide, what is a pen's upon it cannot be told."""
_LEADING_ODDS = 2.0
"""Log odds that a first stroke of the figures is rather a 1 than a remnant of the box. In training many crops begin
with the side of a box that is no character; here boxes are taken out, and a stroke before the figures is nearly always
a 1."""
_LEGIBLE = 0.5
"""Confidence from which on figures or words are rather right than wrong: both are where they disagree."""
_STRUCK_OUT = 0.1
"""Doubt a column, in nats, from which ink is struck out or smeared rather than written: of 50 real cheques one altered
side is as doubtful."""
_APART = 10.0
"""Nats by which both prefer their own value to the other's where they disagree. Hardly legible ink gives 8 as well.
Of 147 badly rendered pairs that agree 9 were called disagreeing without this, 3 with it; of 122 others 112 and 100."""
_HARDLY_LEGIBLE = "uncertain: figures or words are hard to read"
NO_AMOUNT = "what is written there is not an amount"
_HARDLY_AN_AMOUNT = "perhaps not an amount: it reads as something else"
_SOMETHING_ELSE = 0.5
"""How sure it is that a cheque states no amount where something is written that is none: ink that nobody can read."""
_SHOWN = 5
_FIGURES_APART_MM = 0.5
_FEWEST_FIGURES = 3
"""Figures of the shortest number that is printed apart from others: a US cheque's."""
_RAGGED_MM = 0.17
_NO_MICR = "no MICR line was found"
_MICR_SOURCES = {"E-13B": "E-13B shapes", "CMC-7": "CMC-7 bars"}
_SCREEN_PX = 1.3
"""Blur at that width under which the dots of a halftone screen, and its moiré with a camera's, melt into grey."""


@dataclass(frozen=True)
class Cheque:
    """A cheque set upright and level: BGR or grey ``image``, its layout, and the homography back to the scan.

    ``standard`` is the layout (see schemas/forms/model.py) of the forms that it can be.
    """

    image: np.ndarray
    layout: ChequeLayout
    to_scan: np.ndarray
    standard: Literal["cheque", "cheque_us"] = "cheque"

    @property
    def proven(self) -> bool:
        """Whether it is surely a cheque: its MICR line is one of its country's, or nearly. Without one it is what its
        rules and boxes look like, and what is printed on it has to tell (see cheque_captions.py)."""
        micr = self.layout.micr
        return is_us_micr(micr) if self.standard == "cheque_us" else is_indian_micr(micr)

    @property
    def dpi(self) -> float:
        """Resolution by the paper's known width: what a file says of its resolution is often wrong."""
        return self.layout.scale * 25.4

    def scan_box(self, name: str) -> Box | None:
        """Where a region lies on the page as scanned."""
        region = self.layout.regions.get(name)
        return map_box(region.box, self.to_scan) if region else None


def find_cheques(image: np.ndarray) -> list[Cheque]:
    """The cheques in a picture, from top to bottom: lying on a bed or a desk, or one that fills it.

    Some are only likely to be cheques: see `Cheque.proven`.
    """
    papers = find_papers(image)
    found = [cheque for paper in papers if (cheque := _on_paper(image, paper)) is not None]
    if any(cheque.proven for cheque in found):
        return found
    whole = set_upright(image)
    if whole is not None and whole.proven:
        return [whole]
    inked = inked_part(image)
    alone = _moved(set_upright(inked.image), inked) if inked else None
    if alone is not None and alone.proven:
        return [alone]
    return found or [cheque for cheque in (whole, alone) if cheque is not None][:1]


def _on_paper(image: np.ndarray, paper: Paper) -> Cheque | None:
    """The cheque that a paper is, or whose tinted part it is."""
    cheque = _moved(set_upright(paper.image), paper)
    if cheque is not None and cheque.proven:
        return cheque
    larger = grown(image, paper)
    whole = _moved(set_upright(larger.image, larger=True), larger)
    return whole if whole is not None and whole.proven else cheque


def _moved(cheque: Cheque | None, paper: Paper) -> Cheque | None:
    """The cheque on a paper, with its way back to the picture that the paper lies in."""
    return replace(cheque, to_scan=paper.to_scan @ cheque.to_scan) if cheque else None


def set_upright(image: np.ndarray, larger: bool = False) -> Cheque | None:
    """The cheque that fills the picture, whichever way it lies; None when the picture shows no such cheque.

    Its MICR line tells the country; without one, what is printed. ``larger``: the picture may be too high, with what
    lies before and behind the cheque.
    """
    aspect = max(image.shape[:2]) / max(1, min(image.shape[:2]))
    least, most = _GROWN_ASPECT if larger else _ASPECT
    if not least <= aspect <= most:
        return None
    turns: tuple[int, ...] = (90, 270) if image.shape[0] > image.shape[1] else (0, 180)
    best: Cheque | None = None
    for turn in turns:
        cheque, is_foreign = _indian(image, turn, larger)
        if cheque is not None and cheque.proven:
            return cheque
        best = best or cheque
        if is_foreign and best is None:
            turns = (turn, *(other for other in turns if other != turn))
            break  # it stands upright: upside down it is no Indian cheque either
    if best is not None:
        return best
    for turn in turns:
        cheque = _american(image, turn)
        if cheque is not None and is_us_micr(cheque.layout.micr):
            return cheque
        best = best or cheque
    return best


def _indian(image: np.ndarray, turn: int, larger: bool) -> tuple[Cheque | None, bool]:
    """The Indian cheque that a picture shows after a turn; and whether its foot bears another country's MICR line."""
    turned = rotate_upright(image, turn)
    zoom = _CTS_WIDTH / turned.shape[1]
    if zoom > _COARSE:
        turned = cv2.resize(turned, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_CUBIC)
    else:
        zoom = 1.0
    angle = skew_angle(to_grey(turned))
    level = deskew(turned, angle)
    top = 0
    if larger:  # the MICR line tells where the cheque begins
        level, top = only_cheque(level)
    layout, micr = fields_and_line(to_grey(level))
    if layout is None:
        return None, is_us_micr(micr) and micr.confidence >= _SURELY_FOREIGN
    to_level = rotation(turned.shape, angle) @ np.diag([zoom, zoom, 1.0]) @ quarter_turn(image.shape, turn)
    to_level = np.array([[1, 0, 0], [0, 1, -top], [0, 0, 1.0]]) @ to_level
    return Cheque(level, layout, np.linalg.inv(to_level)), False


def _american(image: np.ndarray, turn: int) -> Cheque | None:
    turned = rotate_upright(image, turn)
    zoom = _US_WIDTH / turned.shape[1]
    sized = cv2.resize(
        turned, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
    )
    grey = to_grey(sized)
    homography = levelling(grey)
    if homography is None:
        homography = rotation(sized.shape, skew_angle(grey))
    size = (sized.shape[1], sized.shape[0])
    level = cv2.warpPerspective(sized, homography, size, borderMode=cv2.BORDER_REPLICATE)
    level = cv2.GaussianBlur(level, (0, 0), _SCREEN_PX)
    grey = to_grey(level)
    layout = find_us_fields(grey, read_us_micr(grey))
    if layout is None:
        return None
    to_level = homography @ np.diag([zoom, zoom, 1.0]) @ quarter_turn(image.shape, turn)
    return Cheque(level, layout, np.linalg.inv(to_level), "cheque_us")


def read_cheque(
    cheque: Cheque, form: Form, reader: FieldReader, today: date, trace: Trace
) -> tuple[FieldReading, ...]:
    """All fields of the form, in its order. Statuses are provisional until the form's rules are applied."""
    reader = reader.for_form(form)
    trace("upright and level", cheque.image)
    cleaned = clean(cheque.image, cheque.layout)
    trace("pattern and rules removed", cleaned)
    if trace is not no_trace:
        trace("fields", draw_boxes(cheque.image, [region.box for region in cheque.layout.regions.values()]))
    crops = field_crops(cleaned, cheque.layout)
    for name, part in crops.items():
        trace(f"{CROP_STAGE}{name}", part)
    readings = _amounts(cheque, form, reader, crops, cleaned)
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
    if field.kind == "micr":
        return _micr(field, cheque, reader)
    region = region_of(field)
    if region not in crops:
        missing = empty_reading(field, None)
        return replace(missing, status="review", confidence=0.0, reasons=(f"no {field.name} found",))
    box, part = cheque.scan_box(region), crops[region]
    match field.kind:
        case "signature":
            names_printed = cheque.standard == "cheque"
            present, probability = signature_present(part, cheque.dpi, names_printed)
            return yes_or_no(field, box, present, min(probability, reader.most_sure))
        case "date":
            if cheque.layout.date_cells:
                return _date(field, cheque, reader, cleaned, today)
            return _written_date(field, cheque, reader, part, today)
        case "code" if field.name == "check_number":
            return _check_number(field, cheque, reader, part)
        case "code":
            return _account(field, cheque, reader, part)
        case _ if field.name == "payee" and field.known_values is None:
            return payee_without_captions(reader.read(field, Ink((part,), box)))
        case _:
            return reader.read(field, Ink((part,), box))


def _micr(field: Field, cheque: Cheque, reader: FieldReader) -> FieldReading:
    found = cheque.layout.micr
    if not found.text:
        # A cheque has one: it is covered, or lies outside of the picture, or was not found.
        return FieldReading(
            field.name, field.kind, "", None, 0.0, "review", None, source="ink", reasons=(_NO_MICR,)
        )
    if field.pattern and not re.fullmatch(field.pattern, found.text):
        reasons: tuple[str, ...] = (f"the MICR line ({found.font}) does not match this form's pattern",)
    else:
        # Of CMC-7 every country has a structure of its own: it is the form's pattern.
        reasons = micr_faults(found.text, cheque.standard) if found.font == "E-13B" else ()
    sure = min(found.confidence, reader.most_sure)
    accepted = sure >= field.accept_at and not reasons
    box = map_box(found.box, cheque.to_scan) if found.box else None
    return FieldReading(
        field.name, field.kind, found.text, found.text, round(sure, 4),
        "accepted" if accepted else "review", box, source=_MICR_SOURCES[found.font], reasons=reasons,
    )  # fmt: skip


def _date(
    field: Field, cheque: Cheque, reader: FieldReader, cleaned: np.ndarray, today: date
) -> FieldReading:
    """The date from its eight cells; of dates that look alike, the one that a cheque is likelier to bear."""
    box = cheque.scan_box("date")
    cells = date_cell_crops(cleaned, cheque.layout)
    looks = reader.looks_at_cells(field, cells)
    if looks is None:
        return reader.empty(field, box, cells)
    candidates, by_cell = looks
    return reader.decide(field, box, _likelier(candidates, today), by_cell)


def _written_date(
    field: Field, cheque: Cheque, reader: FieldReader, part: np.ndarray, today: date
) -> FieldReading:
    """The date written on a rule, in figures or with the month's name."""
    box = cheque.scan_box("date")
    looks = reader.looks_at_lines(field, Ink((part,), box))
    if looks is None:
        return reader.empty(field, box, (part,))
    candidates, output = looks
    return reader.decide(field, box, _likelier(candidates, today), output)


def _likelier(candidates: list[Candidate], today: date) -> list[Candidate]:
    """The candidates with what the year says for or against them, best first."""
    weighed = [replace(c, log_probability=c.log_probability + _year_prior(c, today)) for c in candidates]
    return sorted(weighed, key=lambda c: -c.log_probability)


def _year_prior(candidate: Candidate, today: date) -> float:
    """Log weight of a cheque's year: of late, or a while ago; hardly ever long past or yet to come."""
    if not isinstance(candidate.value, date):
        return 0.0
    age = today.year - candidate.value.year
    return -4.0 if age < -1 else -0.2 * max(0, min(age - 12, 20))


def _check_number(field: Field, cheque: Cheque, reader: FieldReader, part: np.ndarray) -> FieldReading:
    """The printed number; the serial of the MICR line says the same, or a person has to look."""
    printed = _account(field, cheque, reader, part)
    parsed = parse_us_micr(cheque.layout.micr.text)
    serial = parsed.serial.lstrip("0") if parsed else ""
    if not serial:
        return printed
    found = min(cheque.layout.micr.confidence, reader.most_sure)
    if printed.status == "empty" or printed.value is None:
        return replace(printed, text=serial, value=serial, confidence=round(found, 4), source="E-13B serial",
                       status="accepted" if found >= field.accept_at else "review", reasons=())  # fmt: skip
    if str(printed.value).lstrip("0") == serial:
        sure = min(1 - (1 - printed.confidence) * (1 - found), reader.most_sure)
        return replace(printed, confidence=round(sure, 4), reasons=(),
                       status="accepted" if sure >= field.accept_at else "review")  # fmt: skip
    other = Alternative(serial, serial, round(found, 4))
    return replace(
        printed, status="review", alternatives=(other,), reasons=("printed number and MICR line differ",)
    )


def _account(field: Field, cheque: Cheque, reader: FieldReader, part: np.ndarray) -> FieldReading:
    """A printed or stamped number: of the lines in its region, the one that is surest to be such a number."""
    best: tuple[float, list[Candidate], LineOutput] | None = None
    widest = round(_FIGURES_APART_MM * cheque.layout.scale)
    bands = [tall_only(band) for band in text_bands(part, cheque.layout.scale)]
    groups = [group for band in bands for group in groups_apart(band, cheque.layout.scale, _FEWEST_FIGURES)]
    for group in groups:
        if not has_ink(group):
            continue
        # Stamped figures stand wide apart, among specks of the stamp's ink, and have ragged edges.
        figures = drawn_together(group, widest)
        figures = cv2.GaussianBlur(figures, (0, 0), _RAGGED_MM * cheque.layout.scale)
        output = reader.network(field).read([figures])[0]
        candidates = reader.candidates(field, output)
        if candidates:
            sure = reader.confidence(field, evidence(candidates, output), field.kind)
            if best is None or sure > best[0]:
                best = (sure, candidates, output)
    box = cheque.scan_box(field.name)
    if best is None:
        return replace(
            empty_reading(field, box), confidence=0.0, status="review", reasons=(f"no {field.name} found",)
        )
    return reader.decide(field, box, best[1], best[2])


def _amounts(
    cheque: Cheque, form: Form, reader: FieldReader, crops: dict[str, np.ndarray], cleaned: np.ndarray
) -> dict[str, FieldReading]:
    """Courtesy amount and legal amount, each alone, and the amount that both support."""
    boxes = [cheque.scan_box(name) for name in ("courtesy_amount", "legal_amount_1")]
    lines = [crops[name] for name in ("legal_amount_1", "legal_amount_2") if name in crops]
    words_on = [line for line in lines if holds_words(line, cheque.layout.scale)]
    style: Style = "indian" if form.field("courtesy_amount").grammar == "indian" else "western"
    figures = crops["courtesy_amount"]
    looks = [
        reader.look(Ink((figures,), boxes[0]), reader.figures),
        reader.look(Ink((with_margin(figures),), boxes[0])),
    ]
    seen = [look.favour_first("1", _LEADING_ODDS) for look in looks if look is not None]
    words = reader.look(Ink(tuple(words_on), boxes[1]))
    sides = (seen[0] if seen else None, words)
    joint, courtesy, legal = read_joint_amount(seen, words, style)
    proofs = (
        prove(seen, courtesy, "figures"),
        prove([words] if words is not None else [], legal, "words"),
    )
    readings = {
        name: _side(form.field(name), box, inks, found, output, proof, reader)
        for name, box, inks, found, output, proof in zip(
            ("courtesy_amount", "legal_amount"),
            boxes,
            ((figures,), lines),
            (courtesy, legal),
            sides,
            proofs,
            strict=True,
        )
    }
    amount = joint_reading(form.field("amount"), boxes[0], reader, joint, sides, tuple(readings.values()))
    altered = _altered(cheque, crops)
    if struck_out(cleaned, cheque.layout):
        altered = (*altered, STRUCK_OUT)
    if altered and amount.status != "empty":
        amount = replace(amount, status="review", reasons=(*amount.reasons, *altered))
    readings["amount"] = amount
    return readings


def _side(
    field: Field,
    box: Box | None,
    crops: Sequence[np.ndarray],
    found: Sequence[AmountHypothesis],
    output: LineOutput | None,
    proof: Proof,
    reader: FieldReader,
) -> FieldReading:
    """One of the two amounts by itself. What is no amount when it is read freely has no value."""
    if output is None:
        return reader.empty(field, box, crops)
    if proof.verdict == "none":
        return FieldReading(
            field.name, field.kind, proof.free, None, 0.0, "review", box, (), "ink", (NO_AMOUNT,)
        )
    candidates = _merged([Candidate(h.text, h.value, h.log_probability) for h in found])
    reading = reader.decide(field, box, candidates, output)
    if proof.verdict == "amount":
        return reading
    return replace(reading, status="review", reasons=(*reading.reasons, _HARDLY_AN_AMOUNT))


def _altered(cheque: Cheque, crops: dict[str, np.ndarray]) -> tuple[str, ...]:
    """What of the amounts seems to be by two pens, as reasons for review."""
    sides = {"courtesy_amount": ("courtesy_amount",), "legal_amount": ("legal_amount_1", "legal_amount_2")}
    pieces = {
        side: [
            (crop(cheque.image, crop_box(cheque.layout, name)), crops[name])
            for name in names
            if name in crops
        ]
        for side, names in sides.items()
    }
    scale = cheque.layout.scale
    found = [
        f"{side} is written with two pens: perhaps altered"
        for side in sides
        if two_pens(pieces[side], scale) >= TWO_PENS
    ]
    if pen_change(pieces["legal_amount"], pieces["courtesy_amount"], scale) >= PEN_CHANGE:
        found.append("words and figures continue with another pen: perhaps altered")
    return tuple(found)


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


def joint_evidence(joint: JointAmount, outputs: Sequence[LineOutput | None]) -> tuple[str, Evidence]:
    """The calibration kind (do both sides support the best value, or one?) and the evidence for it.

    ``outputs`` are those of figures and words, None for a side without ink: how much less likely the ink is under the
    value than under its freest reading tells of values that are none of the candidates.
    """
    best = joint.candidates[0]
    share = min(max(best.probability, 1e-6), 1 - 1e-6)
    kind = "joint_both" if len(best.supported_by) == 2 else "joint_one"
    inked = [(side, score) for side, score in zip(outputs, best.scores, strict=True) if side is not None]
    lacks = [
        max(0.0, side.best().log_probability - score) / max(1, len(side.best().text)) for side, score in inked
    ]
    doubt = max(side.doubt for side, _ in inked)
    return kind, Evidence(math.log(share / (1 - share)), sum(lacks), doubt)


def joint_reading(
    field: Field,
    box: Box | None,
    reader: FieldReader,
    joint: JointAmount,
    outputs: Sequence[LineOutput | None],
    sides: Sequence[FieldReading],
) -> FieldReading:
    """The amount from both ``sides``, each read by itself: their joint value, or that they disagree.

    They disagree where each side is by itself rather right than wrong and can hardly be the other's value. Where one
    can hardly be read it is the joint value that is shown, as unsure as it is that there are no two. Where one of them
    is no amount the other stands alone, which is for a person to see.
    """
    stated = [side for side in sides if side.value is not None]
    if not stated or not joint.candidates:
        return _no_amount(field, box, sides)
    if len(stated) < len(sides):
        alone = stated[0]
        lacking = next(side.name for side in sides if side.value is None)
        return FieldReading(
            field.name, field.kind, str(alone.value), alone.value, alone.confidence, "review", box,
            alone.alternatives, "joint", (f"{lacking} states no amount",),
        )  # fmt: skip
    shown = _shown_amounts(joint)
    kind, found = joint_evidence(joint, outputs)
    legible = min(side.confidence for side in sides) >= _LEGIBLE and found.doubt < _STRUCK_OUT
    if joint.disagreement and legible and joint.apart >= _APART:
        return FieldReading(
            field.name, field.kind, "", None, 0.0, "review", box, shown, "joint",
            ("figures and words disagree",),
        )  # fmt: skip
    sure = reader.confidence(field, found, kind) * joint.agreement
    accepted = sure >= field.accept_at
    reasons = (_HARDLY_LEGIBLE,) if joint.disagreement else () if accepted else (LOW_CONFIDENCE,)
    best = joint.candidates[0].value
    others = tuple(alternative for alternative in shown if alternative.value != best)
    return FieldReading(
        field.name, field.kind, str(best), best, round(sure, 4),
        "accepted" if accepted else "review", box, others, "joint", reasons,
    )  # fmt: skip


def _no_amount(field: Field, box: Box | None, sides: Sequence[FieldReading]) -> FieldReading:
    """That neither side states an amount: nothing is written, or something else is."""
    reading = empty_reading(field, box)
    if all(side.status == "empty" for side in sides):
        return replace(reading, confidence=min(side.confidence for side in sides))
    return replace(reading, confidence=_SOMETHING_ELSE, reasons=(*reading.reasons, NO_AMOUNT))


def _shown_amounts(joint: JointAmount) -> tuple[Alternative, ...]:
    """The values that a person has to choose from: where the sides differ first what each says by itself."""
    by_value = {candidate.value: candidate.probability for candidate in joint.candidates}
    own = [value for value in joint.own if value is not None] if joint.disagreement else []
    values = list(dict.fromkeys([*own, *by_value]))[:_SHOWN]
    return tuple(Alternative(str(value), value, round(by_value[value], 4)) for value in values)
