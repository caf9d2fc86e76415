"""The tuned numbers of the pipeline: which there are, and how much of what is read hangs on each."""
