"""Cheques of any bank: the paper found, its fields found without a template, and read."""
