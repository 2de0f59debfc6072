"""Grader processes, on this machine or on those of a cluster, each with a grader and a zygote of its own.

``messages`` is what is said to one, ``__main__`` its own side, ``process`` our side of it; ``crew`` keeps some going
and replaces who dies; ``local`` and ``cluster`` make graders of them that `autograder.grade.grade_class` drives.
Nothing but ``__main__`` imports torch. What is said is JSON: nothing of ours is unpickled anywhere, and learners'
sources travel as text.
"""
