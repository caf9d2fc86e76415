"""A document as text, as ALTO, and as a page that explains how it was read."""
