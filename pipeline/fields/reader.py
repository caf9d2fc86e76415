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
    TESTED_LINES,
    confidence,
    load_calibration,
    load_page_calibration,
    most_sure,
)
from inkfield.pipeline.fields.cell_reader import cells_log_probs, drawn_together
from inkfield.pipeline.fields.kinds.amount_locale import AmountLocale, locale_of
from inkfield.pipeline.fields.kinds.amount_words import amount_words_automaton, parse_amount_words
from inkfield.pipeline.fields.kinds.amounts import amount_automaton, parse_amount
from inkfield.pipeline.fields.kinds.codes import parse_code
from inkfield.pipeline.fields.kinds.dates import DateOrder, date_automaton, parse_date
from inkfield.pipeline.fields.kinds.integers import parse_integer
from inkfield.pipeline.fields.kinds.names import parse_name
from inkfield.pipeline.fields.ranking import Candidate, Evidence, evidence, merge_looks, posteriors, rank
from inkfield.pipeline.image.deslanted_line import set_upright
from inkfield.pipeline.records import Alternative, Box, FieldReading, Value
from inkfield.recognizers.ctc.best_path import best_path
from inkfield.recognizers.ctc.constrained import constrained_beam
from inkfield.recognizers.ctc.join import join_lines
from inkfield.recognizers.ctc.text_score import score_candidates
from inkfield.recognizers.ctc.word_beam import BeamDecoder
from inkfield.recognizers.grammars.automaton import Automaton
from inkfield.recognizers.grammars.regular import from_regular_expression
from inkfield.recognizers.language.model import load_language
from inkfield.recognizers.normalise import percentiles
from inkfield.recognizers.recognizer import FIGURES, WEIGHTS, Recognizer, load_recognizer
from inkfield.schemas.forms.model import Column, Field, Form

_ALTERNATIVES = 5
_LEAST_INK = 40
"""Pixels of ink from which on something is written."""
_OFF_LIST = 1.2
"""Nats a letter by which a reading must be likelier than every value of a list to be one that is not on it."""
_WIDER = 1.12
"""Stretch at which names are read best: payees of 36 cheques with 8.8 % CER instead of 9.2, 300 rendered names with 5.4
instead of 5.5."""
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


class FieldReader:
    """Reads fields with a recogniser of lines and one of figures. Holds the decoders, which are costly to build."""

    def __init__(self, recognizer: Recognizer) -> None:
        self.recognizer = recognizer
        self.figures = load_recognizer(str(FIGURES))
        self.alphabet = recognizer.alphabet
        self.calibration = dict(load_calibration(WEIGHTS / f"{recognizer.name}.calibration.json"))
        pages = load_page_calibration(WEIGHTS / f"{recognizer.name}.cheques.json")
        self.calibration.update(pages.coefficients)
        self.posting = pages.posting
        self.form: str | None = None
        self.known: dict[str, tuple[str, ...]] = {}
        self.witness: Witness | None = None
        self._decoder = lru_cache(maxsize=16)(self._build_decoder)

    def for_form(self, form: Form) -> FieldReader:
        """This reader, with the confidences that were calibrated on pages of that form and its lists of values."""
        other = copy(self)
        other.form = form.name
        other.known = {field.name: form.known_values(field) for field in form.fields if field.known_values}
        return other

    def confidence(self, field: Field | Column, found: Evidence, kind: str) -> float:
        """Probability that the value is right: calibrated for this field of this form, or else for its kind."""
        key = f"{self.form}.{field.name}"
        if kind != field.kind:
            key += f".{kind}"
        if self.witness is not None:
            self.witness(key, field.name, found)
        return min(confidence(found, self.calibration.get(key) or self.calibration.get(kind)), self.most_sure)

    @property
    def most_sure(self) -> float:
        """The most that any reading of this form is sure of: by the number of pages that it was tested with."""
        return most_sure(len(self.posting.get(self.form or "", ())) or TESTED_LINES)

    def read(self, field: Field | Column, ink: Ink) -> FieldReading:
        """The field's reading; its status is provisional until the form's rules have been applied."""
        if ink.cells:
            looks = self.looks_at_cells(field, ink.cells)
            return self.decide(field, ink.box, *looks) if looks else self.empty(field, ink.box, ink.cells)
        looks = self.looks_at_lines(field, ink)
        return self.decide(field, ink.box, *looks) if looks else self.empty(field, ink.box, ink.lines)

    def empty(self, field: Field | Column, box: Box | None, crops: Sequence[np.ndarray]) -> FieldReading:
        """The reading of a field in whose crops nothing is written: the surer the less ink there is."""
        specks = max((inked(crop) for crop in crops), default=0)
        sure = self.most_sure * max(0.0, 1.0 - specks / _LEAST_INK)
        return replace(empty_reading(field, box), confidence=round(sure, 4))

    def looks_at_cells(
        self, field: Field | Column, cells: Sequence[np.ndarray]
    ) -> tuple[list[Candidate], np.ndarray] | None:
        """Candidates from character boxes read one by one and side by side, and the columns of the former.

        Alone a character is seen largest; side by side its size and place tell, and figures are looked at by both
        networks. None where there is no ink.
        """
        by_cell = cells_log_probs(self.recognizer, cells)
        if by_cell is None:
            return None
        height = max(cell.shape[0] for cell in cells)
        level = [np.pad(c, ((0, height - c.shape[0]), (0, 0)), constant_values=255) for c in cells]
        strip = drawn_together(np.hstack(level), max(2, height // 10))
        networks = (self.recognizer, self.figures) if holds_figures(field) else (self.recognizer,)
        by_strip = [self.candidates(field, network.log_probs([strip])[0]) for network in networks]
        return merge_looks(self.candidates(field, by_cell), *by_strip), by_cell

    def looks_at_lines(self, field: Field | Column, ink: Ink) -> tuple[list[Candidate], np.ndarray] | None:
        """Candidates from the lines of a field, and the columns of the first look; None where there is no ink.

        At a date, in figures or with the month's name, both networks look. Names are looked at a little widened.
        """
        networks = [self.network(field)]
        if field.kind == "date" and networks[0] is not self.figures:
            networks.append(self.figures)
        if field.kind == "name":
            ink = replace(ink, lines=tuple(widened(line) for line in ink.lines))
        columns = [look for network in networks if (look := self.log_probs(ink, network)) is not None]
        if not columns:
            return None
        return merge_looks(*(self.candidates(field, look) for look in columns)), columns[0]

    def network(self, field: Field | Column) -> Recognizer:
        """The recogniser for a field's lines: that of figures where nothing else can stand."""
        return self.figures if holds_figures(field) else self.recognizer

    def log_probs(self, ink: Ink, network: Recognizer | None = None) -> np.ndarray | None:
        """Columns (T, C) of all the field's lines, joined by a blank space; None where there is no ink.

        They are those of ``network``, by default of the recogniser of lines.
        """
        crops = [set_upright(line) for line in ink.lines if has_ink(line)]
        if not crops:
            return None
        return join_lines((network or self.recognizer).log_probs(crops), self.alphabet)

    def candidates(self, field: Field | Column, log_probs: np.ndarray) -> list[Candidate]:
        """Readings of the columns that are values of the field's kind, best first."""
        parse = parser(field)
        listed = self.known.get(field.name, ())
        if listed and field.kind in ("name", "text"):
            return self._from_list(log_probs, listed)
        automaton = grammar(field)
        if automaton is not None:
            found = rank(constrained_beam(log_probs, self.alphabet, automaton), parse)
            if found:
                return found
        return rank(self._decoder(field.language).decode(log_probs, n_best=10), parse)

    def _from_list(self, log_probs: np.ndarray, listed: Sequence[str]) -> list[Candidate]:
        """The values of a list that fit the ink best, written in whichever case, as the list spells them; the freest
        reading, as it stands, where it is so much likelier that what is written is not on the list."""
        spelled = [_hands(value) for value in listed]
        by_spelling = iter(
            score_candidates(log_probs, self.alphabet, [t for texts in spelled for t in texts])
        )
        scores = np.array([max(next(by_spelling) for _ in texts) for texts in spelled])
        free = best_path(log_probs, self.alphabet)
        best = [listed[i] for i in np.argsort(-scores)[:_ALTERNATIVES] if np.isfinite(scores[i])]
        found = [Candidate(text, text, float(scores[listed.index(text)])) for text in best]
        off_list = free.log_probability - _OFF_LIST * max(1, len(free.text))
        if free.text.strip() and free.text.lower() not in [text.lower() for text in best]:
            found.append(Candidate(free.text, parse_name(free.text), off_list))
        return sorted(found, key=lambda candidate: -candidate.log_probability)

    def decide(
        self, field: Field | Column, box: Box | None, candidates: Sequence[Candidate], log_probs: np.ndarray
    ) -> FieldReading:
        """The reading that the candidates and the columns support."""
        if not candidates:
            text = self._decoder(None).decode(log_probs, n_best=1)[0].text
            return FieldReading(
                field.name,
                field.kind,
                text,
                None,
                0.0,
                "review",
                box,
                (),
                self.network(field).name,
                ("no value",),
            )
        found = evidence(candidates, log_probs, self.alphabet)
        return self.reading(field, box, candidates, found)

    def reading(
        self, field: Field | Column, box: Box | None, candidates: Sequence[Candidate], found: Evidence
    ) -> FieldReading:
        """The first candidate with its calibrated confidence, the others as alternatives."""
        shares = posteriors(candidates)
        others = tuple(
            Alternative(c.text, c.value, round(float(p), 4))
            for c, p in zip(candidates[1:_ALTERNATIVES], shares[1:_ALTERNATIVES], strict=False)
            if c.value is not None
        )
        sure = self.confidence(field, found, field.kind)
        best = candidates[0]
        status = "accepted" if sure >= field.accept_at else "review"
        reasons = () if status == "accepted" else ("confidence below the form's limit",)
        return FieldReading(
            field.name,
            field.kind,
            best.text,
            best.value,
            round(sure, 4),
            "accepted" if status == "accepted" else "review",
            box,
            others,
            f"{self.network(field).name}/{field.language or field.kind}",
            reasons,
        )

    def _build_decoder(self, language: str | None) -> BeamDecoder:
        return BeamDecoder(self.alphabet, load_language(language) if language else None)


def _hands(value: str) -> tuple[str, ...]:
    """The ways in which a value of a list is written: lists are often in capitals, hands seldom."""
    return tuple(dict.fromkeys((value, capwords(value), value.upper())))


def empty_reading(field: Field | Column, box: Box | None) -> FieldReading:
    """A field in which nothing is written."""
    reasons = ("required, but nothing is written",) if field.required else ()
    return FieldReading(field.name, field.kind, "", None, 0.95, "empty", box, (), "ink", reasons)


def yes_or_no(field: Field, box: Box | None, found: bool, probability: float) -> FieldReading:
    """The reading of a field that is there or not: a tick, a signature."""
    status = "accepted" if probability >= field.accept_at else "review"
    return FieldReading(
        field.name, field.kind, "", found, round(probability, 4), "accepted" if status == "accepted" else "review",
        box, source="ink",
    )  # fmt: skip


def widened(line: np.ndarray) -> np.ndarray:
    """A crop stretched along the line. People squeeze their names; CTC wants a column for each letter and more."""
    if line.size == 0:
        return line
    return cv2.resize(line, None, fx=_WIDER, fy=1.0, interpolation=cv2.INTER_CUBIC)


def has_ink(crop: np.ndarray, least: int = _LEAST_INK) -> bool:
    """Whether a cleaned crop holds writing: at least ``least`` pixels clearly darker than its paper."""
    return inked(crop) >= least


def inked(crop: np.ndarray) -> int:
    """How many pixels of a cleaned crop are clearly darker than its paper."""
    if crop.size == 0:
        return 0
    (paper,) = percentiles(crop, (80,))
    return int((crop < paper - 60).sum())


def parser(field: Field | Column) -> Callable[[str], Value]:
    """From the text to the value of the field's kind; None for a text that is no such value."""
    match field.kind:
        case "amount":
            return parse_amount
        case "amount_words":
            return parse_amount_words
        case "date":
            order = field.date_order or "DMY"
            return lambda text: parse_date(text, order)
        case "integer":
            return parse_integer
        case "code" | "micr":
            return lambda text: parse_code(text, field.pattern)
        case "name" | "address":
            return lambda text: parse_name(text) or None
        case _:
            return lambda text: " ".join(text.split()) or None


@lru_cache(maxsize=64)
def _automaton(
    kind: str, order: DateOrder, cells: bool, pattern: str | None, locale: AmountLocale
) -> Automaton | None:
    if pattern is not None:
        return from_regular_expression(pattern)
    match kind:
        case "amount":
            return amount_automaton(locale)
        case "amount_words":
            return amount_words_automaton(locale)
        case "date":
            return date_automaton(order, cells=cells)
        case "integer":
            return from_regular_expression("[0-9]{1,18}")
        case _:
            return None


def holds_figures(field: Field | Column) -> bool:
    """Whether a field holds figures alone, with the signs of an amount at most."""
    if field.kind == "amount":
        return True
    language = grammar(field)
    return language is not None and language.characters <= set("0123456789")


def grammar(field: Field | Column) -> Automaton | None:
    """The automaton of a kind whose language is small enough to be written down; None for the others."""
    cells = bool(field.cells or getattr(field, "cell_boxes", None))
    return _automaton(field.kind, field.date_order or "DMY", cells, field.pattern, locale_of(field.grammar))
