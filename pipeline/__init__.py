"""Image in, fields out: pure functions on small records. Knows nothing of Prefect, SQL or the command line."""
