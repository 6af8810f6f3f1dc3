"""The edge of a program: what no rule foresaw becomes a sentence there, never a traceback."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from lms_core.errors import LmsError, StorageError

log = logging.getLogger(__name__)


@contextmanager
def told() -> Iterator[None]:
    """Turn other errors into ours: those of the system with its reason, faults of the program with their kind.

    `LMS_DEBUG=1` lets a fault through with its traceback.
    """
    try:
        yield
    except (LmsError, BrokenPipeError):
        raise
    except OSError as error:
        raise StorageError("system_refused", why=error.strerror or str(error), path=error.filename or "") from error
    except Exception as error:
        if os.environ.get("LMS_DEBUG") == "1":
            raise
        log.debug("a fault of the program", exc_info=error)
        raise LmsError("fault", kind=type(error).__name__) from error


def nobody_reads() -> None:
    """Go on quietly after whoever read our output has left, as `head` does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
