"""Cage: takes from a process all it does not need to turn bytes into values: files, network, programs, children.

Limits of the kernel (setrlimit), Landlock (no path may be opened) and seccomp (a list of harmless system calls,
everything else refused). None of it can be undone. Source: landlock(7), seccomp(2), prctl(2) of Linux.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import resource
import signal
import struct
from typing import Any, Final

from consilia.formats.values import Protection

try:
    import pyseccomp
except (ImportError, RuntimeError, OSError):  # no libseccomp on this machine: said by Protection, see trust.md 8
    pyseccomp = None

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_SET_NO_NEW_PRIVS: Final = 38
LANDLOCK_CREATE_RULESET: Final = 444
LANDLOCK_RESTRICT_SELF: Final = 446
LANDLOCK_VERSION_FLAG: Final = 1
# Access rights of files by version of the kernel's interface; network from version 4, scopes from version 6.
FILE_RIGHTS: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
NETWORK_RIGHTS: Final = 0b11
SCOPES: Final = 0b11
CLONE_THREAD: Final = 0x00010000

CALLS: Final = [
    "read",
    "readv",
    "pread64",
    "preadv",
    "write",
    "writev",
    "pwrite64",
    "lseek",
    "fstat",
    "newfstatat",
    "close",
    "close_range",
    "dup",
    "fcntl",
    "ftruncate",
    "memfd_create",
    "mmap",
    "munmap",
    "mprotect",
    "mremap",
    "madvise",
    "brk",
    "msync",
    "mincore",
    "futex",
    "futex_waitv",
    "get_robust_list",
    "set_robust_list",
    "rseq",
    "membarrier",
    "sched_yield",
    "sched_getaffinity",
    "sched_getparam",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigaltstack",
    "rt_sigtimedwait",
    "restart_syscall",
    "clock_gettime",
    "clock_getres",
    "clock_nanosleep",
    "nanosleep",
    "gettimeofday",
    "time",
    "times",
    "getrusage",
    "sysinfo",
    "uname",
    "getcpu",
    "getpid",
    "gettid",
    "getppid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getrandom",
    "prlimit64",
    "getrlimit",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "exit",
    "exit_group",
]

libc: Final = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """Asks the kernel to end this process when its parent ends; nobody is left behind."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def landlock_version() -> int:
    """Version of the kernel's Landlock interface, 0 when it has none."""
    return max(0, int(libc.syscall(LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_VERSION_FLAG)))


def lock_files() -> bool:
    """No path can be opened, made or removed from here on, and no TCP port used; False when the kernel cannot."""
    version = landlock_version()
    if not version:
        return False
    attributes = struct.pack(
        "QQQ",
        FILE_RIGHTS[min(version, 5)],
        NETWORK_RIGHTS if version >= 4 else 0,
        SCOPES if version >= 6 else 0,
    )
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = int(libc.syscall(LANDLOCK_CREATE_RULESET, ctypes.c_char_p(attributes), size, 0))
    if ruleset < 0:
        return False
    done = int(libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0)) == 0
    os.close(ruleset)
    return done


def make_filter() -> Any:
    """The list of system calls, made once before the first fork; None where libseccomp is absent."""
    if pyseccomp is None:
        return None
    allowed = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for call in CALLS:
        with contextlib.suppress(OSError, ValueError):  # a call that this architecture does not have
            allowed.add_rule(pyseccomp.ALLOW, call)
    # Threads of the own process only, for decoders; clone3 cannot be looked into, so the C library falls back.
    allowed.add_rule(pyseccomp.ALLOW, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, CLONE_THREAD, CLONE_THREAD))
    with contextlib.suppress(OSError, ValueError):
        allowed.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    return allowed


def limit(memory: int, seconds: int, written: int) -> None:
    """Kernel limits: `memory` bytes on top of what the process has, CPU seconds, bytes in one written file.

    Those who are not root could start no thread under RLIMIT_NPROC 0, and the HEIC decoder needs one; where seccomp
    stands it refuses new processes, where it does not `lock` sets that limit, too.
    """
    with open("/proc/self/statm", "rb") as statm:
        present = int(statm.read().split()[0]) * resource.getpagesize()
    pairs = (
        (resource.RLIMIT_AS, present + memory),
        (resource.RLIMIT_FSIZE, written),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 512),
    )
    for kind, value in pairs:
        resource.setrlimit(kind, (value, value))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))


def lock(allowed: Any, *, memory: int, seconds: int, written: int) -> Protection:
    """Closes the cage around this process; says which of its two walls stand."""
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    limit(memory, seconds, written)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    landlock = lock_files()
    if allowed is None:
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
        return Protection(landlock, False)
    allowed.load()
    return Protection(landlock, True)
