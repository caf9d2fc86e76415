"""A place that is signed or not."""

from inkfield.schemas.kinds.yes_no import YesNo

SIGNATURE = YesNo(
    "signature",
    "bool",
    ("yes", "no"),
    comment="true where signed{required}",
    keys=frozenset(),
    in_tables=False,
)
