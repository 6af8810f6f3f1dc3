"""The log of the app, without secrets, and what went wrong grouped by kind: on this device alone (OFF-12)."""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

import msgspec

from lms_core.redaction import impersonal

log = logging.getLogger(__name__)
SLOW = "slow"
"""The logger of what took longer than it may."""
KINDS, DETAIL = 50, 4000
FAULTS = "faults.json"


class Fault(msgspec.Struct, frozen=True):
    """One kind of error or of slow work: how often, from when to when (ms), and its last details."""

    kind: str
    count: int
    first: int
    last: int
    detail: str


class Faults(logging.Handler):
    """Groups what goes wrong by its kind, in a small file that survives the app; at most `KINDS`, the latest."""

    def __init__(self, folder: Path) -> None:
        super().__init__(logging.WARNING)
        self._path = folder / FAULTS
        self._found = {fault.kind: fault for fault in read_faults(folder)}

    def emit(self, record: logging.LogRecord) -> None:
        """Count a record that is an error or slow work."""
        if record.levelno < logging.ERROR and record.name != SLOW:
            return
        at = round(record.created * 1000)
        kind = kind_of(record)
        before = self._found.pop(kind, None)
        first, count = (before.first, before.count + 1) if before else (at, 1)
        latest = [Fault(kind, count, first, at, _told(record)[-DETAIL:]), *self._found.values()][:KINDS]
        self._found = {fault.kind: fault for fault in latest}
        part = self._path.with_suffix(".part")
        try:
            part.write_bytes(msgspec.json.encode(latest))
            part.replace(self._path)
        except OSError:
            return  # a full disk must not make it worse


def kind_of(record: logging.LogRecord) -> str:
    """What records of one kind have in common: the error and the place of our code it came from, else the words."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return impersonal(record.msg if isinstance(record.msg, str) else str(record.msg), str(Path.home()))
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "_lms" in f.filename or "lms_core" in f.filename] or frames
    place = f" in {Path(ours[-1].filename).stem}.{ours[-1].name}" if ours else ""
    return f"{type(error).__name__}{place}"


def read_faults(folder: Path) -> list[Fault]:
    """What went wrong so far, the latest first; nothing where the file is not there or damaged."""
    try:
        return msgspec.json.decode((folder / FAULTS).read_bytes(), type=list[Fault])
    except (OSError, msgspec.MsgspecError):
        return []


def _told(record: logging.LogRecord) -> str:
    text = record.getMessage()
    if record.exc_info:
        text += "\n" + "".join(traceback.format_exception(*record.exc_info))
    return impersonal(text, str(Path.home()))


class Redacting(logging.Formatter):
    """Lines without secrets and people."""

    def format(self, record: logging.LogRecord) -> str:
        return impersonal(super().format(record), str(Path.home()))


def start_logging(folder: Path) -> None:
    """Write `app.log` in the folder of profiles, at most three files of one megabyte, and group what goes wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / "app.log", maxBytes=1 << 20, backupCount=2, encoding="utf-8")
    handler.setFormatter(Redacting("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler, Faults(folder)])
    logging.getLogger("httpx").setLevel(logging.WARNING)
    sys.excepthook = _on_fault
    threading.excepthook = lambda given: _on_fault(given.exc_type, given.exc_value, given.exc_traceback)


def _on_fault(kind: type[BaseException], error: BaseException | None, at: TracebackType | None) -> None:
    """Note an error that nobody caught."""
    if error is not None and not issubclass(kind, KeyboardInterrupt):
        log.error("nobody caught this", exc_info=(kind, error, at))


class Timed:
    """Notes work that took longer than `limit` seconds, by its name."""

    def __init__(self, name: str, limit: float) -> None:
        self._name, self._limit = name, limit

    def __enter__(self) -> None:
        self._begun = time.monotonic()

    def __exit__(self, *_: object) -> None:
        took = time.monotonic() - self._begun
        if took > self._limit:
            logging.getLogger(SLOW).warning(f"{self._name} is slow", extra={"seconds": took})
