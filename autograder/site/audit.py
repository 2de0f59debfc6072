"""The page of an audit of a course's cases."""

from __future__ import annotations

from importlib.metadata import version

from autograder.audit.run import Status
from autograder.audit.summary import KINDS, Audit
from autograder.site.pages import page


def audit_page(audit: Audit) -> str:
    """The figures, the tables, and what survived with its diff."""
    return page(
        "audit.html",
        audit=audit,
        kinds={kind: audit.share(kind) for kind in KINDS},
        statuses={status.value: audit.outcomes(status) for status in Status},
        shown=(Status.SURVIVED, Status.DISPUTED, Status.REFUSED),
        solutions={item.exercise: item.solution for item in audit.exercises},
        alone=audit.alone(),
        torch=version("torch"),
    )
