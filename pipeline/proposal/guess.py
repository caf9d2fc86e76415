"""What a printed label says about its field: the kind, the order of a date, a name for SQL. English, German, French."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from inkfield.recognizers.limits import limit
from inkfield.schemas.forms.model import RESERVED_COLUMNS, DateOrder, view_columns

_DATE_PATTERN = (
    r"\bmm\s*[/.-]?\s*dd|\bdd\s*[/.-]?\s*mm|\btt\s*[/.-]?\s*mm|\bjj\s*[/.-]?\s*mm|\byyyy\b|\bjjjj\b"
)
_DATE_OF_SIGNING = r"\bdate (of )?sign|\bsignature date\b|\bdatum der unterschrift"
_WORDS: dict[str, tuple[str, ...]] = {
    "signature": (r"signature|unterschrift|unterzeichne|\bsigned\b|sign here",),
    "date": (
        _DATE_PATTERN,
        r"\bdates?\b|\bdob\b|birthda|expir(es|y|ation date)|first day of|last day of",
        r"datum|geboren am|g(ü|ue)ltig (bis|ab)|\btag der\b|\bnée? le\b",
    ),
    "amount": (
        r"[$€£]|\bamount|\btotal\b|charges?\b|\bfees?\b|\bprice\b|\bwages\b|\bsalary\b|gross income",
        r"\bbalance\b|\bpremium\b|betrag|\bsumme\b|\bpreis\b|\beinkommen|eink(ü|ue)nfte|\bkosten\b",
        r"\blohn\b|\bmiete\b|\bmontant\b",
    ),
    "integer": (r"\bage\b|(?<![a-z] )\bnumber of\b|\bhow many\b|\bquantity\b|\bqty\b|\bunits\b|\banzahl\b",),
    "name": (r"\bnames?\b|middle initial|vorname|nachname|familienname|geburtsname|\bnom\b|prénom",),
    "address": (r"address|\bstreet\b|\bcity,|anschrift|adresse|stra(ß|ss)e|hausnummer|wohnort,",),
    "code": (
        r"\bnumbers?\b|\bno\.|\bssn\b|\bein\b|\bi?tin\b|\b(id|i\.d\.)\s*(no|nr|#|:|$)|\bcodes?\b|\bzip\b",
        r"\biban\b|\bbic\b|\bicd\b|\bnpi\b|\bcpt\b|numéro",
        r"\bnr\b|nummer|\bplz\b|postleitzahl|steuer-?id|kennzeichen|aktenzeichen",
    ),
    "text": (
        r"e-?mail|phone|\bfax\b|\bcity\b|\btown\b|\bstate\b|country|county|occupation|employer|\btitle\b",
        r"\bremarks?\b|\breason\b|relationship|\bgender\b|\bsex\b|\bbank\b|diagnos|authority|describe|explain",
        r"comments?|additional information|\bapt\b|\bsuite\b|\binitials?\b|medication|allerg|nationalit",
        r"\btel\b|telefon|\bort\b|wohnort|\bland\b|staat|beruf|arbeitgeber|familienstand|bemerkung|\bgrund\b",
        r"kreditinstitut|angehörigkeit",
    ),
}
"""In this order: the first that is said in a label is its kind."""
_KINDS = tuple((kind, re.compile("|".join(words))) for kind, words in _WORDS.items())
_ITEM = re.compile(
    r"^\W*(?:\(?(?:\d{1,3}|[a-zA-Z])[a-z]?\s*[.):]\s+|\d{1,3}[a-z]?\s+(?=[A-ZÄÖÜ(])|[•●▶►]\s*)+"
)
_ENGLISH = (
    "a an and any as at be by for from he if in is it its must of on or our see the this to with you your"
)
_OTHERS = "here please enter der die das den des ein eine und oder von vom zu zur zum mit bei im am ihr ihre bitte le"
_EMPTY_WORDS = frozenset(f"{_ENGLISH} {_OTHERS}".split())


@dataclass(frozen=True)
class GuessLimits:
    """How long a field's name is."""

    longest_name: int = limit(38, "letters", "guess", "Of the longest name of a field")
    most_words: int = limit(6, "words", "guess", "Of the longest name of a field")


LIMITS = GuessLimits()


def kind_of_label(label: str) -> str | None:
    """The kind that a label speaks of; None where none is known. What stands before a bracket counts first."""
    said = _plain(label)
    if re.search(f"{_DATE_PATTERN}|{_DATE_OF_SIGNING}", said):
        return "date"
    for part in (re.split(r"[(\[]", said)[0], said):
        for kind, words in _KINDS:
            if words.search(part):
                return kind
    return None


def date_order_of(label: str, letter_paper: bool) -> DateOrder:
    """By the hint in the label, else as it is usual where the paper comes from."""
    said = _plain(label)
    hint = re.search(_DATE_PATTERN, said)
    if hint is not None and hint[0][:2] in ("mm", "dd", "tt", "jj"):
        return "MDY" if hint[0].startswith("mm") else "DMY"
    return "MDY" if letter_paper and not re.search(r"datum|geboren", said) else "DMY"


def is_label(text: str) -> bool:
    """Whether a text asks for something: it ends in a colon, or names something that people write on forms."""
    return text.rstrip().endswith((":", "▶", "►", "?")) or kind_of_label(text) is not None


def short_label(label: str) -> str:
    """The label without its number and its explanations: up to the first full stop or bracket."""
    text = _ITEM.sub("", " ".join(label.split()))
    first = re.split(r"(?<=[a-z)])\.\s|[(\[:;?▶►]", text)[0].strip(" .,-–—*")
    return first or text.strip(" .,:()[]-–—*")


def name_of_label(label: str, otherwise: str) -> str:
    """A name in SQL for a field with this label: ``date_of_birth``; ``otherwise`` where nothing can be made of it."""
    words = re.findall(r"[a-z0-9]+", _ascii(re.sub(r"['’]s?\b", "", short_label(label))))
    telling = [word for word in words if word not in _EMPTY_WORDS] or words
    name = ""
    for word in telling[: LIMITS.most_words]:
        longer = f"{name}_{word}" if name else word
        if len(longer) > LIMITS.longest_name:
            break
        name = longer
    name = name or "".join(telling)[: LIMITS.longest_name]
    if not re.search(r"[a-z]{2}", name):
        return f"{otherwise}_{name}" if name else otherwise
    return name if name[0].isalpha() else f"{otherwise}_{name}"


def unique_names(names: Iterable[str]) -> list[str]:
    """The names, with numbers where two are alike or would share a column of the view."""
    taken = set(RESERVED_COLUMNS)
    unique = []
    for name in names:
        chosen, number = name, 1
        while taken & set(view_columns(chosen)):
            number += 1
            chosen = f"{name}_{number}"
        taken |= set(view_columns(chosen))
        unique.append(chosen)
    return unique


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _ascii(text: str) -> str:
    for letter, written in (
        ("ä", "ae"),
        ("ö", "oe"),
        ("ü", "ue"),
        ("ß", "ss"),
        ("&", " and "),
        ("#", " number "),
    ):
        text = text.lower().replace(letter, written)
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
