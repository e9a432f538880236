"""Nursery: the process that has the parsers and nothing else, and gives every batch of strangers' files a child.

Started as `python -m consilia.formats.nursery --door FD` before settings, keys and database exist. For each socket that
comes through the door it forks an attendant; parsers, models and the language of the first look are loaded before, so
that all share them. The attendant forks a child for each request, which locks itself in (cage), reads and writes its
answer into the asker's pipe. The attendant only waits, and kills at the time limit; it never reads what the child says.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, BinaryIO, Final

from consilia.formats import (
    archive,
    cage,
    deeds,
    dicom_model,
    frames,
    mail,
    ocr,
    pdf,
    reading,
    render,
    tongues,
    warm,
    wire,
)
from consilia.formats.limits import LIMITS, Budget
from consilia.formats.values import (
    DESCRIPTION,
    MEMBER,
    PROTECTION,
    RAW_FRAME,
    READING,
    RECOGNITION,
    Member,
    Protection,
    Reading,
    Window,
)
from consilia.formats.verdicts import Reason, Unreadable, Verdict

Files = Sequence[BinaryIO]
Work = Callable[[dict[str, Any], Files, int], None]


def _read(request: dict[str, Any], files: Files, answer: int) -> None:
    for file, path in zip(files, request["paths"], strict=True):
        if path == deeds.CRASHING_PATH:
            deeds.attempt("crash")
        found = reading.read(file, path)
        wire.write_frame(answer, READING.dump_json(found), _header(file, found) if request.get("headers") else b"")


def _header(file: BinaryIO, found: Reading) -> bytes:
    """The description of a DICOM instance, nothing for every other file and for what cannot be described."""
    if found.instance is None or found.verdict is not Verdict.READ:
        return b""
    try:
        return _description(file)
    except BrokenPipeError:
        raise
    except Exception:  # the reading counts all the same; the header is asked for again when it is needed
        return b""


class PipeKeeper:
    """Sends the entries of an archive to the asker: an entry's bytes first, its verdict as the frame's header."""

    def __init__(self, answer: int) -> None:
        self.answer = answer

    def begin(self, path: str) -> None:
        """Nothing to say yet: the first bytes say it."""

    def more(self, data: bytes) -> None:
        """A frame without a header carries bytes of the entry that comes to its end next."""
        wire.write_frame(self.answer, b"", data)

    def end(self, member: Member) -> None:
        """The verdict closes the entry."""
        wire.write_frame(self.answer, MEMBER.dump_json(member))


def _unpack(request: dict[str, Any], files: Files, answer: int) -> None:
    takes_apart = mail.unpack if reading.is_letter(files[0]) else archive.unpack
    takes_apart(files[0], Budget(**request["budget"]), PipeKeeper(answer))


def _failed(unreadable: Unreadable) -> bytes:
    return READING.dump_json(Reading(unreadable.verdict, unreadable.reason))


def _made(make: Callable[[], bytes], answer: int) -> None:
    try:
        wire.write_frame(answer, READING.dump_json(Reading(Verdict.READ)), make())
    except Unreadable as unreadable:
        wire.write_frame(answer, _failed(unreadable))
    except MemoryError:
        wire.write_frame(answer, _failed(Unreadable(Verdict.LIMIT, Reason.OUT_OF_MEMORY)))
    except BrokenPipeError:
        raise
    except Exception:  # as in reading.read: a fault of the file is a verdict
        wire.write_frame(answer, _failed(Unreadable(Verdict.UNREADABLE, Reason.CANNOT_BE_SHOWN)))


def _unlock(request: dict[str, Any], files: Files, answer: int) -> None:
    _made(lambda: pdf.unlocked(files[0], request["password"]), answer)


def _page(request: dict[str, Any], files: Files, answer: int) -> None:
    _made(lambda: render.page(files[0], request["media_type"], request["page"]), answer)


def _frame(request: dict[str, Any], files: Files, answer: int) -> None:
    window = Window(*request["window"]) if request["window"] else None
    _made(lambda: frames.png(files[0], request["frame"], window), answer)


def _raw_frame(request: dict[str, Any], files: Files, answer: int) -> None:
    try:
        found = frames.raw(files[0], request["frame"])
    except Unreadable as unreadable:
        wire.write_frame(answer, _failed(unreadable))
        return
    header = RAW_FRAME.dump_json(found, exclude={"data"})
    wire.write_frame(answer, READING.dump_json(Reading(Verdict.READ)))
    wire.write_frame(answer, header, found.data)


def _recognise(request: dict[str, Any], files: Files, answer: int) -> None:
    def page() -> bytes:
        picture, shown = render.to_recognise(files[0], request["media_type"], request["page"])
        return RECOGNITION.dump_json(ocr.recognise(picture, request["page"], request["hint"], shown))

    _made(page, answer)


def _describe(_request: dict[str, Any], files: Files, answer: int) -> None:
    for file in files:
        _made(partial(_description, file), answer)


def _description(file: BinaryIO) -> bytes:
    return DESCRIPTION.dump_json(dicom_model.describe(file))


def _deed(request: dict[str, Any], _files: Files, answer: int) -> None:
    wire.write_frame(answer, deeds.attempt(request["deed"]).encode())


WORK: Final[dict[str, Work]] = {
    "read": _read,
    "unpack": _unpack,
    "unlock": _unlock,
    "page": _page,
    "frame": _frame,
    "raw_frame": _raw_frame,
    "recognise": _recognise,
    "describe": _describe,
    "deed": _deed,
}


def _close_others(kept: set[int]) -> None:
    """Only the files of this request and the way back stay open: not the asker's socket, not the terminal."""
    highest = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    last = -1
    for descriptor in sorted(kept):
        if last + 1 < descriptor:  # an empty range would close everything (CPython 3.11 hands -1 to close_range)
            os.closerange(last + 1, descriptor)
        last = descriptor
    os.closerange(last + 1, min(highest, 1 << 16))


def _silence() -> None:
    """Libraries print what they find in a file; nothing of a record may reach a log."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


def _child(request: dict[str, Any], descriptors: list[int], allowed: Any) -> None:
    """Runs in the child: locks itself in, works, ends. The last descriptor is the way back."""
    answer, inputs = descriptors[-1], descriptors[:-1]
    cage.die_with_parent()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _silence()
    _close_others({0, 1, 2, *descriptors})
    protection = cage.lock(
        allowed,
        memory=int(request.get("memory", LIMITS.child_memory_bytes)),
        seconds=int(request["cpu"]),
        written=LIMITS.picture_bytes,
    )
    if request["work"] == "status":
        found = Protection(protection.landlock, protection.seccomp and deeds.attempt("connect") == deeds.REFUSED)
        wire.write_frame(answer, PROTECTION.dump_json(found))
        return
    files = [io.BufferedReader(io.FileIO(descriptor, "rb", closefd=False)) for descriptor in inputs]
    WORK[request["work"]](request, files, answer)


def _wait(pid: int, seconds: float, channel: socket.socket) -> str:
    """Waits for the child, kills it at the time limit or when the asker goes; "done", "time", "memory" or "died"."""
    handle = os.pidfd_open(pid)
    try:
        # An asker sends nothing while it waits, so a readable channel has ended.
        ready, _, _ = select.select([handle, channel.fileno()], [], [], seconds)
        if handle not in ready:
            os.kill(pid, signal.SIGKILL)
    finally:
        os.close(handle)
    _, status = os.waitpid(pid, 0)
    if handle not in ready:
        return "time"
    if os.WIFSIGNALED(status):
        return "time" if os.WTERMSIG(status) == signal.SIGXCPU else "died"
    return {0: "done", 70: "memory"}.get(os.WEXITSTATUS(status), "died")


def _fork(request: dict[str, Any], descriptors: list[int], allowed: Any, channel: socket.socket) -> str:
    pid = os.fork()
    if pid:
        return _wait(pid, float(request["seconds"]), channel)
    code = 71
    try:
        _child(request, descriptors, allowed)
        code = 0
    except MemoryError:
        code = 70
    except BaseException:  # noqa: S110 - a child leaves no trace but its exit status
        pass
    finally:
        os._exit(code)
    raise AssertionError  # pragma: no cover - a child never comes here


def serve(channel: socket.socket, allowed: Any) -> None:
    """Answers one asker until it goes: one request, one child, one word about how it ended."""
    while True:
        request, descriptors = wire.receive(channel)
        if request is None:
            return
        ocr.load(request.get("languages", []))  # for this child and all that follow: a child can open no file
        try:
            ended = _fork(request, descriptors, allowed, channel)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        wire.send(channel, {"ended": ended})


def _attend(door: socket.socket, allowed: Any) -> None:
    """One attendant process for each socket that comes through the door, until the door is closed."""
    while True:
        request, descriptors = wire.receive(door)
        if request is None:
            return
        with socket.socket(fileno=descriptors[0]) as channel:
            if os.fork() == 0:
                cage.die_with_parent()
                door.close()
                with contextlib.suppress(OSError):
                    serve(channel, allowed)
                os._exit(0)
        _bury(os.WNOHANG)


def _bury(how: int) -> None:
    """Takes note of attendants that ended, so that what they cost is told with what this process costs."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, how)[0]:
            pass


def main(arguments: list[str] | None = None) -> int:
    """Imports are done, the parsers are warm: serve until the parent goes."""
    parser = argparse.ArgumentParser(prog="consilia.formats.nursery", description=__doc__)
    parser.add_argument("--door", type=int, required=True, help="descriptor of a connected socket of kind SEQPACKET")
    options = parser.parse_args(arguments)
    # No PR_SET_PDEATHSIG here: it follows the thread that started us, which may end; the door is the life line.
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent ends us
    warm.up()
    ocr.load([tongues.LATIN])
    allowed = cage.make_filter()
    with socket.socket(fileno=options.door) as door, contextlib.suppress(ConnectionError):
        wire.send(door, {"ready": True, "at": time.monotonic()})
        _attend(door, allowed)
    _bury(0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
