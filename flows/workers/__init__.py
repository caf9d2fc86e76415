"""Worker processes: they read one document after the other and write its rows."""
