"""Which graders a class gets: processes of this machine, or those of a cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from autograder.course import Course, Exercise
from autograder.errors import UsageError
from autograder.language import _
from autograder.pool.local import Pool
from autograder.pool.machine import default_jobs

if TYPE_CHECKING:
    from autograder.pool.cluster import Cluster


@contextlib.contextmanager
def open_graders(
    course: Course, exercises: Sequence[Exercise], *, seed: int, learners: int, jobs: int | None, cluster: str | None
) -> Iterator[Pool | Cluster]:
    """Graders of these exercises by this seed, ended at the end.

    Args:
        course: read from a file that is still there.
        exercises: in the course's order.
        seed: draws the cases.
        learners: how many there are to grade; no more processes than that are started.
        jobs: how many submissions at once; None for what the machine, or the cluster, has cores for.
        cluster: the address of a Dask scheduler, or ``local`` for one on this machine; None for no cluster.

    """
    if cluster is None:
        with Pool(course, exercises=exercises, seed=seed, jobs=min(jobs or default_jobs(learners), learners)) as pool:
            yield pool
        return
    try:
        from autograder.pool.cluster import Cluster
    except ModuleNotFoundError as error:
        if error.name not in {"dask", "distributed"}:
            raise
        fact = _("--cluster={address} needs the package {name}; pip install 'torch-autograder[cluster]'")
        raise UsageError(fact.format(address=cluster, name=error.name)) from None
    with Cluster(cluster, course, exercises=exercises, seed=seed, learners=learners, jobs=jobs) as graders:
        yield graders
