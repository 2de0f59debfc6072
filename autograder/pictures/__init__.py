"""Pictures of a learner's function and gradient beside the reference, with the first divergence marked.

``observe`` asks the sandboxed worker, ``curve`` is what came of it, ``layout`` decides where it goes, ``draw`` (SVG and
PNG) and ``text`` (terminal) put it on paper. Nothing is imported here: only some of them need torch or matplotlib.
"""
