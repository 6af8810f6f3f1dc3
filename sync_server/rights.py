"""The rights on files as the routes ask for them; the rules are the core's (lms_core/learning/rights.py)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_core.accounts.model import Caller
from lms_core.learning import rights


@dataclass(frozen=True)
class FileRights:
    """Rights of a caller, read from the rows of the hub. `author_mb` is the space of one author, 0 without a limit."""

    look: Callable[[], AbstractContextManager[Connection]]
    author_mb: int

    def may_read_pack(self, caller: Caller, sha256: str) -> bool:
        """Whether the caller reads a course that has this version."""
        with self.look() as conn:
            return rights.may_read_pack(conn, caller.account, sha256)

    def may_read_blob(self, caller: Caller, sha256: str) -> bool:
        """Whether the caller reads a course that names this file."""
        with self.look() as conn:
            return rights.may_read_blob(conn, caller.account, sha256)

    def check_quota(self, caller: Caller, size: int) -> None:
        """Raise Denied for those who write no course, UserError `out_of_quota` where the space is used up."""
        with self.look() as conn:
            rights.check_author(conn, caller.account)
            if self.author_mb:
                rights.check_quota(conn, caller.account, size, most=self.author_mb * rights.MB)
