"""What is looked at after a night: is every document accounted for, did too many fail, is it as it uses to be?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot, sqrt
from statistics import median
from typing import Any

from inkfield.schemas.store.batch_counts import BatchCounts

MAX_FAILED = 0.05
"""Share of failed documents above which a night is red where the schedule says nothing else, from the first on."""
COMPARED = 5
"""With fewer earlier nights than this nothing is called unusual."""
LEAST = 0.05
"""A share that is this near to the median of the earlier nights is as usual, however even these were."""
SPREADS = 3
"""Standard deviations beyond which a share is unusual: by chance three nights in a thousand."""
MAD_TO_DEVIATION = 1.4826
"""From the median absolute deviation to the standard deviation of a normal distribution."""
FAILED, REVIEW, ACCEPTED = "failed", "review", "accepted"
RATE_NAMES = {
    FAILED: "documents that failed",
    REVIEW: "documents to review",
    ACCEPTED: "fields accepted",
}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. ``advice`` says what to do where it is not good.

    ``judged`` is False for a share that has no limit, and too few earlier nights to be compared with.
    """

    name: str
    good: bool
    detail: str
    advice: str = ""
    judged: bool = True

    @property
    def word(self) -> str:
        if not self.good:
            return "LOOK"
        return "ok" if self.judged else "too early to tell"


def rates(counts: BatchCounts) -> dict[str, float]:
    """Shares between 0 and 1; none of a batch that has nothing to divide by."""
    shares = ((name, *counted(name, counts)) for name in RATE_NAMES)
    return {name: round(part / whole, 4) for name, part, whole in shares if whole}


def counted(name: str, counts: BatchCounts) -> tuple[int, int]:
    """The two numbers that a rate is made of: how many, of how many."""
    read = counts.done + counts.review + counts.failed
    fields = counts.fields_accepted + counts.fields_review
    parts = {
        FAILED: (counts.failed, read),
        REVIEW: (counts.review, read),
        ACCEPTED: (counts.fields_accepted, fields),
    }
    return parts[name]


def check_night(
    counts: BatchCounts, nights: int, earlier: Sequence[Mapping[str, Any]], max_failed: float = MAX_FAILED
) -> list[Check]:
    """``earlier`` are the figures of the last nights, ``max_failed`` is a share between 0 and 1."""
    settled = counts.done + counts.review + counts.failed + counts.already_read
    missed = nights - 1
    found = [
        Check(
            "documents without a result",
            counts.unsettled == 0 and settled == counts.documents,
            f"{counts.documents - settled:,} of {counts.documents:,}",
            "Some were being read when the run ended. The next night reads them; look into the log of the worker.",
        ),
        Check(
            "missed nights",
            missed <= 0,
            "none" if missed <= 0 else f"{missed}, caught up now",
            "Keep the Prefect server and a worker running. inkfield schedule list shows whether there is one.",
        ),
        *_came(counts, earlier),
    ]
    return found + [
        _share(name, counts, earlier, max_failed) for name in RATE_NAMES if counted(name, counts)[1]
    ]


def _came(counts: BatchCounts, earlier: Sequence[Mapping[str, Any]]) -> list[Check]:
    """An empty night is only told where there has never been one: shares of nothing are no warning."""
    before = [new_documents(night) for night in earlier if "documents" in night]
    if new_documents(counts.as_dict()) or len(before) < COMPARED or min(before) == 0:
        return []
    detail = f"none; in the last {len(before)} nights {min(before):,} to {max(before):,}"
    advice = "See whether scanner, network drive and copying still bring files to the folder."
    return [Check("documents that came", False, detail, advice)]


def _share(name: str, counts: BatchCounts, earlier: Sequence[Mapping[str, Any]], max_failed: float) -> Check:
    part, whole = counted(name, counts)
    rate = part / whole
    details = [f"{part:,} of {whole:,} ({percent(rate)})"]
    good, advice = True, "Look at some of tonight's documents: inkfield explain FILE"
    if name == FAILED:
        good, advice = rate <= max_failed, "See below why, and what to do."
        details.append(f"the limit is {percent(max_failed)}")
    before = [night["rates"][name] for night in earlier if name in night.get("rates", {})]
    if len(before) >= COMPARED:
        good = good and is_usual(rate, whole, before, only_more=name == FAILED)
        details.append(
            f"usually {percent(median(before))} "
            f"({percent(min(before))} to {percent(max(before))} in the last {len(before)} nights)"
        )
    judged = name == FAILED or len(before) >= COMPARED
    return Check(RATE_NAMES[name], good, "; ".join(details), advice, judged)


def new_documents(figures: Mapping[str, Any]) -> int:
    """How many documents of a night had not been read before under another name."""
    return int(figures.get("documents", 0)) - int(figures.get("already_read", 0))


def is_usual(rate: float, whole: int, before: Sequence[float], only_more: bool = False) -> bool:
    """Whether a share of ``whole`` is what the earlier ones let expect.

    They spread from night to night, and a share of few documents is uncertain by itself (binomial, with the rule of
    succession for shares of none or all). Median and median absolute deviation, since one night that went wrong
    must not make the next ones look usual; what has changed for good is usual after half of the nights.
    """
    middle = median(before)
    spread = MAD_TO_DEVIATION * median(abs(value - middle) for value in before)
    share = (middle * whole + 1) / (whole + 2)
    chance = sqrt(share * (1 - share) / whole)
    away = rate - middle if only_more else abs(rate - middle)
    return away <= max(LEAST, SPREADS * hypot(spread, chance))


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"
