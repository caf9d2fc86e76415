"""Writing readings and asking for them: documents, batches, reviews, nights."""
