"""Notice that a database was copied to another machine, where it must not go on under the same replica id (SYNC.md 2).

The file holds a random token; what proves that it is at home, the token mixed with this machine's id, lies outside.
"""

from __future__ import annotations

import hmac
import os
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine, text

from lms_core.db.copies import write_durably
from lms_core.db.engine import read, write
from lms_core.machine import machine_id
from lms_core.ports import Secrets

SEAL_FILE = "seal"


class Seal:
    """The seal of one profile's file, kept in the keyring and in a file beside the database."""

    def __init__(self, folder: Path, secrets: Secrets) -> None:
        self.file = folder / SEAL_FILE
        self.name = f"seal:{folder.name}"
        self.secrets = secrets

    def check(self, engine: Engine) -> Literal["same", "copied"]:
        """Say whether the file is where it was sealed; one never sealed is sealed now."""
        with read(engine) as conn:
            token = conn.scalar(text("SELECT token FROM file_seal"))
        if token is None:
            self.renew(engine)
            return "same"
        wanted = _mix(token, self.name).encode()
        # either will do: a keyring may be locked today, a file may have been tidied away
        kept = (each() for each in (self._beside, lambda: self.secrets.get(self.name) or ""))
        return "same" if any(hmac.compare_digest(each.encode(), wanted) for each in kept) else "copied"

    def _beside(self) -> str:
        try:
            return self.file.read_text("ascii")
        except (OSError, ValueError):
            return ""

    def renew(self, engine: Engine) -> None:
        """Make this machine the file's home; call it once the replica has its new id."""
        token = os.urandom(16).hex()
        with write(engine) as conn:
            conn.execute(text("DELETE FROM file_seal"))
            conn.execute(text("INSERT INTO file_seal (id, token) VALUES (1, :token)"), {"token": token})
            # before the commit: a crash in between makes a false "copied", never a false "same"
            write_durably(self.file, _mix(token, self.name).encode())
            self.secrets.set(self.name, _mix(token, self.name))


def _mix(token: str, name: str) -> str:
    return blake2b(f"{token}\x1f{name}".encode(), key=machine_id().encode(), digest_size=32).hexdigest()
