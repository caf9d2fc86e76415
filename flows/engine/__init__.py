"""Large batches on many machines: Dask hands out chunks of documents, its workers keep the weights loaded."""
