"""The list of known jobs: rooms above register their functions here, so that this room imports none of them."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from django.conf import settings


class Work(Protocol):
    """Does one job; may be called again after a crash at any point, so its effect must be the same twice."""

    def __call__(self, ids: Mapping[str, str], *, at: datetime) -> object: ...


W = TypeVar("W", bound=Work)


@dataclass(frozen=True, slots=True)
class Entry:
    """`attempts`: how often the work is begun before it is given up; `every`: the period, None for a queued job."""

    name: str
    work: Work
    attempts: int
    every: timedelta | None = None


_entries: dict[str, Entry] = {}


def job(name: str, *, attempts: int = 5) -> Callable[[W], W]:
    """Registers a function under "<room>.<verb>"; it gets the ids that were queued and the time at which it runs."""

    def register(work: W) -> W:
        _add(Entry(name, work, attempts))
        return work

    return register


def periodic(*, every: timedelta, name: str = "", attempts: int = 1) -> Callable[[W], W]:
    """Registers a function that runs once in each period, whatever the number of workers, with empty ids.

    Periods are counted from 1970 UTC, so every worker agrees on them; those missed while no worker ran are left out.
    `name` is "<room>.<function>" unless given.
    """

    def register(work: W) -> W:
        _add(Entry(name or _name_of(work), work, attempts, every))
        return work

    return register


def discover() -> None:
    """Imports `<app>.jobs` of every installed room that has one; what it says wrong rises here, at the start."""
    for app in settings.INSTALLED_APPS:
        if app.startswith("consilia."):
            _import(app)


def find(name: str) -> Entry | None:
    """The entry of a name, None when no installed room knows it.

    Only the room of the name is imported: a web process that queues a job needs nothing of the other rooms' tools.
    """
    if name not in _entries and (app := f"consilia.{name.partition('.')[0]}") in settings.INSTALLED_APPS:
        _import(app)
    return _entries.get(name)


def _import(app: str) -> None:
    if importlib.util.find_spec(f"{app}.jobs"):
        importlib.import_module(f"{app}.jobs")


def periodic_entries() -> tuple[Entry, ...]:
    return tuple(entry for entry in _entries.values() if entry.every)


def _add(entry: Entry) -> None:
    known = _entries.setdefault(entry.name, entry)
    if _name_of(known.work) != _name_of(entry.work):
        raise RuntimeError(f"two functions are registered as the job {entry.name}")
    _entries[entry.name] = entry


def _name_of(work: Work) -> str:
    module = getattr(work, "__module__", "").removesuffix(".jobs").rpartition(".")[2]
    return f"{module}.{getattr(work, '__name__', '')}"
