"""Models: equations as in the papers, the fast system that solves them, and its derivatives."""
