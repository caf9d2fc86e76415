"""What can be wrong with a document: one class each, with a code for SQL and a message that says what to do."""

from __future__ import annotations


class DocumentError(Exception):
    """A document that cannot be read. ``code`` goes into the documents table, ``str(error)`` on the screen."""

    code = "unreadable"


class NotADocument(DocumentError):
    code = "not_a_document"


class Archive(DocumentError):
    """An archive under the name of a document: only one of the files in it would be seen."""

    code = "archive"


class SeveralPdfs(DocumentError):
    """PDFs that were joined byte by byte: readers show one of them only."""

    code = "several_pdfs"


class XfaForm(DocumentError):
    """A dynamic XFA form: what is filled in is data for one program, the page says "Please wait"."""

    code = "xfa_form"


class EmptyFile(DocumentError):
    code = "empty_file"


class Truncated(DocumentError):
    code = "truncated"


class Encrypted(DocumentError):
    code = "encrypted"


class TooManyPages(DocumentError):
    code = "too_many_pages"


class PageTooLarge(DocumentError):
    code = "page_too_large"


class FileTooLarge(DocumentError):
    code = "file_too_large"


class MissingTool(DocumentError):
    """A program that intake needs (poppler) is not installed."""

    code = "missing_tool"
