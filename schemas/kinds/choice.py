"""One of several boxes that is ticked; its value is what the form calls the box."""

from inkfield.schemas.kinds.kind import FieldKind

CHOICE = FieldKind("choice", keys=frozenset(), in_tables=False)
