"""What Indian banks print beside the places that are written on: wordings in English and in scripts of India.

The letters are drawn one after the other without the shaping of their script: ligatures come apart, which changes
nothing in how print looks beside writing, and the picture is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LATIN: Mapping[str, tuple[str, ...]] = {
    "pay": ("Pay", "PAY", "Pay to", "Pay :", "PAY TO"),
    "rupees": ("Rupees", "RUPEES", "Rupees :", "The sum of Rupees", "Rs. (in words)"),
    "bearer": ("Or Bearer", "OR BEARER", "or Bearer", "or Order", "or bearer", "OR ORDER"),
    "date": ("DATE", "Date", "Dated", ""),
    "account": ("A/c No.", "A/C NO.", "Account No.", "A/c. No.", "SB A/c", "Ac No :"),
    "ifsc": ("RTGS / NEFT IFSC Code : {}", "IFSC : {}", "IFS CODE - {}", "RTGS/NEFT IFSC {}", "IFSC Code: {}"),
    "valid": ("Valid for three months only", "VALID FOR THREE MONTHS FROM THE DATE OF ISSUE",
              "VALID FOR 3 MONTHS ONLY", "Valid for 3 months from date of issue", ""),
    "sign": ("Please sign above", "Please sign above this line", "Authorised Signatory", "Signature", ""),
    "par": ("Payable at par at all branches of {} in India.", "PAYABLE AT PAR AT ALL OUR BRANCHES IN INDIA",
            "Multi-city cheque payable at par at all branches", ""),
}  # fmt: skip

SCRIPTS: Mapping[str, Mapping[str, str]] = {
    "hind": {"pay": "अदा करें", "rupees": "रुपये", "bearer": "या धारक को", "date": "तारीख", "account": "खाता सं.",
             "name": "सहकारी बैंक"},
    "hind-madurai": {"pay": "செலுத்துக", "rupees": "ரூபாய்", "bearer": "அல்லது கொணர்பவருக்கு", "date": "தேதி",
                     "account": "கணக்கு எண்", "name": "வங்கி"},
    "hind-siliguri": {"pay": "টাকা দাও", "rupees": "টাকা", "bearer": "বা বাহককে", "date": "তারখ",
                      "account": "খাতা নং", "name": "বাংলা"},
    "hind-guntur": {"pay": "చెలలంచండ", "rupees": "రూపాయలు", "bearer": "లేదా బేరరుకు", "date": "తేద", "account": "ఖాతా",
                    "name": "సహకార"},
}  # fmt: skip
"""By font: the captions in that script. Hindi stands on nearly every cheque, others beside it by region."""


@dataclass(frozen=True)
class Caption:
    """One printed line of text: its runs (typeface, text), the baseline's left end (or right, for ``to_left``) in mm,
    the size of the type in mm, and whether it is bold."""

    x: float
    y: float
    runs: tuple[tuple[str, str], ...]
    size: float
    colour: tuple[int, int, int] = (30, 30, 30)
    to_left: bool = False
    bold: bool = False
