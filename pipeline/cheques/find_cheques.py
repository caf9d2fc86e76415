"""Finds the cheques in a picture and sets each upright; its MICR line decides the standard, once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from inkfield.pipeline.cheques.cheque import Cheque
from inkfield.pipeline.cheques.layout.by_line import read_line
from inkfield.pipeline.cheques.paper.find_papers import FoundPaper, find_papers, grown, inked_part
from inkfield.pipeline.cheques.registry import STANDARDS, decided_by
from inkfield.pipeline.cheques.standard import ChequeStandard
from inkfield.pipeline.image.geometry import quarter_turn, to_grey
from inkfield.pipeline.image.orientation import rotate_upright
from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class FindChequeLimits:
    """Which pictures may be cheques."""

    grown: float = limit(
        1.3,
        "ratio",
        "guess",
        "Least width over height of a picture with what lies before and behind a tinted part that may "
        "be all of the cheque",
    )


LIMITS = FindChequeLimits()


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


def _on_paper(image: np.ndarray, paper: FoundPaper) -> Cheque | None:
    """The cheque that a paper is, or whose tinted part it is."""
    cheque = _moved(set_upright(paper.image), paper)
    if cheque is not None and cheque.proven:
        return cheque
    larger = grown(image, paper)
    whole = _moved(set_upright(larger.image, larger=True), larger)
    return whole if whole is not None and whole.proven else cheque


def _moved(cheque: Cheque | None, paper: FoundPaper) -> Cheque | None:
    """The cheque on a paper, with its way back to the picture that the paper lies in."""
    return replace(cheque, to_scan=paper.to_scan @ cheque.to_scan) if cheque else None


def set_upright(image: np.ndarray, larger: bool = False) -> Cheque | None:
    """The cheque that fills the picture, whichever way it lies; None when the picture shows no such cheque.

    Standards look at it one after the other, each both ways up, until one finds a cheque. A MICR line that surely is
    another's decides at once: that one looks next, this way up first. Without a line, what is printed decides, where
    no line of a standard is found that is told by its line alone.
    ``larger``: the picture may be too high, with what lies before and behind the cheque.
    """
    turns: tuple[int, ...] = (90, 270) if image.shape[0] > image.shape[1] else (0, 180)
    fitting = [standard for standard in STANDARDS.values() if _may_fill(image, standard, larger)]
    by_line = [standard for standard in fitting if standard.by_line]
    waiting = [standard for standard in fitting if not standard.by_line]
    while waiting:
        standard = waiting.pop(0)
        best: Cheque | None = None
        for turn in turns:
            cheque, owner = _seen(image, turn, standard, larger)
            if cheque is not None and cheque.proven:
                return cheque
            if owner in by_line:
                told, _ = _seen(image, turn, owner, larger)
                if told is not None and told.proven:
                    return told
            best = best or cheque
            if best is None and owner in waiting:
                waiting.remove(owner)
                waiting.insert(0, owner)
                turns = (turn, *(other for other in turns if other != turn))
                break
        if best is not None:
            return _told_by_line(image, turns, by_line, larger) or best
    return _told_by_line(image, turns, by_line, larger)


def _told_by_line(
    image: np.ndarray, turns: tuple[int, ...], by_line: list[ChequeStandard], larger: bool
) -> Cheque | None:
    """The cheque of a standard that is told by its line alone, whose line stands at the foot of a picture."""
    if not by_line:
        return None
    for turn in turns:
        owner = decided_by(read_line(to_grey(rotate_upright(image, turn))))
        if owner in by_line:
            cheque, _ = _seen(image, turn, owner, larger)
            if cheque is not None and cheque.proven:
                return cheque
    return None


def _may_fill(image: np.ndarray, standard: ChequeStandard, larger: bool) -> bool:
    """Whether the picture has the shape of a cheque of the standard."""
    aspect = max(image.shape[:2]) / max(1, min(image.shape[:2]))
    least, most = standard.aspect
    return (LIMITS.grown if larger else least) <= aspect <= most


def _seen(
    image: np.ndarray, turn: int, standard: ChequeStandard, larger: bool
) -> tuple[Cheque | None, ChequeStandard | None]:
    """The cheque that a standard sees in a picture after a turn; and the standard that the line at its foot decides
    for."""
    look = standard.look(rotate_upright(image, turn), larger)
    owner = decided_by(look.micr)
    if look.layout is None or owner not in (None, standard):
        return None, owner
    to_scan = np.linalg.inv(look.to_level @ quarter_turn(image.shape, turn))
    return Cheque(look.image, look.layout, to_scan, standard), owner
