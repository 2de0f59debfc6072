"""Run a command where the system refuses some of its calls, as containers and gVisor do.

``python -m tests.refusing ENOSYS setsid,prctl COMMAND…``
"""

import errno
import os
import sys

import pyseccomp

# Calls that an older libseccomp does not know by name; the numbers are the same on every architecture.
_NUMBERS = {"landlock_create_ruleset": 444, "landlock_add_rule": 445, "landlock_restrict_self": 446}


def main() -> None:
    """Put this process under the filter and become the command."""
    code, names, *command = sys.argv[1:]
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in names.split(","):
        try:
            number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
        except ValueError:
            number = -1
        rules.add_rule(pyseccomp.ERRNO(getattr(errno, code)), number if number >= 0 else _NUMBERS[name])
    rules.load()
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
