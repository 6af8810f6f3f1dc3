"""What lies where in a server's data folder."""

from __future__ import annotations

import json
from pathlib import Path

KEYS, BLOBS, PACKS, JOURNAL, RESTORED = "keys", "blobs", "packs", "journal", "restored.json"
RESTORING, SWAPPING = ".restoring", ".swapping"
KEY_NAMES = ("receipts.key", "accounts.key")


def mark_restored(data: Path, *, backup: str, at: str) -> None:
    """Leave word for the next start that this folder was restored."""
    (data / RESTORED).write_text(json.dumps({"backup": backup, "at": at}), encoding="utf-8")
