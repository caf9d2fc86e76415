"""docs/limits.md: every tuned number with its unit, where it comes from and what it means.

``python -m inkfield.lab.limits.page > docs/limits.md``
"""

from __future__ import annotations

from collections import Counter
from typing import get_args

from inkfield.lab.limits.stages import stages
from inkfield.recognizers.limits import Origin, limits_of

_HEAD = """# Limits

The numbers that decide while something is read. Each is a field of its stage's `LIMITS`, a frozen dataclass at the head
of the stage's module. Where a number comes from:

- `standard`: a standard or a definition says so;
- `rendered`: measured on pages that the project renders;
- `dev cheques`: measured on the 36 Indian and 14 US development cheques, which nothing is reported on as new;
- `validation lines`: measured on lines of writers kept for validation;
- `guess`: nobody measured it: it was thought plausible, and what was tried on it did well.

`inkfield sensitivity` moves each by 10 % and shows what is then read otherwise; [sensitivity](sensitivity.md) has what
came of it. Weights of grammars and of language models stand with their words and models, not here.
"""


def as_markdown() -> str:
    """docs/limits.md."""
    known = {stage: limits_of(limits) for stage, limits in stages().items()}
    origins = Counter(limit.origin for limits in known.values() for limit in limits.values())
    counts = ", ".join(f"{origins[origin]} `{origin}`" for origin in get_args(Origin))
    rows = [_HEAD, f"There are {origins.total()} in {len(known)} stages: {counts}."]
    for stage, limits in stages().items():
        rows += ["", f"## {stage}", "", str(type(limits).__doc__), ""]
        rows += ["| limit | value | unit | origin | meaning |", "|---|---|---|---|---|"]
        rows += [
            f"| `{name}` | {_shown(getattr(limits, name))} | {limit.unit} | {limit.origin} | {limit.meaning} |"
            for name, limit in known[stage].items()
        ]
    return "\n".join(rows) + "\n"


def _shown(value: object) -> str:
    return ", ".join(map(_shown, value)) if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    print(as_markdown(), end="")
