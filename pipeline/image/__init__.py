"""Stages on the whole page or a line of it as a picture: upright, level, clean."""
