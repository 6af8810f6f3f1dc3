"""What other programs of this machine open: copies of files in a folder that is emptied at the end, and addresses."""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from lms_core.db.lock import FileLock
from lms_core.media.kinds import is_program, safe_name

PREFIX, MARK = "lesson-files-", "in-use"


@cache
def _folder() -> tuple[tempfile.TemporaryDirectory[str], FileLock]:
    """A folder of this run that only its user can read; it goes with the program, which holds its mark till then."""
    made = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
    mark = FileLock(Path(made.name) / MARK)
    mark.acquire()
    return made, mark


def write_copy(name: str, data: bytes) -> Path:
    """Write a copy that another program may open, under a safe name in a folder of its own.

    Raises:
        PermissionError: a system might run a file of this name.
    """
    if is_program(safe_name(name)):
        raise PermissionError(name)
    place = Path(_folder()[0].name) / uuid4().hex
    place.mkdir(mode=0o700)
    copy = place / safe_name(name)
    with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    return copy


def empty_copies() -> None:
    """Remove all copies."""
    if _folder.cache_info().currsize:
        made, mark = _folder()
        mark.release()
        made.cleanup()
        _folder.cache_clear()


def remove_left() -> None:
    """Remove the copies of runs that could not: the program or the machine was stopped in the midst of them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        mark = FileLock(folder / MARK)
        if folder.is_symlink():
            continue
        try:
            mark.acquire()
        except OSError:  # it is in use, or another user's
            continue
        mark.release()
        shutil.rmtree(folder, ignore_errors=True)


def open_copy(copy: Path) -> bool:
    """Let the system open a copy with the program that people chose for its kind."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(copy)))


def open_address(address: str) -> bool:
    """Let the system's browser open an address."""
    return QDesktopServices.openUrl(QUrl(address))
