"""Pages of text: lines, words, and their reading."""
