"""A batch of documents as a Prefect flow: on this machine, or in chunks on many."""
