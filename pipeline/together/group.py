"""Which pages of a form of several belong together: one filled form, one row.

Nothing but the numbers of the pages, their order in the file, and what is written in the fields that the form names is
looked at. Where these leave a choice, the likelier one is made and called doubtful: a person then looks at it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from inkfield.recognizers.limits import limit


@dataclass(frozen=True)
class TogetherLimits:
    """When two pages that say not quite the same are perhaps of one filled form."""

    alike: float = limit(
        0.7,
        "share",
        "guess",
        "Of the characters of a number that two pages have in common, from which one may be misread: 2 of 8 wrong",
    )


LIMITS = TogetherLimits()


@dataclass(frozen=True)
class SeenPage:
    """A page of the form: where it is in the file, which page of the form it is, and what is written there that is
    equal on all pages of one filled form; None where that is not used, or was not read."""

    place: int
    number: int
    key: str | None = None
    sure: bool = False
    """Whether ``key`` is right beyond doubt: two that differ are of two filled forms."""


@dataclass(frozen=True)
class FilledForm:
    """Pages that belong together, in the order of the form. ``doubtful``: perhaps others do."""

    pages: tuple[SeenPage, ...]
    doubtful: bool = False

    @property
    def numbers(self) -> set[int]:
        return {page.number for page in self.pages}


def by_order(pages: Sequence[SeenPage], required: Collection[int]) -> list[FilledForm]:
    """Pages that come one after the other. ``pages`` are in the order of the file; a form is whole with the pages of it
    that are ``required``.

    If none comes twice, all are of one. If not, the file is cut where the numbers begin anew: going up, going down, or
    at each page that is there already; that cut is taken which leaves most whole. Whole forms whose pages lie in
    another order than those of the others are doubtful.
    """
    if not pages:
        return []
    if len({page.number for page in pages}) == len(pages):
        return [_filled(pages)]
    cuts = [list(_cut(pages, goes_on)) for goes_on in (_up, _down, _new)]
    best = max(cuts, key=lambda cut: sum(_is_whole(part, required) for part in cut))
    usual = Counter(_orders(best, required)).most_common(2)
    even = len(usual) == 2 and usual[0][1] == usual[1][1]
    return [
        _filled(
            part,
            doubtful=best is cuts[2] and (even or not usual or tuple(p.number for p in part) != usual[0][0]),
        )
        for part in best
    ]


def by_equal(pages: Sequence[SeenPage], required: Collection[int]) -> list[FilledForm]:
    """Pages on which the same is written, wherever in the file they lie.

    What is the same twice (an application handed in twice) is parted by order. Then what is not whole is joined where
    one part may be misread, or has nothing to be read, and the other lacks just these pages: those are doubtful.
    """
    by_key: dict[str, list[SeenPage]] = {}
    parts: list[FilledForm] = []
    for page in pages:
        if page.key is None:
            parts.append(_filled([page]))
        else:
            by_key.setdefault(page.key, []).append(page)
    for same in by_key.values():
        parts += by_order(same, required)
    whole = [part for part in parts if _is_whole(part.pages, required)]
    loose = [part for part in parts if not _is_whole(part.pages, required)]
    return sorted([*whole, *_joined(loose)], key=lambda part: min(page.place for page in part.pages))


def _joined(loose: Sequence[FilledForm]) -> list[FilledForm]:
    """Parts that are not whole, joined where they may be one: the likest first, of these the nearest in the file."""
    pairs = sorted(
        (
            unlike,
            min(abs(a.place - b.place) for a in loose[one].pages for b in loose[other].pages),
            one,
            other,
        )
        for one in range(len(loose))
        for other in range(one + 1, len(loose))
        if (unlike := _may_be_one(loose[one], loose[other])) is not None
    )
    stands = list(loose)
    """Of each part the form that it is of by now."""
    for _, _, one, other in pairs:
        first, second = stands[one], stands[other]
        if first is not second and _may_be_one(first, second) is not None:
            both = _filled((*first.pages, *second.pages), doubtful=True)
            stands = [both if part is first or part is second else part for part in stands]
    return list({id(part): part for part in stands}.values())


def _may_be_one(one: FilledForm, other: FilledForm) -> float | None:
    """How unlike two parts are, from 0 to 1; None where they are not of one filled form."""
    if one.numbers & other.numbers:
        return None
    unlike = max(_unlike(a, b) for a in one.pages for b in other.pages)
    return unlike if unlike <= 1 - LIMITS.alike else None


def _unlike(one: SeenPage, other: SeenPage) -> float:
    """From 0 to 1; a page without anything to be read may be of any."""
    if one.key is None or other.key is None:
        return 1 - LIMITS.alike
    if one.sure and other.sure and one.key != other.key:
        return 1.0
    matcher = SequenceMatcher(None, one.key, other.key, autojunk=False)
    return 1.0 if matcher.quick_ratio() < LIMITS.alike else 1 - matcher.ratio()


def _filled(pages: Sequence[SeenPage], doubtful: bool = False) -> FilledForm:
    return FilledForm(tuple(sorted(pages, key=lambda page: (page.number, page.place))), doubtful)


def _is_whole(pages: Sequence[SeenPage], required: Collection[int]) -> bool:
    return {page.number for page in pages} >= set(required)


def _orders(cut: Sequence[Sequence[SeenPage]], required: Collection[int]) -> list[tuple[int, ...]]:
    return [tuple(page.number for page in part) for part in cut if _is_whole(part, required)]


def _cut(
    pages: Sequence[SeenPage], goes_on: Callable[[Sequence[SeenPage], SeenPage], bool]
) -> Iterator[list[SeenPage]]:
    part: list[SeenPage] = []
    for page in pages:
        if part and not goes_on(part, page):
            yield part
            part = []
        part.append(page)
    yield part


def _up(part: Sequence[SeenPage], page: SeenPage) -> bool:
    return page.number > part[-1].number


def _down(part: Sequence[SeenPage], page: SeenPage) -> bool:
    return page.number < part[-1].number


def _new(part: Sequence[SeenPage], page: SeenPage) -> bool:
    return all(page.number != other.number for other in part)
