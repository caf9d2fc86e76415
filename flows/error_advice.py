"""What to do about each error code: stands in the reason file beside a failed document, and in
docs/operations.md."""

from __future__ import annotations

ADVICE = {
    "not_a_document": "Scan it or convert it to PDF, then drop that.",
    "archive": "Unpack it and drop the files in it, or drop it as a .zip file.",
    "several_pdfs": "Save or send each of the PDFs as a file of its own, then drop them.",
    "xfa_form": "Open it in Adobe Reader, print it to PDF, and drop that.",
    "empty_file": "Copy or scan it again.",
    "truncated": "Copy or scan it again. The pages that were whole have been read.",
    "encrypted": "Save it without a password and drop it again.",
    "too_many_pages": "Split it, or raise INKFIELD_MAX_PAGES, then: inkfield retry",
    "page_too_large": "Scan it at 300 dpi, or raise INKFIELD_MAX_PAGE_MEGAPIXELS, then: inkfield retry",
    "file_too_large": "Split it, or raise INKFIELD_MAX_FILE_MB, then: inkfield retry",
    "no_pages": "Scan or export it again.",
    "unreadable": "Check who may read the file, then drop it again.",
    "unreachable": "Check the store and its access rights, then: inkfield retry --code unreachable",
    "missing_tool": "Install poppler-utils (inkfield doctor checks for it), then: inkfield retry --code missing_tool",
    "timed_out": "Split it, or raise --time-limit, then: inkfield retry --code timed_out",
    "page_timed_out": "Scan that page again, or raise INKFIELD_MAX_PAGE_SECONDS, then: inkfield retry "
    "--code page_timed_out",
    "out_of_memory": "Scan it at 300 dpi, or raise INKFIELD_MAX_MEMORY_MB, then: inkfield retry --code out_of_memory",
    "worker_died": "Try once more: inkfield retry --code worker_died. Report the file if it fails again.",
    "chunk_lost": "See why the workers died (memory, power), then: inkfield retry --code chunk_lost",
    "gave_up": "Reading it was interrupted again and again. Read it alone: inkfield process FILE",
    "database_error": "Check the log and the database, then: inkfield retry --code database_error",
    "database_busy": "Check the database, then: inkfield retry --code database_busy",
    "bad_form": "Correct the form (inkfield forms check FILE shows how), then: inkfield retry --code bad_form",
    "internal_error": "A fault in inkfield: report it with the line of the log, then: inkfield retry",
    "not_a_file": "Links and devices are never followed. Drop the file itself.",
    "unfinished": "Its name says that it was still being written. Drop the finished file.",
    "bad_archive": "Pack it again as an ordinary zip archive, or drop the files themselves.",
    "unsafe_archive": "Whoever packed it should see to it. Drop the files themselves.",
    "archive_too_large": "Split it, or raise INKFIELD_MAX_ARCHIVE_MB or _FILES, then: inkfield retry",
}


def advice(code: str | None) -> str:
    return ADVICE.get(code or "", "Look into docs/operations.md.")
