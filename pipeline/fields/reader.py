"""Reads the crop of one field by its kind: recogniser, the kind's own decoder, parser, calibrated confidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from string import capwords

import cv2
import numpy as np

from inkfield.pipeline.fields.calibration import (
    KINDS_ENDING,
    PAGES_ENDING,
    confidence,
    load_calibration,
    load_page_calibration,
    most_sure,
)
from inkfield.pipeline.fields.calibration import LIMITS as CALIBRATION_LIMITS
from inkfield.pipeline.fields.cell_reader import cell_has_ink, drawn_together
from inkfield.pipeline.fields.kinds import written
from inkfield.pipeline.fields.kinds.names import parse_name
from inkfield.pipeline.fields.ranking import Candidate, Evidence, evidence, merge_looks, posteriors, rank
from inkfield.pipeline.image.deslanted_line import set_upright
from inkfield.recognizers.grammars.automaton import Automaton
from inkfield.recognizers.grammars.regular import from_regular_expression
from inkfield.recognizers.limits import limit
from inkfield.recognizers.line_model import LineModel, LineOutput
from inkfield.recognizers.normalise import percentiles
from inkfield.recognizers.recognizer import FIGURES, WEIGHTS, load_recognizer
from inkfield.schemas.forms.model import Column, Field, Form
from inkfield.schemas.readings import Alternative, Box, FieldReading, Value
from inkfield.schemas.reasons import Reason, ReasonCode, because
from inkfield.schemas.status import status_of


@dataclass(frozen=True)
class ReaderLimits:
    """What counts as writing, and what a field's reading shows."""

    alternatives: int = limit(5, "readings", "guess", "Of a field that are shown, the best among them")
    least_ink: int = limit(40, "px", "guess", "Pixels of ink from which on something is written")
    off_list: float = limit(
        1.2,
        "nats a letter",
        "guess",
        "Nats a letter by which a reading must be likelier than every value of a list to be one that "
        "is not on it",
    )
    listed_otherwise: float = limit(
        2.0,
        "nats",
        "rendered",
        "By which the freest reading may be likelier than the value of a list that is accepted unseen",
    )
    empty: float = limit(0.95, "probability", "guess", "That nothing is written where no ink was found")
    paper_percentile: int = limit(80, "%", "guess", "Of a crop's pixels: the paper")
    ink: int = limit(60, "grey levels", "guess", "By which ink is darker than the paper")
    stretch: float = limit(
        1.12,
        "times",
        "dev cheques",
        "Width to which names are stretched: payees of 36 cheques were read with 8.8 % CER instead of 9.2, 300 "
        "rendered names with 5.4 instead of 5.5",
    )


LIMITS = ReaderLimits()

Witness = Callable[[str, str, Evidence], None]
"""Called with the calibration's key, the field's name and the evidence for what was read in it."""


@dataclass(frozen=True)
class Ink:
    """What there is of one field: a grey crop for each line of writing, or for each character box.

    Crops are uint8, dark ink on light paper, cleaned of rules, boxes and print. ``box`` lies on the page.
    """

    lines: tuple[np.ndarray, ...]
    box: Box | None
    cells: tuple[np.ndarray, ...] = ()


InkWitness = Callable[[str, Ink], None]
"""Called with the name of a field (of a table: of the column) and its ink."""


class FieldReader:
    """Reads fields with a recogniser of lines and one of figures. The confidences lie beside the weights."""

    def __init__(self, recognizer: LineModel) -> None:
        self.recognizer = recognizer
        self.figures = load_recognizer(str(FIGURES))
        folder = recognizer.folder or WEIGHTS
        self.calibration = dict(load_calibration(folder / f"{recognizer.name}{KINDS_ENDING}"))
        pages = load_page_calibration(folder / f"{recognizer.name}{PAGES_ENDING}")
        self.calibration.update(pages.coefficients)
        self.posting = pages.posting
        self.form: str | None = None
        self.known: dict[str, tuple[str, ...]] = {}
        self.witness: Witness | None = None
        self.ink_witness: InkWitness | None = None

    def for_form(self, form: Form) -> FieldReader:
        """This reader, with the confidences that were calibrated on pages of that form and its lists of values."""
        other = copy(self)
        other.form = form.name
        described: list[Field | Column] = [*form.fields]
        described += [column for field in form.fields for column in field.columns]
        other.known = {part.name: form.known_values(part) for part in described if part.known_values}
        return other

    def confidence(self, field: Field | Column, found: Evidence, kind: str) -> float:
        """Probability that the value is right: calibrated for this field of this form, or else for its kind."""
        key = f"{self.form}.{field.name}"
        if kind != field.kind:
            key += f".{kind}"
        if self.witness is not None:
            self.witness(key, field.name, found)
        known = (self.calibration.get(name) for name in (key, kind, written(field).calibrated_as))
        return min(confidence(found, next(filter(None, known), None)), self.most_sure)

    @property
    def most_sure(self) -> float:
        """The most that any reading of this form is sure of: by the number of pages that it was tested with."""
        return most_sure(len(self.posting.get(self.form or "", ())) or CALIBRATION_LIMITS.tested_lines)

    def read(self, field: Field | Column, ink: Ink) -> FieldReading:
        """The field's reading; its status is set when the form's rules are applied."""
        self.saw(field, ink)
        looks = self.looks(field, ink)
        return (
            self.decide(field, ink.box, *looks)
            if looks
            else self.empty(field, ink.box, ink.cells or ink.lines)
        )

    def looks(self, field: Field | Column, ink: Ink) -> tuple[list[Candidate], LineOutput] | None:
        """Candidates from a field's character boxes, or else its lines, and an output; None where there is no ink."""
        return self.looks_at_cells(field, ink.cells) if ink.cells else self.looks_at_lines(field, ink)

    def saw(self, field: Field | Column, ink: Ink) -> None:
        """Tells the witness of inks, where there is one, what a field is read from."""
        if self.ink_witness is not None:
            self.ink_witness(field.name, ink)

    def empty(self, field: Field | Column, box: Box | None, crops: Sequence[np.ndarray]) -> FieldReading:
        """The reading of a field in whose crops nothing is written: the surer the less ink there is."""
        specks = max((inked(crop) for crop in crops), default=0)
        sure = self.most_sure * max(0.0, 1.0 - specks / LIMITS.least_ink)
        return replace(empty_reading(field, box), confidence=round(sure, 4))

    def looks_at_cells(
        self, field: Field | Column, cells: Sequence[np.ndarray]
    ) -> tuple[list[Candidate], LineOutput] | None:
        """Candidates from character boxes read one by one and side by side, and the output for the former.

        Alone a character is seen largest; side by side its size and place tell, and figures are looked at by both
        networks. None where there is no ink.
        """
        filled = [cell if cell_has_ink(cell) else None for cell in cells]
        if all(cell is None for cell in filled):
            return None
        by_cell = self.recognizer.read_cells(filled)
        strip = side_by_side_in_cells(cells)
        networks = (self.recognizer, self.figures) if holds_figures(field) else (self.recognizer,)
        by_strip = [self.candidates(field, network.read([strip])[0]) for network in networks]
        return merge_looks(self.candidates(field, by_cell), *by_strip), by_cell

    def looks_at_lines(self, field: Field | Column, ink: Ink) -> tuple[list[Candidate], LineOutput] | None:
        """Candidates from the lines of a field, and the output of the first look; None where there is no ink.

        How many networks look, and whether the lines are widened, is for the field's kind.
        """
        kind, networks = written(field), [self.network(field)]
        if kind.two_looks and networks[0] is not self.figures:
            networks.append(self.figures)
        if kind.squeezed:
            ink = replace(ink, lines=tuple(widened(line) for line in ink.lines))
        looks = [look for network in networks if (look := self.look(ink, network)) is not None]
        if not looks:
            return None
        return merge_looks(*(self.candidates(field, look) for look in looks)), looks[0]

    def network(self, field: Field | Column) -> LineModel:
        """The recogniser for a field's lines: that of figures where nothing else can stand."""
        return self.figures if holds_figures(field) else self.recognizer

    def look(self, ink: Ink, network: LineModel | None = None) -> LineOutput | None:
        """What ``network``, by default the recogniser of lines, makes of all the field's lines; None without ink."""
        crops = [set_upright(line) for line in ink.lines if has_ink(line)]
        if not crops:
            return None
        return (network or self.recognizer).read_as_one(crops)

    def candidates(self, field: Field | Column, output: LineOutput) -> list[Candidate]:
        """Readings of the ink that are values of the field's kind, best first."""
        parse = parser(field)
        listed = self.known.get(field.name, ())
        if listed and written(field).from_list:
            return _from_list(output, listed)
        if listed:
            parse = _among(parse, _bare(listed))
        automaton = grammar(field)
        if automaton is not None:
            found = rank(output.within(automaton), parse)
            if found:
                return found
        return rank(output.n_best(field.language), parse)

    def decide(
        self, field: Field | Column, box: Box | None, candidates: Sequence[Candidate], output: LineOutput
    ) -> FieldReading:
        """The reading that the candidates and the ink support."""
        if not candidates:
            text = output.n_best(count=1)[0].text
            return unread(field, box, because(ReasonCode.NO_VALUE), text, self.network(field).name)
        found = evidence(candidates, output)
        reading = self.reading(field, box, candidates, found)
        against = self._against_list(field, candidates[0], output)
        return reading if against is None else replace(reading, reasons=(*reading.reasons, because(against)))

    def _against_list(self, field: Field | Column, best: Candidate, output: LineOutput) -> ReasonCode | None:
        """What a list has against its value: that it is not on it, or not what the ink says. A list helps to read; what
        is written otherwise is for a person."""
        listed = self.known.get(field.name, ())
        if not listed or not written(field).from_list:
            return None
        if best.text not in listed:
            return ReasonCode.NOT_LISTED
        free = output.best()
        same = "".join(free.text.split()).lower() == "".join(best.text.split()).lower()
        if same or best.log_probability >= free.log_probability - LIMITS.listed_otherwise:
            return None
        return ReasonCode.LISTED_OTHERWISE

    def reading(
        self, field: Field | Column, box: Box | None, candidates: Sequence[Candidate], found: Evidence
    ) -> FieldReading:
        """The first candidate with its calibrated confidence, the others as alternatives."""
        shares = posteriors(candidates)
        others = tuple(
            Alternative(c.text, c.value, round(float(p), 4))
            for c, p in zip(
                candidates[1 : LIMITS.alternatives], shares[1 : LIMITS.alternatives], strict=False
            )
            if c.value is not None
        )
        sure = self.confidence(field, found, field.kind)
        best = candidates[0]
        source = f"{self.network(field).name}/{field.language or field.kind}"
        return FieldReading(field.name, field.kind, best.text, best.value, round(sure, 4),
                            box=box, alternatives=others, source=source)  # fmt: skip


def _among(parse: Callable[[str], Value], codes: frozenset[str]) -> Callable[[str], Value]:
    """A parser whose values are among codes: one that is not is no value, and stands against those that are."""

    def listed(text: str) -> Value:
        value = parse(text)
        return value if isinstance(value, str) and value.replace(".", "") in codes else None

    return listed


@lru_cache(maxsize=16)
def _bare(codes: tuple[str, ...]) -> frozenset[str]:
    """Codes without their points: forms differ in whether one is written."""
    return frozenset(code.replace(".", "") for code in codes)


def _from_list(output: LineOutput, listed: Sequence[str]) -> list[Candidate]:
    """The values of a list that fit the ink best, written in whichever case, as the list spells them; the freest
    reading, as it stands, where it is so much likelier that what is written is not on the list."""
    spelled = [_hands(value) for value in listed]
    by_spelling = iter(output.score([t for texts in spelled for t in texts]))
    scores = np.array([max(next(by_spelling) for _ in texts) for texts in spelled])
    free = output.best()
    best = [listed[i] for i in np.argsort(-scores)[: LIMITS.alternatives] if np.isfinite(scores[i])]
    found = [Candidate(text, text, float(scores[listed.index(text)])) for text in best]
    off_list = free.log_probability - LIMITS.off_list * max(1, len(free.text))
    if free.text.strip() and free.text.lower() not in [text.lower() for text in best]:
        found.append(Candidate(free.text, parse_name(free.text), off_list))
    return sorted(found, key=lambda candidate: -candidate.log_probability)


def _hands(value: str) -> tuple[str, ...]:
    """The ways in which a value of a list is written: lists are often in capitals, hands seldom."""
    return tuple(dict.fromkeys((value, capwords(value), value.upper())))


def empty_reading(field: Field | Column, box: Box | None) -> FieldReading:
    """A field in which nothing is written."""
    reasons = (because(ReasonCode.NOT_WRITTEN),) if field.required else ()
    status = status_of(None, written=False)
    return FieldReading(field.name, field.kind, "", None, LIMITS.empty, status, box, (), "ink", reasons)


def unread(
    field: Field | Column, box: Box | None, reason: Reason, text: str = "", source: str = "ink"
) -> FieldReading:
    """A field that may be written in, but has no value, and why."""
    return FieldReading(field.name, field.kind, text, None, 0.0, box=box, source=source, reasons=(reason,))


def yes_or_no(field: Field, box: Box | None, found: bool, probability: float) -> FieldReading:
    """The reading of a field that is there or not: a tick, a signature."""
    return FieldReading(field.name, field.kind, "", found, round(probability, 4), box=box, source="ink")


def side_by_side_in_cells(cells: Sequence[np.ndarray]) -> np.ndarray:
    """The crops of character boxes as one line, the empty ones between two characters taken together."""
    height = max(cell.shape[0] for cell in cells)
    level = [np.pad(c, ((0, height - c.shape[0]), (0, 0)), constant_values=255) for c in cells]
    return drawn_together(np.hstack(level), max(2, height // 10))


def widened(line: np.ndarray) -> np.ndarray:
    """A crop stretched along the line. People squeeze their names; CTC wants a column for each letter and more."""
    if line.size == 0:
        return line
    return cv2.resize(line, None, fx=LIMITS.stretch, fy=1.0, interpolation=cv2.INTER_CUBIC)


def has_ink(crop: np.ndarray) -> bool:
    """Whether a cleaned crop holds writing: enough pixels clearly darker than its paper."""
    return inked(crop) >= LIMITS.least_ink


def inked(crop: np.ndarray) -> int:
    """How many pixels of a cleaned crop are clearly darker than its paper."""
    if crop.size == 0:
        return 0
    (paper,) = percentiles(crop, (LIMITS.paper_percentile,))
    return int((crop < paper - LIMITS.ink).sum())


def parser(field: Field | Column) -> Callable[[str], Value]:
    """From the text to the value of the field's kind; None for a text that is no such value."""
    parse = written(field).parse
    return lambda text: parse(text, field)


_automaton = lru_cache(maxsize=64)(from_regular_expression)


def holds_figures(field: Field | Column) -> bool:
    """Whether a field holds figures alone, with the signs of an amount at most."""
    if written(field).figures:
        return True
    language = grammar(field)
    return language is not None and language.characters <= set("0123456789 ")


def grammar(field: Field | Column) -> Automaton | None:
    """The automaton of a kind whose language is small enough to be written down; None for the others."""
    if field.pattern is not None:
        return _automaton(field.pattern)
    of_kind = written(field).grammar
    return None if of_kind is None else of_kind(field)
