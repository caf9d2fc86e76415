"""What is looked at after a night: is every document accounted for, and are the rates as they use to be?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from schemas.batch_counts import BatchCounts

COMPARED = 5
"""With fewer earlier runs than this nothing is called unusual."""
LEAST = 0.05
"""A rate that is this near to the mean of the earlier runs is as usual, however even these were."""
RATE_NAMES = {
    "failed": "documents that failed",
    "review": "documents to review",
    "accepted": "fields accepted",
}


@dataclass(frozen=True)
class Check:
    name: str
    good: bool
    detail: str


def rates(counts: BatchCounts) -> dict[str, float]:
    """Shares between 0 and 1; none of a batch that has nothing to divide by."""
    read = counts.done + counts.review + counts.failed
    fields = counts.fields_accepted + counts.fields_review
    found: dict[str, float] = {}
    if read:
        found |= {"failed": counts.failed / read, "review": counts.review / read}
    if fields:
        found["accepted"] = counts.fields_accepted / fields
    return {name: round(rate, 4) for name, rate in found.items()}


def check_night(
    counts: BatchCounts, nights: int, rates: Mapping[str, float], earlier: Sequence[Mapping[str, Any]]
) -> list[Check]:
    """``earlier`` are the figures of the last runs."""
    settled = counts.done + counts.review + counts.failed + counts.already_read
    found = [
        Check(
            "every document has a result",
            counts.unsettled == 0 and settled == counts.documents,
            f"{settled} of {counts.documents}",
        ),
        Check("no night was missed", nights <= 1, "none" if nights <= 1 else f"{nights - 1} caught up"),
    ]
    return found + [_compare(name, rates[name], earlier) for name in RATE_NAMES if name in rates]


def _compare(name: str, rate: float, earlier: Sequence[Mapping[str, Any]]) -> Check:
    """Unusual is what lies more than three standard deviations from the mean of the earlier runs."""
    values = [run["rates"][name] for run in earlier if name in run.get("rates", {})]
    if len(values) < COMPARED:
        return Check(
            RATE_NAMES[name], True, f"{rate:.1%}; {len(values)} earlier runs, too few to compare with"
        )
    mean, spread = fmean(values), stdev(values)
    usual = abs(rate - mean) <= max(LEAST, 3 * spread)
    detail = f"{rate:.1%}; the last {len(values)} runs {mean:.1%} ({min(values):.1%} to {max(values):.1%})"
    return Check(RATE_NAMES[name], usual, detail)
