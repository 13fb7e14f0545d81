"""Independent slow solvers, written from the papers."""
