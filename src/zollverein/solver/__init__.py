"""Solvers that know neither labels nor economics: a function and a start in, a Solution out."""
