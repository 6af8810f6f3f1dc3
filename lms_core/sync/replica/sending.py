"""Files on their way to the hub, apart from the exchange: one that the hub may not have holds up nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from lms_core.errors import Denied, NotFound, UserError
from lms_core.ports import BlobStore

log = logging.getLogger(__name__)

Progress = Callable[[int, int], bool]


class FileLine(Protocol):
    """The part of a transport that files need."""

    def put_blob(self, sha256: str, blobs: BlobStore, progress: Progress | None = None, *, filename: str = "") -> bool:
        """Give a file, called so, to the hub, unless it has it; returns whether bytes were sent."""

    def lacking(self, names: Sequence[str]) -> list[str]:
        """Those of the files that the hub should have and has not."""


class Comparison:
    """Ask the hub what it lacks of a laptop's files: once in each process, and again once the hub was started anew.

    A hub may have been restored to before a file came, or without its files, and its timeline need not tell.
    """

    def __init__(self) -> None:
        self._epoch: int | None = None

    def lacking(self, line: FileLine, names: Iterable[str], epoch: int | None) -> list[str]:
        """Those of the files here that the hub lacks; `epoch` is the last that it told, None: nothing yet."""
        if epoch == self._epoch:
            return []
        try:
            found = line.lacking(sorted(names))
        except NotFound:  # an older server
            found = []
        self._epoch = epoch
        return found


def give(
    line: FileLine,
    blobs: BlobStore,
    names: Iterable[str],
    *,
    called: Mapping[str, str],
    go_on: Callable[[], bool] = lambda: True,
) -> list[str]:
    """Give files; returns those that the hub has now. The others wait: what needs them says so when it is published.

    `called` tells what people call some of them. `go_on` returning False stops after the part that is on its way.
    """
    given: list[str] = []
    for name in names:
        if not go_on():
            break
        try:
            line.put_blob(name, blobs, lambda done, size: go_on(), filename=called.get(name, ""))
        except (NotFound, Denied, UserError) as error:
            if error.code != "cancelled":
                log.warning("a file was not sent: %s", error.code)
            continue
        given.append(name)
    return given
