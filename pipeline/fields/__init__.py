"""From the crop of one field to a value with a confidence."""
