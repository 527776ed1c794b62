"""Reproducible measurements: each figure is printed beside its floor, measured in the same run."""
