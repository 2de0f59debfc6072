"""Pure renderings of what was graded: a gradebook or a report in, text out; no I/O and no grading."""
