"""Files on their way down: parts lie in a folder of their own until the whole is verified and has its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lms_core.db.engine import storage_errors

KEEP_MS = 30 * 86_400_000
"""How long a part waits for somebody to go on with it."""


def fetch(folder: Path, name: str, get: Callable[[Path], None], keep: Callable[[Path, str], None]) -> None:
    """Bring a file, going on where an earlier try ended; `keep` verifies it and takes it in.

    A part that is all here goes away, also when it is not what its name says: then the next try begins anew.
    """
    folder.mkdir(exist_ok=True)
    part = folder / name
    with storage_errors(folder):
        get(part)
    try:
        keep(part, name)
    finally:
        part.unlink(missing_ok=True)


def forget_parts(folder: Path, now_ms: int) -> None:
    """Remove parts that nobody went on with: of versions that were replaced, or that this account lost."""
    for part in folder.glob("*"):
        if part.stat().st_mtime * 1000 < now_ms - KEEP_MS:
            part.unlink(missing_ok=True)
