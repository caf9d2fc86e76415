"""The catalogue of failures: what each code of a document that could not be read means, and what to do about it.

The code stands in ``documents.error_code``, in reason files and in reports. docs/failures.md is made of this file:
``python -m inkfield.schemas.failures > docs/failures.md``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """``passes`` is true where the file is not at fault: nightly runs try it again by themselves for a week."""

    code: str
    meaning: str
    advice: str
    passes: bool = False


FAILURES = {
    failure.code: failure
    for failure in (
        Failure(
            "not_a_document",
            "No PDF and no image that can be read, whatever its name says.",
            "Scan it or convert it to PDF, then drop that.",
        ),
        Failure(
            "archive",
            "An archive under the name of a document, of which only one file would be seen.",
            "Unpack it and drop the files in it, or drop it as a .zip file.",
        ),
        Failure(
            "several_pdfs",
            "PDFs that were joined byte by byte; readers show the last one only.",
            "Save or send each of the PDFs as a file of its own, then drop them.",
        ),
        Failure(
            "xfa_form",
            'A dynamic XFA form: its page only says "Please wait". Static XFA forms are read.',
            "Open it in Adobe Reader, print it to PDF, and drop that.",
        ),
        Failure("empty_file", "No bytes, or a PDF without pages.", "Copy or scan it again."),
        Failure(
            "truncated",
            "Cut short or damaged.",
            "Copy or scan it again. The pages that were whole have been read.",
        ),
        Failure(
            "encrypted",
            "Needs a password. Archives can, too.",
            "Save it without a password and drop it again.",
        ),
        Failure(
            "too_many_pages",
            "More pages than the limit.",
            "Split it, or raise INKFIELD_MAX_PAGES, then: inkfield retry",
        ),
        Failure(
            "page_too_large",
            "A page has more pixels than the limit.",
            "Scan it at 300 dpi, or raise INKFIELD_MAX_PAGE_MEGAPIXELS, then: inkfield retry",
        ),
        Failure(
            "file_too_large",
            "The file has more bytes than the limit.",
            "Split it, or raise INKFIELD_MAX_FILE_MB, then: inkfield retry",
        ),
        Failure("no_pages", "Nothing in it to read.", "Scan or export it again."),
        Failure(
            "unreadable",
            "The file cannot be opened.",
            "Check who may read the file, then drop it again.",
        ),
        Failure(
            "unreachable",
            "The store (S3) that it lies in does not give it.",
            "Check the store and its access rights, then: inkfield retry --code unreachable",
            passes=True,
        ),
        Failure(
            "missing_tool",
            "The program poppler is not installed.",
            "Install poppler-utils (inkfield doctor checks for it), then: inkfield retry --code missing_tool",
            passes=True,
        ),
        Failure(
            "timed_out",
            "Reading took longer than --time-limit.",
            "Split it, or raise --time-limit, then: inkfield retry --code timed_out",
        ),
        Failure(
            "page_timed_out",
            "Reading one page took longer than INKFIELD_MAX_PAGE_SECONDS.",
            "Scan that page again, or raise INKFIELD_MAX_PAGE_SECONDS, then: inkfield retry --code page_timed_out",
        ),
        Failure(
            "out_of_memory",
            "Reading needed more memory than INKFIELD_MAX_MEMORY_MB.",
            "Scan it at 300 dpi, or raise INKFIELD_MAX_MEMORY_MB, then: inkfield retry --code out_of_memory",
        ),
        Failure(
            "worker_died",
            "The process that read it was killed or crashed.",
            "Try once more: inkfield retry --code worker_died. Report the file if it fails again.",
            passes=True,
        ),
        Failure(
            "kills_worker",
            "Three workers of a large batch died while they read it, the last two read nothing else.",
            "See why they died (memory, power). Read it alone: inkfield process FILE. Report it if that ends, too.",
        ),
        Failure(
            "gave_up",
            "Reading it was interrupted five times, so it may be what ends the watcher.",
            "Reading it was interrupted again and again. Read it alone: inkfield process FILE",
        ),
        Failure(
            "database_error",
            "The rows could not be written.",
            "Check the log and the database (disk, access rights), then: inkfield retry --code database_error",
            passes=True,
        ),
        Failure(
            "database_busy",
            "The database was locked or away for too long.",
            "Check the database, then: inkfield retry --code database_busy",
            passes=True,
        ),
        Failure(
            "bad_form",
            "The form that was asked for cannot be used.",
            "Correct the form (inkfield forms check FILE shows how), then: inkfield retry --code bad_form",
        ),
        Failure(
            "internal_error",
            "A fault in inkfield.",
            "A fault in inkfield: report it with the line of the log, then: inkfield retry",
        ),
        Failure(
            "not_a_file",
            "A link, device or pipe: never followed, never opened.",
            "Links and devices are never followed. Drop the file itself.",
        ),
        Failure(
            "unfinished",
            "A temporary name (.part) in a folder that no longer changed.",
            "Its name says that it was still being written. Drop the finished file.",
        ),
        Failure(
            "bad_archive",
            "A zip archive that cannot be unpacked.",
            "Pack it again as an ordinary zip archive, or drop the files themselves.",
        ),
        Failure(
            "unsafe_archive",
            "Paths that point outside, links, two files with the same name, or archives in archives.",
            "Whoever packed it should see to it. Drop the files themselves.",
        ),
        Failure(
            "archive_too_large",
            "Too many files, or too many bytes unpacked.",
            "Split it, or raise INKFIELD_MAX_ARCHIVE_MB or _FILES, then: inkfield retry",
        ),
    )
}


def advice(code: str | None) -> str:
    """What to do about a failure, in one or two sentences."""
    failure = FAILURES.get(code or "")
    return failure.advice if failure else "Look into docs/operations.md."


def as_markdown() -> str:
    """docs/failures.md."""
    rows = [
        f"| `{failure.code}` | {failure.meaning} | {failure.advice} | {'yes' if failure.passes else ''} |"
        for failure in FAILURES.values()
    ]
    head = [
        "# Failures",
        "",
        "A document that could not be read has one of these codes in `documents.error_code`, in the reason file",
        "beside it, and in the report of the night. Limits are explained in [operations](operations.md).",
        "",
        "| code | what it means | what to do | nights try it again, for a week |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *rows]) + "\n"


if __name__ == "__main__":
    print(as_markdown(), end="")
