"""Landlock without a single rule: no file can be opened, listed or written, no TCP port reached, no outsider signalled.

Two system calls, asked for by number: the C library has no names for them. Structure, bits and ABI versions are those
of the kernel's ``include/uapi/linux/landlock.h`` and ``Documentation/userspace-api/landlock.rst``.
"""

from __future__ import annotations

import ctypes
import os

_CREATE_RULESET, _RESTRICT_SELF = 444, 446  # the same on every architecture
_ASK_FOR_ABI = 1

_FILE_RIGHTS = {
    1: 13,
    2: 14,
    3: 15,
    5: 16,
}  # how many there are since that ABI: refer, truncate, device ioctls came later
_TCP_SINCE, _TCP_RIGHTS = 4, 0b11  # bind and connect
_SCOPES_SINCE, _SCOPES = 6, 0b11  # abstract unix sockets and signals

# Resolved here, when the zygote imports this: ctypes.util.find_library, the usual way, runs ldconfig or gcc.
_libc = ctypes.CDLL(None, use_errno=True)


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


def restrict_self() -> str:
    """Deny this thread, for ever, all that this kernel's Landlock can deny; say how much that is.

    ``PR_SET_NO_NEW_PRIVS`` has to be set before.

    Raises:
        OSError: the kernel has no Landlock, or it is switched off.

    """
    abi = _call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_ASK_FOR_ABI))
    rights = max(count for since, count in _FILE_RIGHTS.items() if since <= abi)
    ruleset = _Ruleset(
        (1 << rights) - 1,
        _TCP_RIGHTS if abi >= _TCP_SINCE else 0,
        _SCOPES if abi >= _SCOPES_SINCE else 0,
    )
    # An older kernel takes a longer structure too, as long as what it does not know is 0.
    size = ctypes.c_size_t(ctypes.sizeof(ruleset))
    descriptor = _call(_CREATE_RULESET, ctypes.byref(ruleset), size, ctypes.c_uint32(0))
    try:
        _call(_RESTRICT_SELF, ctypes.c_int(descriptor), ctypes.c_uint32(0))
    finally:
        os.close(descriptor)
    denied = ["files", *["tcp"][: abi >= _TCP_SINCE], *["signals"][: abi >= _SCOPES_SINCE]]
    return f"abi {abi}: no {', '.join(denied)}"


def _call(number: int, *arguments: object) -> int:
    result: int = _libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
