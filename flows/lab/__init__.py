"""Measuring and training: evaluation, calibration, data sets, comparison with peers."""
