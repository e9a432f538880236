"""Verification: reads the trail as a stranger would and says in plain words where it is not what it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from consilia.audit import canonical, checkpoints
from consilia.audit.models import Event, Head


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the chain, the place in it (0: the chain as a whole) and a sentence."""

    chain: str
    sequence: int
    sentence: str


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was read and what was found; `ok` when nothing was."""

    chains: int
    events: int
    checkpoints: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return not self.findings


@dataclass(slots=True)
class _Walk:
    """The state of one pass over one chain; `wanted` are the hashes that checkpoints and the head row state."""

    chain: str
    wanted: dict[int, str]
    findings: list[Finding] = field(default_factory=list)
    sequence: int = 0
    last: str = canonical.FIRST

    def find(self, sentence: str) -> None:
        self.findings.append(Finding(self.chain, self.sequence, sentence))

    def step(self, event: Event) -> None:
        if event.sequence != self.sequence + 1:
            self.find(f"events are missing or doubled between {self.sequence} and {event.sequence}")
        self.sequence = event.sequence
        if event.previous != self.last:
            self.find("does not follow from the event before it")
        if _digest(event) != event.hash:
            self.find("its content was changed after it was written")
        if self.wanted.get(event.sequence, event.hash) != event.hash:
            self.find("is another event than the one a signed checkpoint or the head states")
        self.last = event.hash


def verify() -> VerifyReport:
    """Walks every chain and compares with heads and checkpoints. Reads only; safe while the service writes."""
    folded = checkpoints.fold()
    heads = {head.chain: (head.sequence, head.hash) for head in Head.objects.all().iterator()}
    findings = [Finding("checkpoints", folded.number, sentence) for sentence in folded.faults]
    events = 0
    met: set[str] = set()
    for chain, members in groupby(_events(), key=lambda event: event.chain):
        walk = _walked(chain, members, folded, heads)
        findings.extend(walk.findings)
        events, met = events + walk.sequence, met | {chain}
    findings.extend(
        Finding(chain, 0, "the whole chain is gone") for chain in sorted((set(heads) | set(folded.heads)) - met)
    )
    return VerifyReport(len(met), events, folded.number, tuple(findings))


def _walked(
    chain: str, members: Iterator[Event], folded: checkpoints.Folded, heads: dict[str, tuple[int, str]]
) -> _Walk:
    stated = [*folded.known.get(chain, ()), *([heads[chain]] if chain in heads else ())]
    walk = _Walk(chain, dict(stated))
    walk.findings.extend(
        Finding(chain, sequence, "checkpoints or head state two different events for one place")
        for sequence, digest in stated
        if walk.wanted[sequence] != digest
    )
    for event in members:
        walk.step(event)
    if walk.sequence < max(walk.wanted, default=0):
        walk.find(f"the chain was cut: it ended at {max(walk.wanted)}")
    if walk.sequence > heads.get(chain, (0, ""))[0]:
        _beyond_the_head(walk)
    return walk


def _beyond_the_head(walk: _Walk) -> None:
    """More events than the head knew: either written while we read, then the head has moved too, or inserted."""
    now = Head.objects.filter(pk=walk.chain).values_list("sequence", flat=True).first()
    if now is None or now < walk.sequence:
        walk.find("events stand behind the head: they were inserted")


def _events() -> Iterator[Event]:
    return Event.objects.order_by("chain", "sequence").iterator(chunk_size=2000)


def _digest(event: Event) -> str:
    return canonical.digest({name: getattr(event, name) for name in canonical.FIELDS})
