"""Batches for many machines: cut into chunks that Prefect workers take."""
