"""UK cheques (Cheque and Credit Clearing, Standards 3 and 5): personal ones 6 x 3 inches, business ones up to 8 x 4."""

from __future__ import annotations

from functools import partial

from inkfield.pipeline.cheques.layout.by_line import Plan, look_by_line
from inkfield.pipeline.cheques.micr.uk_line import is_uk_micr, parse_uk_micr, uk_faults
from inkfield.pipeline.cheques.standard import ChequeStandard
from inkfield.pipeline.fields.kinds.amount_locale import BRITISH

_PLAN = Plan(
    rules=(("payee", 0.46), ("legal_amount_1", 0.6), ("legal_amount_2", 0.73)),
    box=0.58,
    date="above",
    signs="£",
)
"""Heights as four banks print them, within 5 mm."""

_OF_LINE = {"cheque_number": "serial", "sort_code": "routing", "account_number": "account"}

STANDARD = ChequeStandard(
    name="cheque_uk",
    aspect=(1.75, 2.6),
    look=partial(look_by_line, plan=_PLAN),
    owns=is_uk_micr,
    parts=parse_uk_micr,
    faults=uk_faults,
    captions=(),
    fields=dict.fromkeys(_OF_LINE, "code"),
    amounts=BRITISH,
    names_printed=True,
    line_fields=_OF_LINE,
    by_line=True,
)
