"""Measuring and rendering: what tells how good the reading is, and the documents that it is measured on."""
