"""What a page was read with: its own form and that form's content. Other forms do not enter it.

The content is a hash of what the form file says and of its blank picture: no number that a person must remember to
raise. Comments, order of keys, title, currency and indexes do not change what is read; lists of known values change
daily, and do not make an archive be read again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from inkfield.schemas.forms.model import Form

_NOT_READ_WITH = {"title", "currency"}
_NOT_OF_FIELDS = {"index", "ask_again"}


def content_key(form: Form) -> str:
    """Version and content of a form, e.g. ``1-93ab17c0d2e4f586``."""
    # Without defaults: a new option of a newer inkfield changes no form that does not use it.
    said = _without(form.model_dump(mode="json", exclude_defaults=True, exclude=_NOT_READ_WITH))
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode())
    for sheet in form.sheets().values():
        if sheet.blank is not None and sheet.folder is not None:
            digest.update(sheet.blank_path().read_bytes())
    return f"{form.version}-{digest.hexdigest()[:16]}"


def forms_key(forms: Iterable[Form]) -> str:
    """The forms that a document is read with, by name: ``claim:1-93ab17c0d2e4f586,receipt:2-...``."""
    return ",".join(sorted(f"{form.name}:{content_key(form)}" for form in forms))


def contents(key: str) -> dict[str, str]:
    """Content by name of form, of what `forms_key` gave."""
    return dict(part.split(":", 1) for part in key.split(",") if ":" in part)


class ReadPage(NamedTuple):
    """What tells whether a page has to be read again."""

    form: str | None
    form_key: str | None
    status: str


def is_stale(pages: Iterable[ReadPage], tried: str, wanted: str) -> bool:
    """Whether a document with these pages has to be read again when ``wanted`` (a `forms_key`) is asked for.

    ``tried`` is what it was read with last. A page has to be read again when its own form has changed, and one of no
    form when there is a form that was not tried on it. Where a single form is asked for, so has a page of another.
    """
    asked, before = contents(wanted), contents(tried)
    untried = any(not same_content(before.get(name), content) for name, content in asked.items())
    other = len(asked) == 1 and (len(before) != 1 or untried)
    for page in pages:
        if page.form is None:
            if untried and page.status != "blank":
                return True
        elif page.form in asked:
            if not same_content(page.form_key, asked[page.form]):
                return True
        elif other:
            return True
    return False


def same_content(stored: str | None, wanted: str) -> bool:
    """Whether a form is the one that was used. Databases of older versions know its version only."""
    return stored == wanted or (stored is not None and stored == wanted.partition("-")[0])


def _without(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _without(inner) for name, inner in value.items() if name not in _NOT_OF_FIELDS}
    return [_without(inner) for inner in value] if isinstance(value, list) else value
