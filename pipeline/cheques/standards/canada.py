"""Canadian cheques (Payments Canada, Standard 006), in English, French or both: 6 x 2.75 to 8.5 x 4.25 inches.

The date is written in eight boxes; the letters under them tell its order.
"""

from __future__ import annotations

from functools import partial

from inkfield.pipeline.cheques.layout.by_line import Plan, look_by_line
from inkfield.pipeline.cheques.micr.canadian_line import (
    canadian_faults,
    is_canadian_micr,
    parse_canadian_micr,
)
from inkfield.pipeline.cheques.standard import ChequeStandard
from inkfield.pipeline.fields.kinds.amount_locale import CANADIAN

_PLAN = Plan(
    rules=(("payee", 0.5), ("legal_amount_1", 0.64)),
    box=0.47,
    date="above",
    signs="$",
)

_OF_LINE = {"cheque_number": "serial", "transit_number": "routing", "account_number": "account"}

STANDARD = ChequeStandard(
    name="cheque_ca",
    aspect=(1.75, 2.6),
    look=partial(look_by_line, plan=_PLAN),
    owns=is_canadian_micr,
    parts=parse_canadian_micr,
    faults=canadian_faults,
    captions=(),
    fields=dict.fromkeys(_OF_LINE, "code"),
    amounts=CANADIAN,
    names_printed=True,
    line_fields=_OF_LINE,
    by_line=True,
    date_by_letters=True,
)
