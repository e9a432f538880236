"""Crashes for tests: a child is killed at its n-th system call that changes the disk, or loses power there.

Killed: what was written stays (the kernel has it), the call in hand is half done. Power cut: the worst that POSIX
allows; a file has the bytes of its last fsync, a folder the names of its last fsync, everything else is gone.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from consilia.vault import places

CALLS = ("write", "pwrite", "pwritev", "fsync", "fdatasync", "replace", "rename", "link", "unlink", "mkdir")
CALLS_TOO = ("truncate", "ftruncate", "rmdir")
WRITES = {"write", "pwrite", "pwritev"}


class Disk:
    """Counts the calls of this process, remembers what was synced, and stops at the n-th."""

    def __init__(self, root: Path, stop_at: int, stop: Callable[[], None]) -> None:
        self.root, self.stop_at, self.stop, self.count = root, stop_at, stop, 0
        self.files: dict[int, bytes] = {}
        self.folders: dict[Path, dict[str, Path | int]] = {}
        self.real = {name: getattr(os, name) for name in (*CALLS, *CALLS_TOO)}
        for path in [root, *root.rglob("*")]:
            self.remember(path)

    def remember(self, path: Path) -> None:
        if path.is_dir():
            names = {child.name: child if child.is_dir() else child.stat().st_ino for child in path.iterdir()}
            self.folders[path] = names
        elif path.exists():
            self.files[path.stat().st_ino] = path.read_bytes()

    def install(self) -> None:
        for name in (*CALLS, *CALLS_TOO):
            setattr(os, name, self.counting(name))

    def uninstall(self) -> None:
        for name, call in self.real.items():
            setattr(os, name, call)

    def counting(self, name: str) -> Callable[..., Any]:
        real = self.real[name]

        def call(*words: Any, **options: Any) -> Any:
            self.count += 1
            if self.count == self.stop_at:
                if name in WRITES:
                    self.half(name, words)
                self.stop()
            answer = real(*words, **options)
            if name in {"fsync", "fdatasync"}:
                self.remember(Path(os.readlink(f"/proc/self/fd/{words[0]}")))
            return answer

        return call

    def half(self, name: str, words: tuple[Any, ...]) -> None:
        parts = words[1] if name == "pwritev" else [words[1]]
        content = b"".join(bytes(part) for part in parts)
        self.real["write" if name == "write" else "pwrite"](words[0], content[: len(content) // 2], *words[2:])

    def leave_what_was_synced(self) -> None:
        """Rewrites the data folder to what a power cut leaves of it."""
        self.uninstall()
        for child in self.root.iterdir():
            shutil.rmtree(child) if child.is_dir() else child.unlink()
        self.rebuild(self.root)

    def rebuild(self, folder: Path) -> None:
        for name, what in self.folders.get(folder, {}).items():
            if isinstance(what, Path):
                (folder / name).mkdir(exist_ok=True)
                self.rebuild(folder / name)
            else:
                (folder / name).write_bytes(self.files.get(what, b""))


def run(work: Callable[[Callable[[str], None]], None], stop_at: int, *, power: bool) -> tuple[list[str], bool]:
    """Forks, works, stops at the n-th call; returns what was acknowledged until then, and whether it came to the end.

    `work(acknowledge)` must call `acknowledge(words)` only after the vault has returned.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _child(work, stop_at, writing, power)
    os.close(writing)
    with os.fdopen(reading) as answers:
        acknowledged = answers.read().splitlines()
    _, status = os.waitpid(child, 0)
    if status and not os.WIFSIGNALED(status):
        raise AssertionError(f"the child failed: {acknowledged}")
    return acknowledged, status == 0


def _child(work: Callable[[Callable[[str], None]], None], stop_at: int, writing: int, power: bool) -> None:
    say = os.write

    def stop() -> None:
        if power:
            disk.leave_what_was_synced()
        os.kill(os.getpid(), signal.SIGKILL)

    disk = Disk(places.home(), stop_at, stop)
    disk.install()
    try:
        work(lambda words: say(writing, f"{words}\n".encode()) and None)
        os._exit(0)
    except BaseException as error:
        say(writing, f"{error!r}\n".encode())
        os._exit(1)
