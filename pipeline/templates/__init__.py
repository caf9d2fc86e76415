"""Pages that are a known form: which one it is, where its template lies on the scan, and what stands in its fields."""
