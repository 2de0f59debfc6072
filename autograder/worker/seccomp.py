"""The system calls a worker may make: an allow-list of what loading and running tensor code needs.

Everything else is refused as if it were not permitted. Calls that only an attack makes end the process.
"""

from __future__ import annotations

import errno
import functools
import os
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyseccomp

# A worker that has loaded a file needs but recvfrom, sendto, clock_gettime and the memory calls. The rest is what
# Python and the C library call on the way to an exception, an exit or a sentence about one.
_ALLOWED = {
    "memory": "mmap mprotect munmap mremap madvise brk",
    "descriptors it has": "read write readv writev recvfrom sendto close fstat lseek poll ppoll select pselect6",
    "signals of its own": "rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack restart_syscall",
    "locks": "futex membarrier rseq set_robust_list sched_yield sched_getaffinity getcpu",
    "time": "clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday time times getrusage",
    "what it is": "getpid gettid getppid getuid geteuid getgid getegid uname sysinfo getrandom",
    "the end": "exit exit_group",
}
_ENDS_THE_PROCESS = {
    "other processes": "ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd",
    "the kernel": "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register",
    "keys": "keyctl add_key request_key",
    "the tree of files": "mount umount2 pivot_root move_mount open_tree fsopen setns",
    "the machine": "init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff",
}
# Answers that make the C library and Python take their other way instead of failing.
_ANSWERS = {"clone3": errno.ENOSYS, "ioctl": errno.ENOTTY}


@functools.cache
def prepare() -> pyseccomp.SyscallFilter | str:
    """Build the filter, or say why there is none; once, in the zygote.

    Finding libseccomp opens files and starts processes, which a worker may not: it would blame that.
    """
    try:
        import pyseccomp

        return _build(pyseccomp)
    except (ImportError, RuntimeError, OSError) as error:  # RuntimeError: pyseccomp finds no libseccomp
        return f"no pyseccomp, or no libseccomp that it can use ({error})"


def _build(pyseccomp: ModuleType) -> pyseccomp.SyscallFilter:
    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    # Calls by another architecture's numbers (int 0x80, x32) would else end the thread only.
    rules.set_attr(pyseccomp.Attr.ACT_BADARCH, pyseccomp.KILL_PROCESS)
    for action, groups in ((pyseccomp.ALLOW, _ALLOWED), (pyseccomp.KILL_PROCESS, _ENDS_THE_PROCESS)):
        for name in " ".join(groups.values()).split():
            rules.add_rule(action, name)
    for name, code in _ANSWERS.items():
        rules.add_rule(pyseccomp.ERRNO(code), name)
    return rules


def load() -> str:
    """Put this process under the filter, for ever, and say so; OSError where there is no filter."""
    rules = prepare()
    if isinstance(rules, str):
        raise OSError(rules)
    import pyseccomp

    # So that abort() ends the process by SIGABRT; nobody else can be signalled.
    rules.add_rule(pyseccomp.ALLOW, "tgkill", pyseccomp.Arg(0, pyseccomp.EQ, os.getpid()))
    rules.load()
    return f"{len(' '.join(_ALLOWED.values()).split()) + 1} calls allowed"
