"""The portable worker: a plain process that serves on its standard input and output.

``python -P -m autograder.worker MEGABYTES`` with a scrubbed environment, in an empty folder.
"""

import contextlib
import os
import sys


def _private_streams() -> tuple[int, int]:
    """Move the pipes away from descriptors 0 and 1, so that a learner's print or input cannot touch them."""
    requests, answers = os.dup(0), os.dup(1)
    _silence(0, 1)
    return requests, answers


def _silence(*descriptors: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(null, descriptor)
    os.close(null)


def _limit_memory(megabytes: int) -> None:
    """Cap the address space at what is mapped after the imports plus a budget, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    with contextlib.suppress(ValueError, OSError):  # macOS refuses RLIMIT_AS
        with open("/proc/self/statm", encoding="ascii") as status:  # noqa: PTH123  # before learner code, no Path needed
            mapped = int(status.read().split()[0]) * resource.getpagesize()
        limit = mapped + (megabytes << 20)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def main() -> None:
    """Serve until the grader closes its end."""
    requests, answers = _private_streams()
    os.environ["OMP_NUM_THREADS"] = "1"  # before torch: thread pools cost more than they gain on small tensors
    import torch

    from autograder.worker.accelerator import AcceleratorUnavailable, register
    from autograder.worker.serve import serve_and_exit
    from autograder.worker.uncompiled import never_tell_the_compiler

    torch.set_num_threads(1)
    never_tell_the_compiler()
    with contextlib.suppress(AcceleratorUnavailable):  # device cases are then undecided, and say so
        register()
    _limit_memory(int(sys.argv[1]))
    _silence(2)  # only now: the grader reads there why a worker cannot start
    serve_and_exit(os.fdopen(requests, "rb"), os.fdopen(answers, "wb"), {})


if __name__ == "__main__":
    main()
