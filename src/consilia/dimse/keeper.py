"""Keeper: the one thread that asks and writes rows; those who bring objects wait for it.

What several associations bring at the same moment is kept together, in one transaction of its case. A sender waits for
the answer to each object before it sends the next, so each association has one object here at most.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Final

from django.db import connections
from django.utils import timezone

from consilia.cases.access import Reader
from consilia.intake import actions, links
from consilia.intake.actions import Coming

LINGER: Final = 0.004  # seconds


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who calls this AE title, and a finished draft or None; the right that the title gives is what is waited for."""

    title: str
    file: Coming | None
    answer: Future[Reader] = field(default_factory=Future)


class Keeper:
    """Asks for the right anew with each object: a link that was taken back takes nothing more.

    `senders` tells how many are sending: one that is about to bring an object is waited for, for a moment.
    """

    def __init__(self, senders: Callable[[], int]) -> None:
        self._senders = senders
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="dimse-keeper", daemon=True)
        self._thread.start()

    def admit(self, title: str) -> Reader:
        """The right that an AE title gives at this moment. Raises NotFound."""
        return self._asked(Waiting(title, None))

    def keep(self, title: str, file: Coming) -> None:
        """Returns when the file is an upload of the case. Raises NotFound, and what `intake.actions.adopt` raises."""
        self._asked(Waiting(title, file))

    def close(self) -> None:
        """Does what waits, then ends."""
        self._queue.put(None)
        self._thread.join()

    def _asked(self, waiting: Waiting) -> Reader:
        self._queue.put(waiting)
        return waiting.answer.result()

    def _work(self) -> None:
        try:
            while (first := self._queue.get()) is not None:
                together = [first, *self._more()]
                for title in dict.fromkeys(one.title for one in together):
                    self._answer(title, [one for one in together if one.title == title])
        finally:
            connections.close_all()

    def _more(self) -> Iterator[Waiting]:
        """Who comes meanwhile: a commit costs the same for one object and for all that are on their way."""
        until = time.monotonic() + LINGER
        for _other in range(self._senders() - 1):
            try:
                more = self._queue.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                return
            if more is None:
                self._queue.put(None)
                return
            yield more

    def _answer(self, title: str, together: Sequence[Waiting]) -> None:
        try:
            reader = self._done(title, together)
        except Exception as error:
            connections.close_all()  # whatever it was: the next one begins afresh
            for one in together:
                one.answer.set_exception(error)
        else:
            for one in together:
                one.answer.set_result(reader)

    def _done(self, title: str, together: Sequence[Waiting]) -> Reader:
        at = timezone.now()
        reader = links.called(title, at=at)
        if any(one.file is None for one in together):
            links.opened(reader, at=at)
        actions.adopt(reader, [one.file for one in together if one.file is not None], at=at)
        return reader
