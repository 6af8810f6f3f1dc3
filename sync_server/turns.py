"""Which process does the jobs: with a file the only one there is, with PostgreSQL the one that holds a lock."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from sqlalchemy import Connection, Engine, text

from lms_core.db.engine import storage_errors
from lms_core.db.postgres import JOBS, hold
from lms_core.errors import StorageError

log = logging.getLogger(__name__)


class Turn(Protocol):
    """The right to do what one process at a time may do."""

    def mine(self) -> bool:
        """Whether this process has it; takes it where nobody does."""

    def close(self) -> None:
        """Give it back."""


class Sole:
    """The turn of a process that is alone."""

    def mine(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """There is nobody to give it to."""


class PostgresTurn:
    """A lock of one connection; it is free again as soon as the process or its connection ends."""

    def __init__(self, opened: Callable[[], Engine]) -> None:
        self._opened = opened
        self._engine: Engine | None = None
        self._conn: Connection | None = None

    def mine(self) -> bool:
        """Ask over the connection that holds it; a connection that broke has lost it."""
        try:
            with storage_errors():
                return self._ask()
        except StorageError as error:
            log.warning("the turn to do the jobs is lost: %s", error)
            self.close()
            return False

    def _ask(self) -> bool:
        if self._conn is not None:
            self._conn.execute(text("SELECT 1"))
            return True
        self._engine = self._engine or self._opened()
        conn = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if hold(conn, JOBS, wait=False):
            self._conn = conn
            return True
        conn.close()
        return False

    def close(self) -> None:
        """Close the connection."""
        conn, engine = self._conn, self._engine
        self._conn = self._engine = None
        if conn is not None:
            conn.invalidate()  # closed for good, not kept for the next one
            conn.close()
        if engine is not None:
            engine.dispose()
