"""Measures of a change: pure functions of two Worlds."""
