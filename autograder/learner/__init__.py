"""The learner's side: where they stand, what to do next, hints, beginning anew, and a watch over their files.

``progress`` keeps the state, ``screens`` says it in words; ``watch`` is a loop over events that ``saves``, ``keys`` and
``checker`` put in a queue; ``commands`` are its options.
"""
