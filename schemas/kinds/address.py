"""A postal address, of one line or more."""

from inkfield.schemas.kinds.kind import FieldKind

ADDRESS = FieldKind("address", samples=("12 Mill Lane, Eastwick 40312",))
