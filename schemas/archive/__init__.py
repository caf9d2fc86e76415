"""The archive: the text of pages, found again by its words."""
