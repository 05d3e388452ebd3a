"""Measures the figures we claim, each beside its limit and its peer: `make bench`."""
