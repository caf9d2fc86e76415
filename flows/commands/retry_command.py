"""`inkfield retry`: documents that failed are read again, where their files are still there."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from inkfield.flows.commands.command_line import SOME_FAILED
from inkfield.flows.commands.query_command import open_existing
from inkfield.flows.database_url import database_url
from inkfield.flows.inbox.claim import ClaimLost, claim_drop
from inkfield.flows.inbox.file_away import REASON
from inkfield.flows.inbox.folder import FAILED, PROCESSING, Inbox
from inkfield.flows.inbox.owner import Owner
from inkfield.schemas.database.connection import transaction
from inkfield.schemas.store.retention import Known, failed_documents, set_waiting


def retry_command(code: str | None, number: int | None) -> int:
    """Gives documents back to their watchers, reads the others now. Returns the exit code: 0, or 3 where files
    are gone or failed again. Raises DatabaseError."""
    console = Console()
    engine = open_existing(database_url())
    with transaction(engine) as session:
        documents = failed_documents(session, code, number)
    if not documents:
        console.print("No failed document matches.")
        return 0
    by_inbox: dict[Inbox | None, list[Known]] = defaultdict(list)
    gone: list[Known] = []
    for document in documents:
        if not document.path or not Path(document.path).is_file() or Path(document.path).is_symlink():
            gone.append(document)
        else:
            by_inbox[inbox_of(Path(document.path))].append(document)
    for document in gone:
        console.print(
            f"[red]{escape(document.file_name)}[/] (id {document.document_id}): its file is gone from"
            f" {escape(document.path or 'where it was')}; drop it again"
        )
    worst = SOME_FAILED if gone else 0
    elsewhere = by_inbox.pop(None, [])
    for inbox, mine in by_inbox.items():
        assert inbox is not None
        count, root = give_back(inbox, mine), escape(str(inbox.root))
        console.print(
            f"{count} go back to the watcher of {root}. Where none runs: inkfield watch {root} --once"
        )
    return max(worst, _read_now(elsewhere))


def inbox_of(path: Path) -> Inbox | None:
    """The inbox in whose failed/YYYY/MM/DD a file lies; None where it lies in none."""
    for folder in path.parents:
        day = path.relative_to(folder).parts[:4]
        if folder.joinpath(PROCESSING).is_dir() and re.fullmatch(
            rf"{FAILED}/\d{{4}}/\d\d/\d\d", "/".join(day)
        ):
            return Inbox(folder)
    return None


def give_back(inbox: Inbox, documents: list[Known]) -> int:
    """Moves failed documents to processing/, each in one step, as claims of this process, which ends: a watcher
    that runs, or the next one, goes on with them. Returns their number."""
    owner = Owner(inbox.processing)
    engine = open_existing(database_url())
    count = 0
    try:
        for document in documents:
            path = Path(document.path)
            try:
                claim = claim_drop(inbox, owner.name, path, datetime.now().astimezone())
            except ClaimLost:  # another retry was faster
                continue
            path.with_name(path.name + REASON).unlink(missing_ok=True)
            with transaction(engine) as session:
                set_waiting(session, document.document_id, str(claim / "drop" / path.name))
            count += 1
    finally:
        owner.close()
    return count


def _read_now(documents: list[Known]) -> int:
    """Reads documents that came by `inkfield process`, with the forms that they were read with."""
    from inkfield.flows.commands.process_command import (
        process_command,  # takes seconds: only where it is needed
    )
    from inkfield.schemas.forms.model import load_forms

    by_form: dict[str | None, list[str]] = defaultdict(list)
    for document in documents:
        names = [key.partition(":")[0] for key in document.form_key.split(",")]
        one = names[0] if len(names) == 1 and names[0] in load_forms() else None
        by_form[one].append(document.path)
    return max(
        (process_command(paths, form, None, 1800.0, False) for form, paths in by_form.items()), default=0
    )
