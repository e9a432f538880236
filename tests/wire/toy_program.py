"""A program for the tests of supervision: it starts a child of its own, as a web server does, and then waits.

Words: the file into which it adds its own and its child's process number.
"""

from __future__ import annotations

import os
import sys
import time


def main() -> None:
    child = os.fork()
    if child == 0:
        while True:
            time.sleep(60)
    with open(sys.argv[1], "a") as file:
        file.write(f"{os.getpid()} {child}\n")
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
