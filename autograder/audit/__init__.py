"""How good a course's cases are: mutants of its solutions, graded, and what survives."""
