"""A box that is ticked or not."""

from inkfield.schemas.kinds.yes_no import YesNo

CHECKBOX = YesNo("checkbox", "bool", ("yes", "no"), comment="true where ticked{required}", keys=frozenset())
