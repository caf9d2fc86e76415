"""n-gram models of what stands in each kind of field: words for sentences, characters for names and codes."""
