"""`inkfield search`: hits in the archive, in the terminal or as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from rich.console import Console
from rich.text import Text
from sqlalchemy import inspect

from inkfield.flows.batch.summary import many
from inkfield.flows.commands.query_command import open_existing
from inkfield.schemas.archive.search import Hit, percent, search
from inkfield.schemas.database.archive_tables import ArchivedRow
from inkfield.schemas.database.connection import DatabaseError, reading


def print_hits(url: str, asked: str, least: float, count: int, as_json: bool) -> None:
    """Searches and prints. Raises DatabaseError, also for a database without an archive, and SearchError where no word
    is asked for."""
    engine = open_existing(url)
    if not inspect(engine).has_table(ArchivedRow.__tablename__):
        raise DatabaseError(
            "This database has no archive yet. Read documents into it: inkfield archive PATH --db ..."
        )
    with reading(engine) as session:
        found = search(session, asked, least, count)
    shown = found.hits[:count]
    if as_json:
        hits = [{**asdict(hit), "snippet": snippet(hit).plain} for hit in shown]
        print(json.dumps({"hits": hits, "more": found.more}, ensure_ascii=False, indent=1))
        return
    console = Console()
    for hit in shown:
        place = f"{hit.file_name}, page {hit.page}, line {hit.line}"
        console.print(Text(f"{percent(hit.probability):>5}  {place}", style="bold"), soft_wrap=True)
        console.print(Text("       ") + snippet(hit), soft_wrap=True)
    left = len(found.hits) - len(shown)
    console.print(
        many(len(found.hits), "hit") + (f", {left:,} of them not shown: see --count" if left else "")
    )
    if found.more:
        console.print(
            "They stand on more pages than were looked at: raise --count, or ask for another word beside them."
        )


def snippet(hit: Hit) -> Text:
    """The line as it was read best, with the words that match in brackets."""
    marked = Text()
    matching = [word.number for word in hit.words]
    for number, word in enumerate(hit.text.split()):
        marked.append(" " if number else "")
        marked.append(f"[{word}]" if number in matching else word, style="bold" if number in matching else "")
    return marked
