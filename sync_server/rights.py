"""The rights on files as the routes ask for them; the rules are the core's (lms_core/learning/rights.py)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Connection

from lms_core.accounts.model import Caller
from lms_core.learning import rights
from lms_core.learning.file_rights import FileRule
from lms_core.unit import Work


@dataclass(frozen=True)
class FileRights:
    """Rights on files, read from the rows of the hub; implements the uploads' Ledger.

    `author_mb` is the space of one author, 0 without a limit.
    """

    look: Callable[[], AbstractContextManager[Connection]]
    work: Work
    rule: FileRule
    author_mb: int

    def may_read_pack(self, caller: Caller, sha256: str) -> bool:
        """Whether the caller reads a course that has this version."""
        with self.look() as conn:
            return rights.may_read_pack(conn, caller.account, sha256)

    def may_read_blob(self, caller: Caller, sha256: str) -> bool:
        """Whether the caller has this file or is shown something that names it."""
        return self.may_have(caller.account, sha256)

    def may_have(self, account: str, sha256: str) -> bool:
        """The same by account."""
        with self.look() as conn:
            return self.rule.may_read(conn, account, sha256)

    def check_quota(self, account: str, sha256: str, size: int) -> None:
        """Raise Denied for those who may not give the file, UserError `out_of_quota` where the space is used up."""
        with self.look() as conn:
            rights.check_giver(conn, account, sha256, size)
            if self.author_mb:
                rights.check_quota(conn, account, size, most=self.author_mb * rights.MB, but=sha256)

    def named(self, account: str, names: Collection[str]) -> set[str]:
        """Those of the files that the account gave or that a course names which it reads."""
        with self.look() as conn:
            return rights.named_files(conn, account, names)

    def may_return(self, account: str, sha256: str, size: int) -> bool:
        """Whether the account may bring back a file that was given once and is gone."""
        with self.look() as conn:
            return rights.may_return(conn, account, sha256, size)

    def note(self, account: str, sha256: str, size: int) -> None:
        """Keep that the account has the file."""
        with self.work() as unit:
            rights.note_holder(unit, account, sha256, size)
