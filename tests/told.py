"""Let a workspace hold rows as if its hub had told it of them: rosters, cards, conflicts and refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lms_core.entities import SCHEMA
from lms_core.ops import Op
from lms_core.ports import Clock, Secrets, SystemClock
from lms_core.profiles import Profiles
from lms_core.sync.wire import Doc, Entry
from lms_core.workspace import Workspace
from tests.fakes import MemorySecrets


def new_workspace(folder: Path, *, name: str = "Ada Byron", clock: Clock | None = None,
                  secrets: Secrets | None = None) -> Workspace:  # fmt: skip
    """A workspace of a fresh local profile on real files."""
    kept, time = secrets or MemorySecrets(), clock or SystemClock()
    return Workspace(Profiles(folder, kept, time).create(name), secrets=kept, clock=time)


def tell(workspace: Workspace, kind: str, key: str, /, **values: Any) -> None:
    """Put a hub row into the replica, as a slice of its feed does."""
    flat = SCHEMA[kind].flatten(values)
    with workspace.work() as unit:
        entry = Entry(1, key, kind, (1, 1), Doc(flat))
        touched = unit.tx.put_base(f"account/{workspace.account}", [entry], fresh=False)
        unit.engine.refold(unit.tx, touched)


def refuse(workspace: Workspace, op: Op, code: str) -> None:
    """Bring an op back as refused, as a verdict does."""
    with workspace.work() as unit:
        unit.tx.park(op, code, "")
