"""Whether the app ended as it should: a mark lies in its folder while it runs, and what killed it beside that."""

from __future__ import annotations

import faulthandler
import os
import platform
from pathlib import Path
from typing import IO

import msgspec

from desktop_lms.logs import Fault, read_faults
from lms_core.ports import SystemClock
from lms_core.redaction import impersonal

MARK, DUMP = "running.json", "crash.txt"
MOST = 20_000


class Mark(msgspec.Struct, frozen=True):
    """A running app: its process and when it began, in ms."""

    pid: int
    begun: int


class Crash(msgspec.Struct, frozen=True):
    """An app that did not end by itself: when it began, and what it said last, without secrets; "" where nothing."""

    begun: int
    dump: str
    faults: tuple[Fault, ...]


class Running:
    """The run of this app; `crash` is what became of the last one, None where it ended well or still runs."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._mark, self._dump = folder / MARK, folder / DUMP
        self.crash = self._look(folder)
        self._file: IO[str] = self._dump.open("w", encoding="utf-8")
        faulthandler.enable(self._file)
        self._mark.write_bytes(msgspec.json.encode(Mark(os.getpid(), SystemClock().ms())))

    def _look(self, folder: Path) -> Crash | None:
        try:
            mark = msgspec.json.decode(self._mark.read_bytes(), type=Mark)
        except (OSError, msgspec.MsgspecError):
            return None
        if mark.pid != os.getpid() and _lives(mark.pid):
            return None
        try:
            dump = self._dump.read_text("utf-8", errors="replace")[:MOST]
        except OSError:
            dump = ""
        faults = tuple(fault for fault in read_faults(folder) if fault.last >= mark.begun)
        return Crash(mark.begun, impersonal(dump, str(Path.home())), faults)

    def end(self) -> None:
        """Note that the app ends by itself."""
        faulthandler.disable()
        self._file.close()
        self._mark.unlink(missing_ok=True)


def report(crash: Crash | None, faults: tuple[Fault, ...], comment: str = "") -> str:
    """What helps those who help, to be read before it is handed on: no secrets, and of the person `comment` alone."""
    from importlib.metadata import version

    lines = [f"Fieldnote {version('desktop-lms')}", platform.platform(), f"Python {platform.python_version()}", ""]
    if comment.strip():
        lines += ["Comment:", comment.strip(), ""]
    if crash is not None:
        lines += [f"The app did not end by itself; it began at {crash.begun}.", crash.dump, ""]
    for fault in faults:
        lines += [f"{fault.count} x {fault.kind} ({fault.first} to {fault.last})", fault.detail, ""]
    return "\n".join(lines)


def _lives(pid: int) -> bool:
    """Whether a process of this number runs; where nobody can say, it does not."""
    if platform.system() == "Windows":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
