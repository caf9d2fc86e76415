"""Forms of several pages: which pages of a document belong together, and what is missing."""
