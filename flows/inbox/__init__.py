"""The watcher: an inbox of files, folders and archives, each taken once, read, and laid to rest."""
