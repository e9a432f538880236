"""A program on a leash ends when its parent ends, however the parent ended.

The parent holds the writing end of a pipe and never writes; the child reads. When the parent is gone, by itself or by
kill -9, the kernel closes the pipe, the read returns, and the child takes its whole process group with it. (Linux's
own PR_SET_PDEATHSIG ends the child alone and first, so that what it had started would stay.)
`python -m consilia.cli.leash FD MODULE ...` runs MODULE so.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def hold(descriptor: int) -> None:
    """Watches the pipe from a thread: its end is the end of this process and of all that it started."""
    threading.Thread(target=wait_for_the_end, args=(descriptor,), name="leash", daemon=True).start()


def wait_for_the_end(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    end_group()


def end_group() -> None:
    """Ends the group when it is ours (the parent gives each child one of its own), else this process alone."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    descriptor, module = int(sys.argv[1]), sys.argv[2]
    os.set_inheritable(descriptor, False)  # the leash is ours, not our children's
    hold(descriptor)
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
