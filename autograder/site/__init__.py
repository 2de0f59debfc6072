"""A graded class as a static site: a page for the class, a page a learner, each a file that needs no other.

``results`` reads results.json one learner at a time, ``summary`` counts what the class page shows, ``pages`` fills the
templates, ``pictures`` fits drawings into a page, ``build`` writes the files.
"""

from autograder.site.build import INDEX, Site

__all__ = ["INDEX", "Site"]
