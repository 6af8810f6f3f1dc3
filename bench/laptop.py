"""A laptop for benchmarks: a fresh data folder, signed in; and the line that counts what it asks."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.figure import percentile
from bench.server import PASSWORD
from bench.words import words
from lms_core import ops
from lms_core.learning.entities import NOTE
from lms_core.session import Sessions
from lms_core.workspace import Workspace

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport

WORDS_OF_A_NOTE = 16


@contextmanager
def fresh_workspace(folder: Path, url: str, email: str) -> Iterator[Workspace]:
    """A new machine of an account."""
    workspace = Sessions(folder).sign_in(url, email, PASSWORD)
    try:
        yield workspace
    finally:
        workspace.close()


@contextmanager
def local_workspace(folder: Path) -> Iterator[Workspace]:
    """A new machine without a server."""
    workspace = Sessions(folder).start_local("Bench", PASSWORD)
    try:
        yield workspace
    finally:
        workspace.close()


class CountedLine:
    """The laptop's own line, which notes of each exchange its milliseconds and the bytes of both bodies."""

    def __init__(self, line: Transport) -> None:
        self._line = line
        self.taken: list[tuple[float, int, int]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._line, name)

    def exchange(self, body: bytes) -> bytes:
        """Pass a request on."""
        began = time.perf_counter()
        reply = self._line.exchange(body)
        self.taken.append(((time.perf_counter() - began) * 1000, len(body), len(reply)))
        return reply

    @property
    def bodies(self) -> int:
        """Bytes of all bodies, both ways."""
        return sum(up + down for _, up, down in self.taken)

    @property
    def said(self) -> str:
        """Requests and how long they took, for a note."""
        spent = [ms for ms, _, _ in self.taken]
        return f"{len(spent)} requests, p50 {percentile(spent, 50):.0f} ms, p99 {percentile(spent, 99):.0f} ms"


def note_texts(count: int, seed: int = 0) -> list[str]:
    """Texts of notes: sixteen words each, as unevenly common as in a language."""
    found = words(random.Random(seed), count * WORDS_OF_A_NOTE)
    return [" ".join(found[at : at + WORDS_OF_A_NOTE]) for at in range(0, len(found), WORDS_OF_A_NOTE)]


def write_notes(workspace: Workspace, texts: list[str]) -> None:
    """Leave so many notes in the outbox, as if each had been typed; all in one transaction, to save time."""
    with workspace.work() as unit:
        drafts = [
            ops.create(NOTE, unit.new_id(), {
                "user_id": workspace.account, "course_id": None, "lesson_id": None, "body": text,
                "created_at": unit.now_ms + n,
            })
            for n, text in enumerate(texts)
        ]  # fmt: skip
        unit.engine.write(unit.tx, drafts, t=unit.now_ms)
